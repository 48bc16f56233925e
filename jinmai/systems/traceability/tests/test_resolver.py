"""The resolver: what a scanned code leads to, in which language, and what there is besides."""

from __future__ import annotations

import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from jinmai.standards.credentials.keys_file import read_keys_file
from jinmai.standards.credentials.offline import OfflineVerifier
from jinmai.systems.traceability.models import Certificate, Recall, SigningKey
from jinmai.systems.traceability.rest_api.published import KEYS
from jinmai.systems.traceability.services.certificates import revoke_item
from jinmai.systems.traceability.services.item_codes import codes_of
from jinmai.systems.traceability.services.recalls import start_recall
from jinmai.systems.traceability.services.signing_keys import revoke_signing_key
from jinmai.systems.traceability.tests.chain import BEGAN, Chain, make_chain, mint_batch
from jinmai.systems.traceability.tests.laboratory import make_certificate

pytestmark = pytest.mark.django_db
VOC = "https://ref.gs1.org/voc/"


@pytest.fixture
def chain() -> Chain:
    return make_chain()


def _path(code: str) -> str:
    """Path and query of a code: hosts are written in capitals on labels."""
    parts = urlsplit(code)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def test_a_scanned_code_leads_to_its_page_and_keeps_its_signature(client: Client, chain: Chain) -> None:
    (code,) = codes_of(mint_batch(chain, 1))
    answer = client.get(_path(code))
    assert answer.status_code == 307
    target = urlsplit(answer["Location"])
    query = parse_qs(target.query)
    assert query == {"lang": ["zh"], "S": parse_qs(urlsplit(code).query)["S"]}
    page = client.get(f"{target.path}?{target.query}")
    assert page.status_code == 200
    assert "签名有效" in page.content.decode()
    assert f'rel="{VOC}pip"' in answer["Link"]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("zh-CN,zh;q=0.9", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.5", "en"),
        ("fr-FR", "en"),
        ("zh-TW,en;q=0.5", "zh"),
    ],
)
def test_the_reader_is_led_to_a_page_in_a_language_they_read(
    client: Client, chain: Chain, header: str | None, language: str
) -> None:
    (code,) = codes_of(mint_batch(chain, 1))
    headers = {"Accept-Language": header} if header else {}
    answer = client.get(_path(code), headers=headers)
    assert parse_qs(urlsplit(answer["Location"]).query)["lang"] == [language]


@pytest.mark.parametrize("asked", ["?linkType=linkset", "?linkType=all"])
def test_everything_there_is_about_a_lot_is_listed(client: Client, chain: Chain, asked: str) -> None:
    certificate = make_certificate(chain.processed)
    lot = chain.processed
    answer = client.get(f"/01/{lot.product.gtin}/10/{lot.code}{asked}")
    assert answer["Content-Type"] == "application/linkset+json"
    (context,) = json.loads(answer.content)["linkset"]
    assert context["anchor"].endswith(f"/01/{lot.product.gtin}/10/{lot.code}")
    kinds = {name.removeprefix(VOC) for name in context if name != "anchor"}
    assert {
        "defaultLink",
        "defaultLinkMulti",
        "pip",
        "traceability",
        "certificationInfo",
        "epcis",
        "masterData",
        "verificationService",
    } <= kinds
    (told,) = context[VOC + "certificationInfo"]
    assert str(certificate.identifier) in told["href"]
    assert [one["hreflang"] for one in context[VOC + "defaultLinkMulti"]] == [["zh"], ["en"]]


def test_an_accept_header_asks_for_the_list_too(client: Client, chain: Chain) -> None:
    answer = client.get(f"/01/{chain.processed.product.gtin}", headers={"Accept": "application/linkset+json"})
    assert answer.status_code == 200
    assert "linkset" in json.loads(answer.content)


@pytest.mark.parametrize("kind", ["gs1:certificationInfo", "certificationInfo", VOC + "certificationInfo"])
def test_the_certificate_is_found_by_its_link_type(client: Client, chain: Chain, kind: str) -> None:
    make_certificate(chain.processed)
    (code,) = codes_of(mint_batch(chain, 1))
    answer = client.get(urlsplit(code).path, {"linkType": kind})
    assert answer.status_code == 307
    found = client.get(urlsplit(answer["Location"]).path)
    assert found["Content-Type"] == "application/vc"
    assert json.loads(found.content) == json.loads(Certificate.objects.get().document)


def test_the_events_of_an_animal_are_asked_for_as_the_capability_test_does(
    client: Client, chain: Chain
) -> None:
    (code,) = codes_of(mint_batch(chain, 1))
    answer = client.get(urlsplit(code).path, {"linkType": "gs1:epcis"})
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert query["MATCH_anyEPC"] == [f"https://id.gs1.org{urlsplit(code).path}"]


def test_a_code_with_lot_and_serial_holds_together_or_is_not_found(client: Client, chain: Chain) -> None:
    (code,) = codes_of(mint_batch(chain, 1))
    gtin, serial = urlsplit(code).path.split("/")[2::2]
    assert client.get(f"/01/{gtin}/10/P1/21/{serial}").status_code == 307
    assert client.get(f"/01/{gtin}/10/P2/21/{serial}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/01/09520000000004", 404),  # nobody's GTIN
        ("/01/09520000000005", 400),  # wrong check digit
        ("/01/952000000000X", 400),
        ("/01/", 404),
        ("/00/195207810000000012", 400),
        ("/01/09520000000004/99/x", 400),
    ],
)
def test_what_is_no_code_or_not_ours_is_refused_by_name(client: Client, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status


def test_a_kind_of_document_that_there_is_not_is_not_replaced_by_another(
    client: Client, chain: Chain
) -> None:
    answer = client.get(f"/01/{chain.processed.product.gtin}?linkType=gs1:recipeInfo")
    assert answer.status_code == 404
    assert "recipeInfo" in json.loads(answer.content)["detail"]


def test_a_stranger_verifies_with_what_is_published(client: Client, chain: Chain) -> None:
    codes = codes_of(mint_batch(chain, 3))
    lot = chain.processed
    answer = client.get(f"/01/{lot.product.gtin}/10/{lot.code}", {"linkType": "gs1:verificationService"})
    content = client.get(urlsplit(answer["Location"]).path).content
    judge = OfflineVerifier(read_keys_file(content))
    assert all(judge.verify(code).valid for code in codes)


def test_a_keys_file_is_made_once_until_something_in_it_changes(client: Client, chain: Chain) -> None:
    batch, lot = mint_batch(chain, 3), chain.processed
    address = reverse("traceability.published.keys", args=[lot.product.gtin, lot.code])
    first = client.get(address).content
    time.sleep(1.1)  # it says to the second when it was signed
    assert client.get(address).content == first
    serial = codes_of(batch)[0].partition("/21/")[2][:10]
    revoke_item(product=lot.product, serial=serial, reason="stolen", by=chain.by)
    assert len(read_keys_file(client.get(address).content).revoked) == 1
    mint_batch(chain, 2)
    assert len(read_keys_file(client.get(address).content).manifests) == 2
    start_recall(recall=Recall(lot=lot, reason="Antibiotic found"), by=chain.by)
    assert len(read_keys_file(client.get(address).content).revoked) == 2
    key = SigningKey.objects.get(tag=batch.key_id)
    revoke_signing_key(key=key, since=BEGAN, reason="lost", by=chain.by)
    found = read_keys_file(client.get(address).content)
    assert [one.revoked is not None for one in found.keys if one.tag == key.tag] == [True]


def test_who_fetches_keys_files_without_end_is_told_to_wait(client: Client, chain: Chain) -> None:
    lot = chain.processed
    address = reverse("traceability.published.keys", args=[lot.product.gtin, lot.code])
    told = {client.get(address, REMOTE_ADDR="203.0.113.9").status_code for _ in range(2 * KEYS.most + 1)}
    assert told == {200, 429}
    assert client.get(address, REMOTE_ADDR="203.0.113.10").status_code == 200


def test_an_issuers_keys_and_list_are_published(client: Client, chain: Chain) -> None:
    certificate = make_certificate(chain.processed)
    key = certificate.report.laboratory.key
    document = json.loads(client.get(f"/trace/issuers/{key}").content)
    assert document["assertionMethod"]
    content = json.loads(client.get(f"/trace/status/{key}").content)
    assert "BitstringStatusListCredential" in content["type"]
    assert client.get(f"/trace/issuers/{lot_site(chain)}").status_code == 404
    twin = client.get(f"/trace/certificates/{certificate.identifier}.json?twin")
    assert twin.status_code == (200 if certificate.twin else 404)


def lot_site(chain: Chain) -> str:
    return chain.processed.site.key


def test_the_resolver_says_what_it_can_do(client: Client) -> None:
    told = json.loads(client.get("/.well-known/gs1resolver").content)
    assert told["supportedPrimaryKeys"] == ["00", "01", "414"]


def test_master_data_carries_the_industrial_identifier(client: Client, chain: Chain) -> None:
    product = chain.processed.product
    product.industrial_identifier = "88.118.8/example.0001"
    product.save()
    told = json.loads(client.get(f"/trace/master_data/01/{product.gtin}.json").content)
    assert (told["gs1:gtin"], told["gs1:additionalProductID"]) == (product.gtin, "88.118.8/example.0001")
