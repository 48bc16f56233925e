"""What a firm's page, the portal and the big screen show of the chain, and to whom."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from jinmai.core.register.api import Party
from jinmai.systems.traceability.panels import chain as chain_panel
from jinmai.systems.traceability.tests.chain import make_chain, mint_batch
from jinmai.systems.traceability.tests.factories import make_member, make_organisation
from jinmai.systems.traceability.tiles import animals_with_codes, open_findings

pytestmark = pytest.mark.django_db


def party_of(code: str) -> Party:
    return Party.objects.create(code=code, kind="enterprise", name_zh="蓝海", name_en="Lanhai")


def test_a_party_shows_its_lots_and_how_many_animals_carry_a_code() -> None:
    made = make_chain()
    mint_batch(made, 40)
    officer = make_member("bob", "bureau_officer", make_organisation("bureau"))
    panel = chain_panel(party_of(made.owner.code), officer)
    assert panel is not None
    assert {lot.code: lot.coded for lot in panel.context["lots"]} == {"P1": 40, "H1": None, "S1": None}
    assert panel.steps == []
    assert "P1" in render_to_string(panel.template, dict(panel.context))


def test_open_findings_are_the_next_step() -> None:
    made = make_chain(animals=1_001)
    officer = make_member("bob", "bureau_officer", make_organisation("bureau"))
    panel = chain_panel(party_of(made.owner.code), officer)
    assert panel is not None
    assert [str(step.reason) for step in panel.steps] == ["1 finding of the chain waits for somebody."]


def test_another_firm_sees_nothing_of_it() -> None:
    made = make_chain()
    stranger = make_member("charlie", "manager", make_organisation())
    assert chain_panel(party_of(made.owner.code), stranger) is None


def test_tiles_count_the_whole_city() -> None:
    assert (animals_with_codes().value, open_findings().value) == (0, 0)
    made = make_chain(animals=1_001)
    mint_batch(made, 40)
    assert (animals_with_codes().value, open_findings().value) == (40, 1)
    assert animals_with_codes().districts == {"210781": 40}
