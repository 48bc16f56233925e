"""Loads ``people.toml`` of a city pack: organisations, people, the roles they hold.

Idempotent: rows are found by code and by sign-in name. What somebody changed since (a password, a disabled
person, a role given or taken away on the people page) stays as it is; a role of the pack that is absent and
was never taken away is given.
"""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
from django.conf import settings
from django.db import transaction
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from jinmai.core.access.choices import OrganisationKind
from jinmai.core.access.entries import ORGANISATION_ADDED, ROLE_TAKEN, RoleChanged
from jinmai.core.access.models import Organisation, User
from jinmai.core.access.roles import roles
from jinmai.core.access.services.organisations import add_organisation, record_organisation
from jinmai.core.access.services.people import enter_person, give_role
from jinmai.core.access.services.refusal import Refused
from jinmai.core.access.sign_ins import new_passwords
from jinmai.core.ledger.api import entries_for
from jinmai.core.web.api import Words

LOADER = "command:load_city"
# Of one person: an administrator who takes more roles away than this meets the oldest ones again.
MOST_ENTRIES = 10_000
log = logging.getLogger(__name__)


class OrganisationRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One organisation of the pack."""

    code: str
    name: Words
    kind: str
    district: str = ""
    illustrative: bool = False


class RoleRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role held in the organisation with this code; left out where the ``system`` that has it is absent."""

    organisation: str
    role: str
    system: str = ""

    @property
    def known(self) -> bool:
        """Whether this house has the system that declares the role."""
        return not self.system or self.system in {each.key for each in settings.JINMAI_SYSTEMS}


class PersonRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One person. Illustrative people get a demo sign-in, others a password by their administrator."""

    username: str
    name: str
    roles: list[RoleRow]
    email: str = ""
    phone: str = ""
    illustrative: bool = False


class PeopleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of ``people.toml``."""

    organisations: list[OrganisationRow] = []
    people: list[PersonRow] = []


def load(pack: Path) -> None:
    """Load the pack's people. Raises ``ValueError`` naming the file and the row; nothing is kept then."""
    path = pack / "people.toml"
    try:
        file = msgspec.toml.decode(path.read_bytes(), type=PeopleFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
    refuse_wrong_rows(file, path)
    passwords = new_passwords([person.username for person in file.people if person.illustrative])
    with transaction.atomic():
        for number, row in enumerate(file.organisations, 1):
            try:
                _load_organisation(row)
            except Refused as refused:
                raise ValueError(
                    f"{path}: organisations, row {number} ({row.name.zh}): {refused}"
                ) from refused
        for number, person in enumerate(file.people, 1):
            try:
                _load_person(person, passwords.get(person.username))
            except Refused as refused:
                raise ValueError(f"{path}: people, row {number} ({person.username}): {refused}") from None


def refuse_wrong_rows(file: PeopleFile, path: Path) -> None:
    """Compare the rows with each other and with the roles of this house. Raises ``ValueError``."""
    for number, row in enumerate(file.organisations, 1):
        if fault := _fault_of_organisation(row):
            raise ValueError(f"{path}: organisations, row {number} ({row.name.zh}): {fault}")
    kinds = {row.code: row.kind for row in file.organisations}
    for number, person in enumerate(file.people, 1):
        if fault := _fault_of_person(person, kinds):
            raise ValueError(f"{path}: people, row {number} ({person.username}): {fault}")


def _fault_of_organisation(row: OrganisationRow) -> str:
    try:
        right = uscc.validate(row.code)
    except ValidationError as error:
        return f"code {row.code}: {error}"
    if right != row.code:
        return f"code {row.code}: write it as {right}"
    if row.kind not in OrganisationKind.values:
        return f"kind {row.kind!r}; there are {', '.join(OrganisationKind.values)}"
    return ""


def _fault_of_person(person: PersonRow, kinds: dict[str, str]) -> str:
    """``kinds`` is the kind of each organisation of the file by its code."""
    given = [one for one in person.roles if one.known]
    held = {one.role for one in given}
    if unknown := held - roles().keys():
        return f"no such role: {', '.join(sorted(unknown))}"
    if len(held) > 1 and any(roles()[role].separated for role in held):
        return "who runs the machine holds no other role"
    for one in given:
        if one.organisation not in kinds:
            return f"no organisation {one.organisation} in this file"
        if not roles()[one.role].fits(kinds[one.organisation]):
            return f"{one.role} is not held in an organisation of kind {kinds[one.organisation]}"
    return ""


def _load_organisation(row: OrganisationRow) -> None:
    """Add it, or leave the one that is there as it is: its kind and district decide who sees what."""
    fields = {
        "name_zh": row.name.zh,
        "name_en": row.name.en,
        "kind": row.kind,
        "district": row.district,
        "illustrative": row.illustrative,
    }
    kept = Organisation.objects.filter(code=row.code).first()
    if kept is None:
        add_organisation(actor=LOADER, code=row.code, **fields)  # type: ignore[arg-type]  # as the verb takes them
    elif other := sorted(name for name, value in fields.items() if getattr(kept, name) != value):
        log.warning("%s stays as it is here; the city pack says otherwise: %s", row.code, ", ".join(other))
    elif not entries_for(f"organisation:{row.code}", kinds=[ORGANISATION_ADDED], limit=1):
        record_organisation(actor=LOADER, organisation=kept)


def _load_person(row: PersonRow, password: str | None) -> None:
    person = User.objects.filter(username=row.username).first()
    if person is None:
        person = User(
            username=User.normalize_username(row.username),
            display_name=row.name,
            email=row.email,
            phone=row.phone,
            illustrative=row.illustrative,
        )
        person.set_password(password)
        enter_person(actor=LOADER, person=person)
    taken = _taken_from(person)
    for one in row.roles:
        if not one.known or (one.organisation, one.role) in taken:
            continue
        organisation = Organisation.objects.get(code=one.organisation)
        try:
            give_role(actor=LOADER, person=person, organisation=organisation, role=one.role)
        except Refused as refused:
            log.warning("%s does not get the role %s of the city pack: %s", row.username, one.role, refused)


def _taken_from(person: User) -> set[tuple[str, str]]:
    """Organisation and role of what somebody took away: a pack that is loaded again gives none of it back."""
    found = entries_for(f"user:{person.pk}", kinds=[ROLE_TAKEN], limit=MOST_ENTRIES)
    told = (msgspec.json.decode(entry.content, type=RoleChanged) for entry in found if not entry.erased)
    return {(one.organisation, one.role) for one in told}
