"""Capturing over HTTP: what is taken, what is refused and where, once a key, in every form of document."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from lxml import etree

from jinmai.standards.epcis import read, write
from jinmai.standards.epcis.contexts import STANDARD_CONTEXT
from jinmai.systems.traceability.models import CaptureJob, Event
from jinmai.systems.traceability.rest_api import page_tokens
from jinmai.systems.traceability.services.capture import record_events
from jinmai.systems.traceability.tests.epcis_client import EPC, Caller, content, document, event

pytestmark = pytest.mark.django_db
XML = "application/xml"
OPENEPCIS = "epcis/openepcis-test-resources/core/src/main/resources/2.0/EPCIS"


def job_of(caller: Caller, answer: Any) -> dict[str, Any]:
    """The job that a capture led to."""
    assert answer.status_code == 202, answer.content
    found: dict[str, Any] = content(caller.get(answer["Location"].rpartition("/epcis/")[2]))
    return found


def as_xml(form: str, *events: dict[str, Any]) -> bytes:
    """A document in XML."""
    spelling = "Always_EPC_URN" if form == "xml-1.2" else "Always_GS1_Digital_Link"
    return write(read(orjson.dumps(document(*events))), form, epc_format=spelling)  # type: ignore[arg-type]


def test_a_capture_leads_to_its_job() -> None:
    caller = Caller()
    answer = caller.capture(event())
    assert answer["GS1-Capture-Error-Behaviour"] == "rollback"
    job = job_of(caller, answer)
    assert (job["running"], job["success"], job["errors"]) == (False, True, [])
    assert len(caller.events()) == 1


@pytest.mark.parametrize("form", ["xml-1.2", "xml-2.0"])
def test_events_in_xml_are_the_same_events(form: str) -> None:
    in_json = Caller()
    in_xml = Caller(in_json.organisation)
    job_of(in_json, in_json.capture(event()))
    job = job_of(in_xml, in_xml.call("POST", "capture", as_xml(form, event()), Content_Type=XML))
    assert job["errors"][0]["detail"].endswith("is known already")
    assert Event.objects.count() == 1


def test_the_same_key_is_the_same_job_and_never_another_document() -> None:
    caller = Caller()
    first, again = (caller.capture(event(), Idempotency_Key="box-7") for _ in range(2))
    assert first["Location"] == again["Location"]
    assert caller.capture(event(1), Idempotency_Key="box-7").status_code == 409
    assert Event.objects.count() == 1
    other = Caller()
    assert other.capture(event(2), Idempotency_Key="box-7").status_code == 202
    assert caller.capture(event(3), Idempotency_Key="k" * 201).status_code == 400


def test_under_one_key_context_and_header_are_the_same_too() -> None:
    caller = Caller()
    place = {"type": "urn:epcglobal:epcis:vtype:ReadPoint"}
    body = document(event() | {"ext:note": "1"})
    others = (
        body | {"@context": [STANDARD_CONTEXT, {"ext": "https://example.com/other/"}]},
        body | {"epcisHeader": {"epcisMasterData": {"vocabularyList": [place]}}},
        body | {"ext:about": "another"},
        body | {"ext:ignoreFields": ["ext:note"]},
    )
    statuses = [
        caller.call("POST", "capture", each, Idempotency_Key="box-7").status_code for each in (body, *others)
    ]
    assert statuses == [202, 409, 409, 409, 409]
    # Made anew for another try: the date of the document is not what it says.
    anew = body | {"creationDate": "2026-05-04T08:00:07.000Z"}
    assert caller.call("POST", "capture", anew, Idempotency_Key="box-7").status_code == 202
    assert CaptureJob.objects.count() == 1


@pytest.mark.parametrize("key", ["traceability.recall:1:4", "k" * 200])
def test_a_caller_cannot_occupy_a_key_of_the_chains_own_captures(key: str) -> None:
    caller = Caller()
    assert caller.capture(event(), Idempotency_Key=key).status_code == 202
    party = CaptureJob.objects.get().owner
    own = event(1)
    assert party is not None
    assert record_events(events=[own], party=party, key=key, actor="system").success


def test_with_rollback_one_bad_event_keeps_none() -> None:
    caller = Caller()
    job = job_of(caller, caller.capture(event(), event(1, action="LOOK")))
    assert (job["success"], job["captureErrorBehaviour"], Event.objects.count()) == (False, "rollback", 0)
    assert [one["instance"] for one in job["errors"]] == ["#/epcisBody/eventList/1/action"]


def test_with_proceed_exactly_the_good_events_are_kept() -> None:
    caller = Caller()
    events = [event(), event(1, action="LOOK"), event(2), event(3, epcList=["urn:epc:id:sgtin:1.2"])]
    job = job_of(caller, caller.capture(*events, GS1_Capture_Error_Behaviour="proceed"))
    assert (job["success"], job["captureErrorBehaviour"]) == (False, "proceed")
    assert [one["instance"] for one in job["errors"]] == [
        "#/epcisBody/eventList/1/action",
        "#/epcisBody/eventList/3/epcList/0",
    ]
    assert [one["eventTime"] for one in caller.events(orderBy="eventTime", orderDirection="ASC")] == [
        event()["eventTime"],
        event(2)["eventTime"],
    ]


def test_errors_of_an_event_in_xml_name_their_line() -> None:
    content_ = as_xml("xml-2.0", event(), event(1)).replace(b"<action>OBSERVE", b"<action>LOOK")
    caller = Caller()
    job = job_of(caller, caller.call("POST", "capture", content_, Content_Type=XML))
    assert len(job["errors"]) == 2
    assert Event.objects.count() == 0


def test_a_job_in_xml_says_the_same() -> None:
    caller = Caller()
    answer = caller.capture(event(action="LOOK"))
    path = answer["Location"].rpartition("/epcis/")[2]
    job = content(caller.get(path))
    shown = etree.fromstring(caller.get(path, Accept=XML).content)
    assert (shown.get("captureID"), shown.get("success")) == (job["captureID"], "false")
    assert shown.findtext("errors/error/detail") == job["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"type": "EPCISDocument"}', "application/json", 400),
        (b"<a/>", XML, 400),
        (b"<a", XML, 400),
        ("锦".encode("gb18030"), "application/json", 400),
        ("<a>锦</a>".encode("utf-16"), XML, 400),
        (b'<?xml version="1.0" encoding="no-such"?><a/>', XML, 400),
        (b"\xff\xfe\x00\xd8", "application/json", 400),
        (b"a,b", "text/csv", 415),
        (b"x" * (32 * 1024 * 1024 + 1), "application/json", 413),
    ],
)
def test_what_is_no_document_is_refused_and_leaves_nothing(body: bytes, kind: str, status: int) -> None:
    caller = Caller()
    answer = caller.call("POST", "capture", body, Content_Type=kind)
    assert answer.status_code == status, answer.content
    assert content(answer)["type"].startswith("epcisException:")
    assert CaptureJob.objects.count() == 0


def test_too_many_events_are_refused_with_the_limits_named() -> None:
    answer = Caller().call("POST", "capture", document(*[{}] * 20_001))
    assert answer.status_code == 413
    assert answer["GS1-EPCIS-Capture-Limit"] == "20000"
    assert answer["GS1-EPCIS-Capture-File-Size-Limit"] == str(32 * 1024 * 1024)


def test_a_bomb_of_entities_and_a_file_of_the_server_are_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "ha"}&l0;">' for n in range(1, 30))
    caller = Caller()
    for declared in (
        f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]>',
        '<!DOCTYPE a [<!ENTITY l29 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
    ):
        body = as_xml("xml-2.0", event()).replace(b"?>", b"?>" + declared.encode(), 1)
        answer = caller.call("POST", "capture", body.replace(b"OBSERVE", b"&l29;"), Content_Type=XML)
        assert answer.status_code == 400, declared
        assert b"root:" not in answer.content
    assert CaptureJob.objects.count() == 0


def test_a_thousand_levels_are_refused() -> None:
    deep = orjson.dumps(document(event())).replace(b'"OBSERVE"', b"[" * 1_000 + b"]" * 1_000)
    tall = as_xml("xml-2.0", event()).replace(b"OBSERVE", b"<a>" * 1_000 + b"</a>" * 1_000)
    caller = Caller()
    assert caller.call("POST", "capture", deep).status_code == 400
    assert caller.call("POST", "capture", tall, Content_Type=XML).status_code == 400


def test_every_invalid_document_of_the_reference_set_keeps_nothing(shared_data: Path) -> None:
    caller = Caller()
    paths = [
        path
        for folder in ("JSON/Capture/Invalid", "XML/Capture/Invalid")
        for path in sorted((shared_data / OPENEPCIS / folder).iterdir())
    ]
    assert len(paths) > 8
    for path in paths:
        kind = XML if path.suffix == ".xml" else "application/json"
        answer = caller.call("POST", "capture", path.read_bytes(), Content_Type=kind)
        if answer.status_code == 202:
            job = job_of(caller, answer)
            assert job["success"] is False, path.name
            assert all(one["instance"].startswith("#/") for one in job["errors"]), path.name
        else:
            assert answer.status_code == 400, path.name
            assert content(answer)["errors"][0]["place"], path.name
        assert Event.objects.count() == 0, path.name


def test_a_single_event_is_captured_once() -> None:
    caller = Caller()
    single = {
        "@context": document()["@context"],
        **event(eventID="urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a9"),
    }
    made = caller.call("POST", "events", single)
    assert (made.status_code, content(made)["eventID"]) == (201, single["eventID"])
    assert caller.call("POST", "events", single).status_code == 409
    assert caller.call("POST", "events", {**single, "action": "LOOK"}).status_code in (400, 409)
    found = caller.events(made["Location"].rpartition("/epcis/")[2])
    assert [one["eventID"] for one in found] == [single["eventID"]]


def test_an_event_by_its_id_comes_with_its_declaration_of_error() -> None:
    caller = Caller()
    named = event(eventID="urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8")
    declared = {**named, "errorDeclaration": {"declarationTime": "2026-05-06T00:00:00.000Z"}}
    caller.capture(named)
    caller.capture(declared)
    found = caller.events("events/urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8")
    assert ["errorDeclaration" in one for one in found] == [False, True]


def test_identifiers_and_terms_come_in_the_spelling_asked_for() -> None:
    caller = Caller()
    caller.capture(event(epcList=["urn:epc:id:sgtin:6901234.056789.7F"]))
    spelled = {
        "Always_EPC_URN": "urn:epc:id:sgtin:",
        "Always_GS1_Digital_Link": "https://id.gs1.org/01/",
    }
    for wished, start in spelled.items():
        (found,) = content(caller.get("events", GS1_EPC_Format=wished))["epcisBody"]["queryResults"][
            "resultsBody"
        ]["eventList"]
        assert found["epcList"][0].startswith(start), wished
    for wished, step in (
        ("Always_Web_URI", "https://ref.gs1.org/cbv/BizStep-shipping"),
        ("Always_URN", "urn:epcglobal:cbv:bizstep:shipping"),
    ):
        answer = caller.get("events", Accept=XML, GS1_CBV_XML_Format=wished)
        assert etree.fromstring(answer.content).findtext(".//bizStep") == step, wished


def test_problems_come_in_xml_to_who_reads_xml() -> None:
    answer = Caller().get("events", {"EQ_nonsense": "1"}, Accept=XML)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+xml")
    assert etree.fromstring(answer.content).findtext("type") == "epcisException:QueryParameterException"
    assert Caller().get("events", Accept="text/csv").status_code == 406
    assert Caller().get("events", {"EQ_bizStep": "x" * 9_000}).status_code == 414


def test_a_page_token_ends_and_belongs_to_its_question_and_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    caller = Caller()
    caller.capture(event(), event(1), event(2))
    token = caller.get("events", {"perPage": 1})["Link"].partition("nextPageToken=")[2].partition(">")[0]
    asked = {"perPage": 1, "nextPageToken": token.replace("%3A", ":")}
    assert caller.get("events", asked).status_code == 200
    assert caller.get("events", {**asked, "EQ_bizStep": "shipping"}).status_code == 400
    assert Caller(caller.organisation).get("events", asked).status_code == 400
    assert caller.call("DELETE", f"nextPageToken/{token}").status_code == 204
    assert caller.get("events", asked).status_code == 400
    monkeypatch.setattr(page_tokens, "LIFETIME", timedelta(seconds=-5))
    old = caller.get("events", {"perPage": 1})["Link"].partition("nextPageToken=")[2].partition(">")[0]
    answer = caller.get("events", {"perPage": 1, "nextPageToken": old.replace("%3A", ":")})
    assert (answer.status_code, content(answer)["detail"]) == (400, "nextPageToken: it has ended")


def test_each_firm_sees_its_own_events_only() -> None:
    one, other, city = Caller(), Caller(), Caller(city=True)
    one.capture(event())
    other.capture(event(1), event(2))
    assert [len(caller.events()) for caller in (one, other, city)] == [1, 2, 3]
    assert len(one.events(f"epcs/{EPC}/events".replace("https://", "https%3A%2F%2F"))) == 1


def test_an_event_whose_answer_cannot_be_put_in_xml_is_not_kept() -> None:
    caller = Caller()
    odd = {"@context": document()["@context"], **event(), "ext:list": []}
    refused = caller.call("POST", "events", odd, Accept=XML, Idempotency_Key="odd")
    assert (refused.status_code, Event.objects.count(), CaptureJob.objects.count()) == (406, 0, 0)
    assert caller.call("POST", "events", odd, Idempotency_Key="odd").status_code == 201
    assert Event.objects.count() == 1
