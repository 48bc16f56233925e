"""What a reader is shown of personal data: masked, unless it was unmasked for this one answer.

Sole traders and persons are persons before the law: their names, codes and the values of their facts are
masked. Of everybody else only facts of a protected kind (a representative's name) are.
"""

from __future__ import annotations

from dataclasses import dataclass

from jinmai.core.register.models import Fact, Party
from jinmai.core.register.values import shown
from jinmai.core.web.api import masking

HIDDEN = "***"
PUBLIC_KINDS = frozenset({"registration_status", "above_scale"})


@dataclass(frozen=True, slots=True)
class Disclosure:
    """How a party is shown in one answer; ``full`` after an unmasking was recorded."""

    full: bool = False

    def name(self, party: Party) -> str:
        """The name in the page's language."""
        return party.name if self.full or not party.protected else masking.name(party.name)

    def code(self, party: Party) -> str:
        """The code; of the protected only its beginning and end."""
        return party.code if self.full or not party.protected else masking.number(party.code)

    def value(self, fact: Fact, party: Party | None) -> str:
        """The value of a fact with its unit."""
        told = fact.withdrawn or fact.erased
        return HIDDEN if not self.full and hides(fact, party) and not told else shown(fact)


MASKED = Disclosure()


def hides(fact: Fact, party: Party | None) -> bool:
    """Whether a fact's value is personal."""
    protected_party = party is not None and party.protected and fact.kind.key not in PUBLIC_KINDS
    return fact.kind.protected or protected_party
