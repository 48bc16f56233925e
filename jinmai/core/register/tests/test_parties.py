"""Parties are entered once, change with a reason, and keep what was before in the ledger."""

from __future__ import annotations

import pytest

from jinmai.core.ledger.api import entries_for
from jinmai.core.register.models import Party, Place
from jinmai.core.register.services.parties import PartyRefused, change_party, enter_party
from jinmai.core.register.services.places import PlaceRefused, enter_place
from jinmai.core.register.tests.factories import ACTOR, ALLOY, code_number, make_party
from jinmai.standards.datum import Datum, DatumError, Position


def test_a_party_is_entered_once(alloy: Party) -> None:
    again = enter_party(code=ALLOY, name_zh="另一个名字", kind="enterprise", actor=ACTOR)
    assert (again.pk, again.name_zh) == (alloy.pk, "小城特种合金有限公司")
    assert len(entries_for(alloy.subject, kinds=["register.party_entered.v1"])) == 1


def test_a_person_gets_a_key_that_says_nothing_and_is_protected(tiny_city: object) -> None:
    person = enter_party(code="", name_zh="王小明", kind="person", actor=ACTOR)
    assert person.protected
    assert person.code.startswith("P")
    assert "王" not in person.subject
    assert person.code not in person.subject


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"code": "91990101MA0AA00017"}, "code", "check_digit"),
        ({"kind": "sole_trader"}, "kind", "code"),
        ({"kind": "nonsense"}, "kind", "unknown"),
        ({"district": "990199"}, "district", "unknown"),
        ({"size": "huge"}, "size", "unknown"),
        ({"industry_code": "C99"}, "industry", "division"),
        ({"industry_code": "C3140", "industry_edition": "1994"}, "industry", "edition"),
        ({"name_zh": "  "}, "name_zh", "name"),
        ({"name_zh": "a\u202eb"}, "name_zh", "name"),
        ({"kind": "person"}, "code", "kind"),
    ],
)
def test_a_party_that_contradicts_itself_is_refused_by_its_field(
    tiny_city: object, fields: dict[str, str], field: str, reason: str
) -> None:
    given = {"code": code_number(1), "name_zh": "厂", "kind": "enterprise"} | fields
    with pytest.raises(PartyRefused) as refused:
        enter_party(actor=ACTOR, **given)  # type: ignore[arg-type]
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_an_old_industry_code_is_translated_where_its_successor_is_known(tiny_city: object) -> None:
    known = make_party(1, industry_code="3150", industry_edition="2011")
    unknown = make_party(2, industry_code="C2641", industry_edition="2011")
    assert (known.industry_code, known.industry) == ("C3150", "C3140")
    assert (unknown.industry_code, unknown.industry) == ("C2641", "")


def test_a_change_keeps_what_was_before_and_why(alloy: Party) -> None:
    change_party(party=alloy, size="medium", reason="annual report", actor=ACTOR)
    entry = entries_for(alloy.subject)[0]
    assert (entry.kind, entry.payload) == (
        "register.party_changed.v1",
        {"before": {"size": "small"}, "after": {"size": "medium"}, "reason": "annual report"},
    )


def test_a_change_without_reason_or_effect_records_nothing(alloy: Party) -> None:
    before = len(entries_for(alloy.subject))
    with pytest.raises(PartyRefused, match="reason"):
        change_party(party=alloy, size="medium", reason=" ", actor=ACTOR)
    change_party(party=alloy, size="small", reason="no change", actor=ACTOR)
    assert len(entries_for(alloy.subject)) == before


def test_a_code_or_kind_never_changes(alloy: Party) -> None:
    with pytest.raises(TypeError, match="kind"):
        change_party(party=alloy, kind="bureau", reason="try", actor=ACTOR)


def test_a_place_keeps_its_datum_and_refuses_what_lies_nowhere(tiny_city: object) -> None:
    place = Place.objects.get(key="tiny-works")
    assert (place.longitude_e7, place.latitude_e7, place.datum) == (1_211_270_000, 410_950_000, "GCJ-02")
    nowhere = Position(200.0, 41.0, Datum.WGS_84)
    with pytest.raises(DatumError, match="longitude"):
        enter_place(key="x", kind="site", name_zh="无", position=nowhere, actor=ACTOR)
    with pytest.raises(PlaceRefused, match="kind"):
        enter_place(key="x", kind="cloud", name_zh="云", actor=ACTOR)


def test_a_moved_place_keeps_where_it_was_in_the_ledger(tiny_city: object) -> None:
    there = Position(121.2, 41.1, Datum.WGS_84)
    place = enter_place(
        key="tiny-works", kind="site", name_zh="东区厂区", position=there, illustrative=True, actor=ACTOR
    )
    entry = entries_for(place.subject)[0]
    assert entry.payload is not None
    assert (entry.payload["before"]["datum"], entry.payload["after"]["datum"]) == ("GCJ-02", "WGS-84")
