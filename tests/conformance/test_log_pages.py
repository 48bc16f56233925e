"""People find what the log is, how to check it, and one entry with its proof, in both languages."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from jinmai.core.access.tests.factories import make_organisation, make_person
from jinmai.core.ledger.erasure import erase_payload
from jinmai.core.ledger.identity import identity
from jinmai.core.ledger.models import Entry
from jinmai.core.ledger.sealer import seal_pending
from jinmai.core.ledger.selectors import entries_for
from jinmai.core.ledger.tests.entries import record, record_many
from jinmai.core.ledger.tiles import provable_entries
from jinmai.standards import tlog

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client: Client) -> Client:
    client.force_login(make_person("alice", "auditor", make_organisation("审计局", kind="bureau")))
    return client


def page(client: Client, path: str, language: str = "en") -> str:
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_of_an_empty_log_says_what_will_come(client: Client) -> None:
    assert "Nothing has been sealed yet" in page(client, "/log/")


@pytest.mark.parametrize(("language", "heading"), [("en", "Check it yourself"), ("zh-hans", "自己核验")])
def test_anyone_is_told_how_to_check_and_with_which_key(client: Client, language: str, heading: str) -> None:
    record()
    seal_pending()
    told = page(client, "/log/", language)
    assert heading in told
    assert all(str(key).replace("+", "&#x2B;") in told or str(key) in told for key in identity().verifiers)
    assert "verify_log.py http://testserver --key" in told


def test_a_stranger_sees_an_entry_with_its_proof_and_not_its_content(client: Client) -> None:
    record(value=987654321)
    seal_pending()
    told = page(client, "/log/entries/0/")
    assert "plant:saf-1" in told
    assert "/log/proofs/0.tlog-proof" in told
    assert "987654321" not in told


def test_the_auditor_reads_the_content_after_saying_why(auditor: Client) -> None:
    record(value=987654321)
    seal_pending()
    assert "987654321" not in page(auditor, "/log/entries/0/")
    refused = auditor.post("/log/entries/0/content", {"reason": " "})
    assert (refused.status_code, b"987654321" in refused.content, readings()) == (422, False, [])
    answer = auditor.post("/log/entries/0/content", {"reason": "yearly audit"})
    assert b"987654321" in answer.content
    assert "no-store" in answer["Cache-Control"]
    assert readings() == [("plant:saf-1", "yearly audit")]
    assert "987654321" not in page(auditor, "/log/entries/0/")


def test_the_auditor_takes_the_content_with_the_proof(auditor: Client) -> None:
    record(value=987654321)
    seal_pending()
    bare = tlog.parse_proof(auditor.get("/log/proofs/0.tlog-proof").content)
    answer = auditor.post("/log/entries/0/content", {"reason": "yearly audit", "take": "1"})
    assert answer["Content-Disposition"] == 'attachment; filename="entry-0.tlog-proof"'
    proof = tlog.parse_proof(answer.content)
    assert (set(json.loads(bare.extra)), set(json.loads(proof.extra))) == (
        {"leaf"},
        {"leaf", "payload", "salt"},
    )
    assert len(readings()) == 1


def test_who_may_not_read_contents_reads_none_with_a_reason(client: Client) -> None:
    record(value=987654321)
    seal_pending()
    client.force_login(make_person("bob", "administrator", make_organisation("运维", kind="operator")))
    assert client.post("/log/entries/0/content", {"reason": "curiosity"}).status_code == 403
    assert readings() == []


def readings() -> list[tuple[str, str]]:
    """Subject and reason of each recorded reading."""
    found = entries_for("plant:saf-1", kinds=["ledger.payload_read.v1"])
    return [(entry.subject, (entry.payload or {})["reason"]) for entry in found]


def test_an_erased_content_is_shown_as_erased_with_the_entry_that_says_why(auditor: Client) -> None:
    record(value=987654321)
    seal_pending()
    erase_payload(entry=Entry.objects.get().id, reason="PIPL Art. 47", actor="user:9")
    seal_pending()
    told = page(auditor, "/log/entries/0/")
    assert "987654321" not in told
    assert 'href="/log/entries/1/"' in told
    assert "PIPL Art. 47" in page(auditor, "/log/entries/1/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_auditor_lists_the_entries_newest_first(auditor: Client, count: int) -> None:
    record_many(count)
    record(subject="plant:not-sealed")
    seal_pending()
    told = page(auditor, "/log/entries/")
    places = [told.index(f'href="/log/entries/{index}/"') for index in range(count + 1)]
    assert places == sorted(places, reverse=True)


def test_the_list_is_closed_to_strangers_and_to_those_who_run_the_machine(client: Client) -> None:
    assert client.get("/log/entries/").status_code == 302
    client.force_login(make_person("bob", "administrator", make_organisation("运维", kind="operator")))
    assert client.get("/log/entries/").status_code == 403


def test_the_portal_leads_a_visitor_to_the_log(client: Client) -> None:
    record_many(3)
    seal_pending()
    tile = provable_entries()
    assert tile is not None
    assert (tile.value, tile.href, tile.public) == (3, "/log/", True)
    assert 'href="/log/"' in page(client, "/")


def test_an_entry_that_is_not_in_the_log_is_not_found(client: Client) -> None:
    record()
    assert client.get("/log/entries/0/").status_code == 404
