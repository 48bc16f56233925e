"""What anybody may fetch: sent once, made once in a while, true at once where something was withdrawn."""

from __future__ import annotations

import json
import time
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from jinmai.systems.traceability.models import Certificate, TestReport
from jinmai.systems.traceability.rest_api.published import KEYS
from jinmai.systems.traceability.services import report_paper
from jinmai.systems.traceability.services.certificates import revoke_certificate
from jinmai.systems.traceability.services.item_codes import codes_of
from jinmai.systems.traceability.tests.chain import Chain, make_chain, mint_batch
from jinmai.systems.traceability.tests.laboratory import make_certificate

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain() -> Chain:
    return make_chain()


@pytest.fixture
def certificate(chain: Chain) -> Certificate:
    return make_certificate(chain.processed)


def doors(chain: Chain, certificate: Certificate) -> list[str]:
    """Every address that anybody may fetch as often as they like."""
    lot, laboratory = chain.processed, certificate.report.laboratory
    return [
        f"/trace/issuers/{laboratory.key}",
        f"/trace/status/{laboratory.key}",
        f"/trace/certificates/{certificate.identifier}.json",
        f"/trace/certificates/{certificate.identifier}.pdf",
        reverse("traceability.published.keys", args=[lot.product.gtin, lot.code]),
        f"/trace/master_data/01/{lot.product.gtin}.json",
        "/.well-known/gs1resolver",
        f"/01/{lot.product.gtin}/10/{lot.code}?linkType=linkset",
        f"/traceability/pack/{lot.product.gtin}/lots/{lot.code}/",
        f"/traceability/pack/{lot.product.gtin}/",
    ]


def test_what_was_fetched_before_is_not_sent_again(
    client: Client, chain: Chain, certificate: Certificate
) -> None:
    for address in doors(chain, certificate):
        first = client.get(address)
        assert (first.status_code, bool(first.content)) == (200, True), address
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b""), address
        kept = ("ETag", "Cache-Control", "Access-Control-Allow-Origin")
        assert [again.get(name) for name in kept] == [first.get(name) for name in kept], address
        assert client.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


def test_the_way_to_a_page_is_remembered_for_a_minute(client: Client, chain: Chain) -> None:
    (code,) = codes_of(mint_batch(chain, 1))
    parts = urlsplit(code)
    answer = client.get(f"{parts.path}?{parts.query}")
    found = (answer.status_code, answer["Cache-Control"], answer["Vary"])
    assert found[:2] == (307, "public, max-age=60")
    assert {"Accept", "Accept-Language"} <= set(found[2].split(", "))


def test_a_status_list_is_signed_once_until_something_is_revoked(
    client: Client, chain: Chain, certificate: Certificate
) -> None:
    address = f"/trace/status/{certificate.report.laboratory.key}"
    first = client.get(address).content
    time.sleep(1.1)  # it says to the second when it was signed
    assert client.get(address).content == first
    revoke_certificate(certificate=certificate, reason="Wrong sample", by=chain.by)
    lists = [
        json.loads(one)["credentialSubject"]["encodedList"] for one in (first, client.get(address).content)
    ]
    assert lists[0] != lists[1]


def test_a_paper_is_drawn_once_until_it_is_withdrawn(
    client: Client, chain: Chain, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[TestReport] = []
    draw = report_paper.report_paper

    def seen(report: TestReport) -> bytes:
        drawn.append(report)
        return draw(report)

    monkeypatch.setattr(report_paper, "report_paper", seen)
    address = f"/trace/certificates/{certificate.identifier}.pdf"
    first, again = client.get(address), client.get(address)
    assert (len(drawn), again.content) == (1, first.content)
    revoke_certificate(certificate=certificate, reason="Wrong sample", by=chain.by)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert len(drawn) == 2


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "请求过多"), ("en", "Too many requests")])
def test_who_asks_without_end_is_told_so_in_their_language(
    client: Client, chain: Chain, language: str, words: str
) -> None:
    lot = chain.processed
    address = reverse("traceability.published.keys", args=[lot.product.gtin, lot.code])
    headers = {"Accept-Language": language}
    for _ in range(2 * KEYS.most + 1):
        answer = client.get(address, headers=headers, REMOTE_ADDR=f"203.0.113.{language}")
        if answer.status_code == 429:
            break
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert words in answer.content.decode()
