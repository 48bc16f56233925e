"""Personal data stands in full nowhere until somebody says why: on pages, in files, searches, interfaces.

A sole trader, a firm's representative and everybody's telephone and address are planted under names that
occur nowhere else; then the whole house is read.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.test import Client

from jinmai.core.access.api import Membership, User
from jinmai.core.ledger.sealer import seal_pending
from jinmai.core.register.api import When, enter_fact, enter_party, party_by_code
from jinmai.core.register.tests.factories import code_number
from tests.conformance.doors import Doors
from tests.conformance.test_bad_input import undone
from tests.instance import ROOT

pytestmark = pytest.mark.django_db
TRADER = code_number(77, prefix="92210711")
FIRM = "91210711MA0HR0001T"
# Whoever reads one of these reads of a person.
PLANTED = (
    TRADER,
    "慕遮",
    "Muzhe",
    "钱守密",
    "7654321.98",
    "7,654,321.98",
    "13987654321",
    "planted@person.example",
)
LANGUAGES = ("zh-hans", "en")


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, User]]:
    """Somebody of each role in the city of Jinzhou, with the planted persons in it."""
    with django_db_blocker.unblock(), undone():
        call_command("load_city", str(ROOT / "cities" / "jinzhou"), verbosity=0)
        trader = enter_party(
            code=TRADER,
            kind="sole_trader",
            name_zh="太和区赵慕遮渔具店",
            name_en="Zhao Muzhe Tackle",
            district="210711",
            actor="user:1",
        )
        when = When.year(2025, date(2026, 4, 1))
        enter_fact(
            subject=trader, kind="revenue", value="7654321.98", source="tax", when=when, actor="user:1"
        )
        enter_fact(
            subject=party_by_code(FIRM),
            kind="legal_representative",
            value="钱守密",
            source="market_registration",
            when=When(as_of=date(2026, 11, 1), effective_from=date(2026, 11, 1)),
            actor="user:1",
        )
        User.objects.update(phone="13987654321", email="planted@person.example")
        seal_pending()
        held = Membership.objects.select_related("user").order_by("-pk")
        yield {row.role: row.user for row in held}


class Reader:
    """Reads the house as one person, in one language, and keeps what was personal in an answer."""

    def __init__(self, person: User | None, language: str) -> None:
        self.client = Client(headers={"accept-language": language})
        if person:
            self.client.force_login(person)
        self.seen: list[str] = []

    def get(self, address: str) -> Any:
        """One answer, looked through; a stream is opened and not followed."""
        answer = self.client.get(address)
        if answer.headers.get("Content-Type", "").startswith("text/event-stream"):
            return answer
        said = text_of(b"".join(answer) if answer.streaming else answer.content)
        # What somebody asks for may be said back to them.
        self.seen += [f"{address}: {word}" for word in PLANTED if word in said and quote(word) not in address]
        return answer


def text_of(body: bytes) -> str:
    """What stands in an answer; a workbook is unpacked."""
    if not body.startswith(b"PK"):
        return body.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "".join(book.read(name).decode(errors="replace") for name in book.namelist())


ASKED = [
    f"/parties/{TRADER}/",
    f"/parties/{TRADER}/facts/revenue/",
    f"/parties/{FIRM}/",
    f"/parties/{FIRM}/facts/legal_representative/",
    "/parties/?kind=sole_trader",
    "/parties/?kind=sole_trader&format=xlsx",
    f"/parties/?q={TRADER}",
    f"/parties/?q={quote('赵慕遮')}",
    f"/parties/?q={quote('渔具店')}",
    "/parties/?q=Zhao",
    "/people/?q=139876",
    "/people/?q=planted",
    "/people/?format=xlsx",
    "/log/entries/?q=party",
    "/log/entries/?format=xlsx",
    f"/traceability/trace/?code={TRADER}",
    f"/field/look?code={TRADER}",
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_reads_a_person_in_full_on_any_page_or_file(people: dict[str, User], language: str) -> None:
    told = {}
    for role, person in [("", None), *people.items()]:
        reader = Reader(person, language)
        own = Doors()
        own.walk(reader, role)  # type: ignore[arg-type]
        for page in own.pages.values():
            if "format" in page.parameters:
                reader.get(f"{page.address}?format=xlsx")
        for address in ASKED:
            reader.get(address)
        if reader.seen:
            told[role] = reader.seen
    assert told == {}


def test_every_entry_of_the_ledger_keeps_its_content_from_who_says_no_reason(people: dict[str, User]) -> None:
    reader = Reader(people["auditor"], "en")
    size = int(reader.get("/log/checkpoint").content.split(b"\n")[1])
    for index in range(size):
        reader.get(f"/log/entries/{index}/")
        reader.get(f"/log/proofs/{index}.tlog-proof")
    assert (size > 100, reader.seen) == (True, [])


def test_the_plants_are_found_where_they_may_be_read(people: dict[str, User]) -> None:
    """Guards this file against itself: what is planted does stand in full after a reason."""
    reader = Client(headers={"accept-language": "zh-hans"})
    reader.force_login(people["bureau_officer"])
    answer = reader.post(f"/parties/{TRADER}/personal/", {"reason": "补贴核查第 7 号"}).content.decode()
    assert [word in answer for word in ("慕遮", "7,654,321.98")] == [True, True]
    answer = reader.post(f"/parties/{FIRM}/personal/", {"reason": "补贴核查第 7 号"}).content.decode()
    assert "钱守密" in answer
