"""The page that changes what a party is called and where it belongs: who may, why, and what it was before."""

from __future__ import annotations

import pytest
from django.test import Client

from jinmai.core.ledger.api import entries_for
from jinmai.core.register.entries import PARTY_CHANGED
from jinmai.core.register.models import Party
from jinmai.core.register.services.parties import change_party
from jinmai.core.register.tests.factories import ACTOR, ALLOY, BUREAU, TACKLE
from jinmai.core.register.tests.test_views import _person, _signed_in, _text

ENGLISH = {"accept-language": "en"}
CHANGE, CHANGES = f"/parties/{ALLOY}/change/", f"/parties/{ALLOY}/changes/"


@pytest.fixture
def officer(tiny_city: object) -> Client:
    """An officer of the city's bureau, who may put the register right."""
    return _signed_in(_person("olivia", "bureau_officer", BUREAU, "bureau"))


def filled(client: Client, page: str = CHANGE, **changes: str) -> dict[str, str]:
    """The form as the page gives it, filled in."""
    form = client.get(page).context["form"]
    given = {name: form[name].value() or "" for name in form.fields}
    return {**given, "reason": "Renamed by the authority", **changes}


def test_a_change_is_entered_with_reason_and_name_and_what_was_stays_readable(
    officer: Client, alloy: Party
) -> None:
    before = alloy.name_zh
    answer = officer.post(CHANGE, filled(officer, name_zh="新东合金厂", size="medium"))
    assert (answer.status_code, answer["Location"]) == (302, CHANGES)
    alloy.refresh_from_db()
    assert (alloy.name_zh, alloy.size) == ("新东合金厂", "medium")
    history = _text(officer, CHANGES)
    for words in (before, "新东合金厂", "medium", "Renamed by the authority", "Olivia"):
        assert words in history
    entry = entries_for(alloy.subject)[0]
    assert (entry.kind, sorted((entry.payload or {})["after"])) == (
        "register.party_changed.v1",
        ["name_zh", "size"],
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "This field is required"),
        ({"name_zh": ""}, "This field is required"),
        ({"name_zh": "厂" * 121}, "at most 120 characters"),
        ({"name_zh": "合金\u202e厂"}, "A name has 1 to 120 characters"),
        ({"name_en": "Works\u202e"}, "A name has 1 to 120 characters"),
        ({"district": "110101"}, "Select a valid choice"),
        ({"industry_code": "Z9"}, "An industry code is a letter"),
        ({"industry_code": "A3140"}, "do not fit"),
        ({"size": "giant"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_named_at_its_field(
    officer: Client, alloy: Party, changes: dict[str, str], words: str
) -> None:
    answer = officer.post(CHANGE, filled(officer, **changes), headers=ENGLISH)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert entries_for(alloy.subject, kinds=[PARTY_CHANGED]) == []


def test_where_nothing_differs_nothing_is_recorded(officer: Client, alloy: Party) -> None:
    answer = officer.post(CHANGE, filled(officer), headers=ENGLISH)
    assert (answer.status_code, "Nothing differs" in answer.content.decode()) == (422, True)
    assert entries_for(alloy.subject, kinds=[PARTY_CHANGED]) == []


def test_of_two_at_once_the_second_must_look_again(officer: Client, alloy: Party) -> None:
    form = filled(officer, name_zh="第二")
    change_party(party=alloy, name_zh="第一", reason="first", actor=ACTOR)
    answer = officer.post(CHANGE, form, headers=ENGLISH)
    assert (answer.status_code, "Somebody else changed this party" in answer.content.decode()) == (409, True)
    alloy.refresh_from_db()
    assert alloy.name_zh == "第一"


def test_the_name_of_a_sole_trader_stays_masked_and_need_not_be_typed_anew(
    officer: Client, tackle: Party
) -> None:
    page, name = f"/parties/{tackle.handle}/change/", tackle.name_zh
    assert name not in _text(officer, page)
    assert officer.post(page, filled(officer, page, size="medium")).status_code == 302
    assert officer.post(page, filled(officer, page, name_zh="赵六渔具店")).status_code == 302
    tackle.refresh_from_db()
    assert (tackle.name_zh, tackle.size) == ("赵六渔具店", "medium")
    history = _text(officer, f"/parties/{tackle.handle}/changes/")
    assert [word in history for word in (name, "赵六渔具店", TACKLE)] == [False, False, False]


def test_a_party_that_never_changed_says_so(officer: Client) -> None:
    assert "Nothing was changed since it was entered." in _text(officer, CHANGES)


def test_who_may_look_and_not_change_sees_the_history_and_no_button(tiny_city: object) -> None:
    manager = _signed_in(_person("mei", "manager", ALLOY, "enterprise", "990101"))
    stranger = _signed_in(_person("bo", "manager", TACKLE, "enterprise", "990102"))
    page = _text(manager, f"/parties/{ALLOY}/")
    assert [CHANGES in page, CHANGE in page] == [True, False]
    assert [manager.get(CHANGES).status_code, manager.get(CHANGE).status_code] == [200, 403]
    assert manager.post(CHANGE, {"reason": "try", "name_zh": "x"}).status_code == 403
    assert [stranger.get(CHANGES).status_code, stranger.get(CHANGE).status_code] == [404, 403]


def test_the_page_of_a_party_leads_the_officer_there(officer: Client) -> None:
    page = _text(officer, f"/parties/{ALLOY}/")
    assert [CHANGES in page, CHANGE in page] == [True, True]
