"""Bad input at every door: no 500, a refusal says where, nothing half done, no markup of it comes back.

In a usual run every form, page and interface meets some of the strings and every string meets some of them
(each is handed out in turn); ``-m slow`` runs every string into every field.
"""

from __future__ import annotations

import html
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from jinmai.core.access.models import Membership
from jinmai.core.access.services.api_keys import create_api_key
from tests.conformance.access_samples import make_sample, samples
from tests.conformance.doors import HTML, Doors, Form, Page
from tests.conformance.naughty import broken_json, naughty_files, naughty_strings
from tests.instance import ROOT

# The city stands for all tests of this file; each takes back what it wrote.
pytestmark = pytest.mark.django_db
# In a usual run: strings for each field alone, for all fields together, a page, an address, an upload.
ALONE, TOGETHER, PARAMETERS, PLACES, UPLOADS = 3, 3, 4, 3, 12
# Tries and sessions are written down although what was tried is refused.
WRITTEN_ANYWAY = ("django_session", "axes_", "sqlite_", "usersessions_")
OWNERS = ("manager", "chain_worker")
ENGLISH = {"accept-language": "en"}


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back; to a view it is as if nothing stood around it."""
    block: Any = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


@dataclass
class House:
    """The loaded city, somebody signed in for each role, and what went wrong so far."""

    clients: dict[str, Client]
    doors: Doors
    counting: str
    key: str
    wrong: list[str] = field(default_factory=list)

    def rows(self) -> list[tuple[Any, ...]]:
        """How many rows each table holds."""
        with connection.cursor() as cursor:
            cursor.execute(self.counting)
            return list(cursor.fetchall())

    def try_out(self, what: str, ask: Callable[[], Any], given: list[str]) -> None:
        """Ask once and judge the answer; everything it wrote is taken back."""
        with undone():
            before = self.rows()
            try:
                answer = ask()
            except Exception:  # noqa: BLE001 - whatever it is, it is what the test looks for
                self._say(what, given, traceback.format_exc(limit=-4))
                return
            if answer.status_code >= 500:
                fault = (
                    "".join(traceback.format_exception(*answer.exc_info, limit=-4)) if answer.exc_info else ""
                )
                self._say(what, given, f"{answer.status_code}\n{fault}")
            elif not answer.streaming:
                self._judge(what, answer, given)
            if answer.status_code >= 400 and self.rows() != before:
                kept = [one[0] for one, was in zip(self.rows(), before, strict=True) if one != was]
                self._say(what, given, f"refused with {answer.status_code}, yet kept rows of {kept}")

    def _judge(self, what: str, answer: Any, given: list[str]) -> None:
        body = answer.content.decode(errors="replace")
        page = answer.headers.get("Content-Type", "").startswith(HTML)
        raw = [text for text in given if "<" in text and len(text) > 3 and text in body] if page else []
        if raw:
            self._say(what, given, f"comes back as markup: {raw[0]!r}")
        if answer.status_code in {400, 422} and not _says_where(body, page=page):
            self._say(
                what, given, f"{answer.status_code} that does not say where: {html.unescape(body)[:200]!r}"
            )

    def _say(self, what: str, given: list[str], fault: str) -> None:
        self.wrong.append(f"{what} {[text[:60] for text in given]}: {fault}")


def _says_where(body: str, *, page: bool) -> bool:
    if page:
        return 'class="field-error"' in body or 'class="note' in body
    return bool(body.strip())


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """The city pack of Jinzhou, walked through once by everybody."""
    with django_db_blocker.unblock(), undone():
        cache.clear()
        call_command("load_city", str(ROOT / "cities" / "jinzhou"), verbosity=0)
        held = Membership.objects.select_related("user", "organisation").order_by("-pk")
        people = {row.role: row.user for row in held}
        # Something of every kind in two firms, so that pages of things that no pack holds are walked too.
        for firm in {row.organisation_id: row.organisation for row in held if row.role in OWNERS}.values():
            for permission in samples():
                make_sample(permission, firm, firm.district)
        clients = {"": Client(raise_request_exception=False, headers=ENGLISH)}
        for role, person in people.items():
            clients[role] = Client(raise_request_exception=False, headers=ENGLISH)
            clients[role].force_login(person)
        doors = Doors()
        for role, client in clients.items():
            doors.walk(client, role)
        doors.walk(clients[""], "", "/sign-in/")
        names = [
            name
            for name in connection.introspection.table_names()
            if not name.startswith(WRITTEN_ANYWAY) and "_fts" not in name
        ]
        counting = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names)
        _row, key = create_api_key(actor="command:test", scopes=["epcis", "metrics"])
        yield House(clients, doors, counting, key)
        cache.clear()


@pytest.fixture
def strings(shared_data: Path) -> list[str]:
    """All naughty strings."""
    return naughty_strings(shared_data)


@pytest.fixture
def nothing_wrong(house: House) -> Iterator[House]:
    """The house, which is found without fault at the end."""
    house.wrong.clear()
    yield house
    assert house.wrong == [], f"{len(house.wrong)} faults:\n" + "\n".join(house.wrong[:20])


def post(house: House, form: Form, values: dict[str, Any]) -> None:
    """Hand a form in; what a browser would refuse is sent all the same."""
    given = [text for text in values.values() if isinstance(text, str)]
    if form.name == "sign_in":
        cache.clear()
    house.try_out(
        f"{form.role} POST {form.address}", lambda: house.clients[form.role].post(form.address, values), given
    )


def hand_in(house: House, form: Form, strings: Iterator[str], alone: int, together: int) -> None:
    """Strings in one field after the other, then in all at once, and a form without anything."""
    post(house, form, {})
    for name in form.values:
        for text in islice(strings, alone):
            post(house, form, form.values | {name: text})
    for _ in range(together):
        post(house, form, {name: next(strings) for name in form.values})


def ask_for(house: House, page: Page, strings: Iterator[str], times: int) -> None:
    """A page with all its parameters naughty."""
    names = sorted(page.parameters | {"page", "sort"})
    for _ in range(times):
        given = [next(strings) for _ in names]
        query = urlencode(dict(zip(names, given, strict=True)))
        client = house.clients[page.role]
        house.try_out(
            f"{page.role} GET {page.address} {names}", _get(client, f"{page.address}?{query}"), given
        )
    client = house.clients[page.role]
    for name in names:
        house.try_out(
            f"{page.role} GET {page.address}?{name}=%FF", _get(client, f"{page.address}?{name}=%FF"), []
        )


def _get(client: Client, address: str, **headers: str) -> Callable[[], Any]:
    return lambda: client.get(address, headers={**ENGLISH, **headers})


def placed(patterns: list[Any] | None = None, before: str = "/") -> Iterator[str]:
    """Every address with something in its path."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        text = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from placed(pattern.url_patterns, text)
        elif isinstance(pattern, URLPattern) and "<" in text and "^" not in text and "live" not in text:
            yield text


def with_places(address: str, strings: Iterator[str]) -> tuple[str, list[str]]:
    """The address with a string in each place, a number too long where a number is asked for."""
    made, given = "", []
    rest = address
    while "<" in rest:
        head, rest = rest.split("<", 1)
        kind, rest = rest.split(">", 1)
        text = "9" * 30 if kind.startswith("int:") else next(strings)
        given.append(text)
        made += head + quote(text, safe="/" if kind.startswith("path:") else "", errors="replace")
    return made + rest, given


def test_the_walk_found_the_house(house: House) -> None:
    """A walk that finds nothing would find nothing wrong."""
    assert len(house.doors.forms) >= 18
    assert len(house.doors.pages) >= 30
    found = {form.name for form in house.doors.forms.values()}
    assert found >= {"sign_in", "add_person", "new_import", "preferences", "password_change", "add_endpoint"}


def test_every_form_meets_bad_input(nothing_wrong: House, strings: list[str]) -> None:
    turn = cycle(strings)
    for form in nothing_wrong.doors.forms.values():
        hand_in(nothing_wrong, form, turn, ALONE, TOGETHER)


def test_every_page_meets_bad_parameters(nothing_wrong: House, strings: list[str]) -> None:
    turn = cycle(strings)
    for page in nothing_wrong.doors.pages.values():
        ask_for(nothing_wrong, page, turn, PARAMETERS)


def test_every_place_in_an_address_meets_bad_input(nothing_wrong: House, strings: list[str]) -> None:
    turn = cycle(text for text in strings if 0 < len(text) < 1_000)
    bearer = f"Bearer {nothing_wrong.key}"
    for address in placed():
        for role in ("", "bureau_officer", "administrator"):
            for _ in range(PLACES):
                made, given = with_places(address, turn)
                ask = _get(nothing_wrong.clients[role], made, authorization=bearer)
                nothing_wrong.try_out(f"{role} GET {made}", ask, given)


def interfaces(house: House) -> list[tuple[str, str]]:
    """Addresses that take JSON, with the role whose session asks; the others ask by the key."""
    found = [("/field/deeds", "manager")]
    if any(manifest.key == "traceability" for manifest in settings.JINMAI_SYSTEMS):
        found += [(f"/epcis/{name}", "") for name in ("capture", "events", "queries")]
    return found


def test_every_interface_meets_broken_json(nothing_wrong: House, shared_data: Path) -> None:
    for path in broken_json(shared_data):
        body = path.read_bytes()
        for address, role in interfaces(nothing_wrong):
            client = nothing_wrong.clients[role]
            nothing_wrong.try_out(
                f"POST {address} {path.name}",
                lambda client=client, address=address, body=body: client.post(  # type: ignore[misc]
                    address,
                    body,
                    content_type="application/json",
                    headers={**ENGLISH, "authorization": f"Bearer {nothing_wrong.key}"},
                ),
                [],
            )


def test_every_deed_from_the_field_meets_bad_input(nothing_wrong: House, strings: list[str]) -> None:
    turn = cycle(text for text in strings if len(text) < 2_000)
    client = nothing_wrong.clients["manager"]
    person = client.get("/field/who").json()["person"]
    for manifest in settings.JINMAI_SYSTEMS:
        for deed in manifest.field_deeds:
            for _ in range(12):
                given = [next(turn) for _ in range(9)]
                names = ("scan", "count", "site", "grams", "animals", "dose", "kind", "substance", "buyer")
                told = {
                    "key": f"bad-{len(given[0])}",
                    "deed": deed.key,
                    "person": person,
                    "at": "2026-11-28T08:00:00Z",
                    "fields": dict(zip(names, given, strict=True)),
                }
                body = orjson.dumps(told)
                nothing_wrong.try_out(
                    f"deed {deed.key}",
                    lambda body=body: client.post("/field/deeds", body, content_type="application/json"),  # type: ignore[misc]
                    given,
                )


def test_every_upload_meets_files_that_lie(nothing_wrong: House, shared_data: Path) -> None:
    turn = cycle(naughty_files(shared_data))
    for form in nothing_wrong.doors.forms.values():
        for name in form.files:
            for number, path in enumerate(islice(turn, UPLOADS)):
                kind = ("a.xlsx", "a.csv", "a.pdf")[number % 3]
                upload(nothing_wrong, form, name, kind, path)


def upload(house: House, form: Form, name: str, kind: str, path: Path) -> None:
    """Hand in a form with a file under a name that lies about it."""
    values: dict[str, Any] = dict(form.values)
    values[name] = SimpleUploadedFile(kind, path.read_bytes())
    values |= {"key": f"{name}{path.name}{kind}"} if "key" in values else {}
    post(house, form, values)


def importers() -> list[tuple[str, ...]]:
    """Commands that read a file, which stands where it says FILE."""
    keys = {manifest.key for manifest in settings.JINMAI_SYSTEMS}
    found: list[tuple[str, ...]] = [
        ("register", "import", "FILE", "--source", "tax", "--as-of", "2026-04-30")
    ]
    found += [("replay", "FILE")] if "industry" in keys else []
    if "traceability" in keys:
        found += [("epcis", "validate", "FILE"), ("epcis", "hash", "FILE")]
        found += [("certificate", "verify", "FILE", "--keys", "FILE")]
    return found


def test_every_importer_refuses_files_that_lie(
    nothing_wrong: House, shared_data: Path, tmp_path: Path
) -> None:
    """A refusal is a sentence on stderr, or a report that names each place; never a fault of ours."""
    turn = cycle(naughty_files(shared_data))
    for command in importers():
        for number, path in enumerate(islice(turn, UPLOADS)):
            lying = tmp_path / f"{number}{('.csv', '.xlsx', '.json')[number % 3]}"
            lying.write_bytes(path.read_bytes())
            words = [str(lying) if word == "FILE" else word for word in command]
            with undone():
                try:
                    call_command(*words, stdout=StringIO(), stderr=StringIO())
                except (CommandError, SystemExit) as refusal:
                    said = str(refusal)
                    if not said:
                        nothing_wrong.wrong.append(f"{command} {path.name}: refused without a word")
                except Exception:  # noqa: BLE001 - what the test looks for
                    nothing_wrong.wrong.append(f"{command} {path.name}: {traceback.format_exc(limit=-4)}")


@pytest.mark.slow
def test_every_string_in_every_field_of_every_form(nothing_wrong: House, strings: list[str]) -> None:
    for form in nothing_wrong.doors.forms.values():
        hand_in(nothing_wrong, form, cycle(strings), len(strings), len(strings))


@pytest.mark.slow
def test_every_string_in_every_parameter_of_every_page(nothing_wrong: House, strings: list[str]) -> None:
    for page in nothing_wrong.doors.pages.values():
        ask_for(nothing_wrong, page, cycle(strings), len(strings))


@pytest.mark.slow
def test_every_file_at_every_upload(nothing_wrong: House, shared_data: Path) -> None:
    for form in nothing_wrong.doors.forms.values():
        for name in form.files:
            for path in naughty_files(shared_data):
                for kind in ("a.xlsx", "a.csv", "a.pdf"):
                    upload(nothing_wrong, form, name, kind, path)
