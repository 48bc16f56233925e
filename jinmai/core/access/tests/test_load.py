"""The city pack's people: loaded again and again without doubling, refused by row, passwords kept."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from django.conf import settings as configured
from stdnum.cn import uscc

from jinmai.core.access.api import demo_sign_ins
from jinmai.core.access.entries import ORGANISATION_ADDED, PERSON_ADDED, ROLE_GIVEN
from jinmai.core.access.load import load
from jinmai.core.access.models import Membership, Organisation, User
from jinmai.core.access.services.organisations import add_organisation
from jinmai.core.access.services.people import take_role
from jinmai.core.access.sign_ins import kept_passwords
from jinmai.core.ledger.api import entries_for

pytestmark = pytest.mark.django_db

GOOD = """
[[organisations]]
code = "91210711MA0HR0001T"
name = { zh = "宏熔", en = "Hongrong" }
kind = "enterprise"
illustrative = true

[[people]]
username = "technician"
name = "王志强"
roles = [{ organisation = "91210711MA0HR0001T", role = "technician" }]
illustrative = true
"""


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr(configured, "JINMAI_DATA", folder)
    return folder


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "people.toml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def counts() -> tuple[int, int, int]:
    return Organisation.objects.count(), User.objects.count(), Membership.objects.count()


def test_loading_twice_changes_nothing(pack: Path) -> None:
    load(pack)
    first = (counts(), kept_passwords(), User.objects.get().password)
    load(pack)
    assert (counts(), kept_passwords(), User.objects.get().password) == first
    assert first[0] == (1, 1, 1)


def test_the_demo_password_signs_in_and_is_readable_by_its_owner_only(pack: Path, data: Path) -> None:
    load(pack)
    path = data / "demo_sign_ins.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert User.objects.get().check_password(json.loads(path.read_text(encoding="utf-8"))["technician"])


def test_the_printed_line_names_person_password_role_and_organisation(pack: Path) -> None:
    load(pack)
    line = demo_sign_ins()[0]
    assert [word in line for word in ("technician", kept_passwords()["technician"], "技术员", "宏熔")] == [
        True
    ] * 4


def test_a_password_that_was_changed_is_not_printed_any_more(pack: Path) -> None:
    load(pack)
    user = User.objects.get()
    user.set_password("seven quiet furnaces")
    user.save()
    load(pack)
    assert kept_passwords()["technician"] not in demo_sign_ins()[0]
    assert User.objects.get().check_password("seven quiet furnaces")


def test_somebody_closed_since_stays_closed(pack: Path) -> None:
    load(pack)
    User.objects.update(is_active=False)
    load(pack)
    assert not User.objects.get().is_active
    assert demo_sign_ins() == []


def test_a_person_who_is_not_illustrative_gets_no_password(pack: Path) -> None:
    text = GOOD.rsplit("illustrative = true", 1)[0]
    (pack / "people.toml").write_text(text, encoding="utf-8")
    load(pack)
    assert [User.objects.get().has_usable_password(), kept_passwords()] == [False, {}]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("91210711MA0HR0001T", "91210711MA0HR0001X", "organisations, row 1 (宏熔): code 91210711MA0HR0001X"),
        (
            'code = "91210711MA0HR0001T"',
            'code = "９1210711MA0HR0001T"',
            "code ９1210711MA0HR0001T: write it as 91210711MA0HR0001T",
        ),
        ('kind = "enterprise"', 'kind = "empire"', "organisations, row 1 (宏熔): kind 'empire'"),
        ('role = "technician"', 'role = "emperor"', "people, row 1 (technician): no such role: emperor"),
        (
            'role = "technician"',
            'role = "bureau_officer"',
            "people, row 1 (technician): bureau_officer is not held in an organisation of kind enterprise",
        ),
        ('username = "technician"', 'user = "technician"', "Object contains unknown field `user`"),
        ("[[people]]", "[[people", "people.toml"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_kept(pack: Path, old: str, new: str, told: str) -> None:
    (pack / "people.toml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=r"people\.toml") as refused:
        load(pack)
    assert told in str(refused.value)
    assert [counts(), kept_passwords()] == [(0, 0, 0), {}]


def test_a_file_that_is_not_utf8_is_named(pack: Path) -> None:
    (pack / "people.toml").write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(ValueError, match=r"people\.toml: 'utf-8' codec"):
        load(pack)
    assert counts() == (0, 0, 0)


def test_the_pack_of_jinzhou_loads_with_right_codes_and_someone_in_each_declared_role() -> None:
    load(configured.JINMAI_CITY)
    assert [
        code for code in Organisation.objects.values_list("code", flat=True) if not uscc.is_valid(code)
    ] == []
    assert set(Membership.objects.values_list("role", flat=True)) >= {
        "technician",
        "manager",
        "bureau_officer",
        "administrator",
    }


def test_a_role_of_an_absent_system_is_left_out_and_the_person_stays(pack: Path) -> None:
    text = GOOD.replace('role = "technician" }', 'role = "diver", system = "harbour" }')
    (pack / "people.toml").write_text(text, encoding="utf-8")
    load(pack)
    assert User.objects.get().username == "technician"
    assert not Membership.objects.exists()


def test_a_role_that_was_taken_away_does_not_come_back_with_the_next_start(pack: Path) -> None:
    load(pack)
    held = Membership.objects.get()
    take_role(actor="command:test", person=held.user, organisation=held.organisation, role=held.role)
    load(pack)
    assert not Membership.objects.exists()


def test_a_role_of_the_pack_is_recorded_like_any_other(pack: Path) -> None:
    load(pack)
    load(pack)
    [entry] = entries_for(f"user:{User.objects.get().pk}", kinds=[ROLE_GIVEN])
    assert entry.actor == "command:load_city"


def test_organisations_and_people_of_the_pack_are_recorded_once(pack: Path) -> None:
    load(pack)
    load(pack)
    [added] = entries_for("organisation:91210711MA0HR0001T", kinds=[ORGANISATION_ADDED])
    [entered] = entries_for(f"user:{User.objects.get().pk}", kinds=[PERSON_ADDED])
    assert {added.actor, entered.actor} == {"command:load_city"}
    assert added.payload == {"code": "91210711MA0HR0001T", "kind": "enterprise", "district": ""}


def test_an_organisation_that_is_there_already_stays_as_it_is_and_the_difference_is_told(
    pack: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add_organisation(
        actor="command:test",
        code="91210711MA0HR0001T",
        name_zh="宏熔",
        name_en="Hongrong",
        kind="institute",
        district="210711",
    )
    load(pack)
    row = Organisation.objects.get()
    assert (row.kind, row.district, row.illustrative) == ("institute", "210711", False)
    assert "91210711MA0HR0001T" in caplog.text
    assert "kind" in caplog.text


def test_what_an_earlier_house_loaded_without_an_entry_is_recorded_where_it_is_as_the_pack_says(
    pack: Path,
) -> None:
    fields = {"name_zh": "宏熔", "name_en": "Hongrong", "illustrative": True}
    Organisation.objects.create(code="91210711MA0HR0001T", kind="enterprise", **fields)
    load(pack)
    assert len(entries_for("organisation:91210711MA0HR0001T", kinds=[ORGANISATION_ADDED])) == 1
