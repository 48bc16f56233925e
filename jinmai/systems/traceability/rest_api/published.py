"""Documents that anybody may fetch: issuers' keys, status lists, certificates, keys files, master data."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from jinmai.core.access.api import public
from jinmai.core.web.api import tagged
from jinmai.standards.credentials.documents import Document
from jinmai.systems.traceability.choices import SiteKind
from jinmai.systems.traceability.models import Certificate, Lot, Product, Site
from jinmai.systems.traceability.rest_api.resolver import LINKSET
from jinmai.systems.traceability.selectors.addresses import public_address
from jinmai.systems.traceability.selectors.certificates import controller_document
from jinmai.systems.traceability.selectors.published import GS1_VOC
from jinmai.systems.traceability.selectors.stores import item_store
from jinmai.systems.traceability.services.pace import Pace
from jinmai.systems.traceability.services.published_lists import kept_keys_file, kept_status_list
from jinmai.systems.traceability.services.report_paper import kept_report_paper

VC: Final = "application/vc"
# A shop's or an inspector's reader fetches a file for each lot; many may share an address.
KEYS: Final = Pace(120)
PAPERS: Final = Pace(120)
PRIMARY_KEYS: Final = ["00", "01", "414"]


@public
@require_safe
def issuer(request: HttpRequest, key: str) -> HttpResponse:
    """The public keys of a laboratory, as a W3C controlled identifier document."""
    site = get_object_or_404(Site, key=key, kind=SiteKind.LABORATORY)
    return _document(request, controller_document(site), "application/cid")


@public
@require_safe
def status_list(request: HttpRequest, key: str) -> HttpResponse:
    """A laboratory's list of revoked certificates, signed some minutes ago at most."""
    site = get_object_or_404(Site, key=key, kind=SiteKind.LABORATORY)
    return _document(request, kept_status_list(site), VC)


@public
@require_safe
def certificate(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """A certificate as it was signed; ``?twin`` is the one under SM2. Its list says if it was revoked."""
    found = get_object_or_404(Certificate, identifier=identifier)
    content = found.twin if "twin" in request.GET else found.document
    if not content:
        raise Http404
    return _answer(request, content.encode(), VC)


@public
@require_safe
def certificate_paper(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """The report behind a certificate as PDF in Chinese and English; it says where it was withdrawn."""
    if not PAPERS.allows(request.META.get("REMOTE_ADDR", "")):
        return _too_often()
    rows = Certificate.objects.select_related(
        "report__lot__product", "report__lot__site__owner", "report__laboratory__owner"
    )
    report = get_object_or_404(rows, identifier=identifier).report
    answer = _answer(request, kept_report_paper(report), "application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{report.number}.pdf"'
    return answer


@public
@require_safe
def keys(request: HttpRequest, gtin: str, code: str) -> HttpResponse:
    """What verifying the animals of a lot offline takes: keys, manifest, revocations."""
    if not KEYS.allows(request.META.get("REMOTE_ADDR", "")):
        return _too_often()
    lot = get_object_or_404(Lot.objects.select_related("product", "site"), product__gtin=gtin, code=code)
    content = kept_keys_file(lot, lambda batch: item_store().serials(batch.request) or [])
    answer = _answer(request, content, "application/json")
    answer["Content-Disposition"] = f'attachment; filename="{gtin}-{code}.keys.json"'
    return answer


@public
@require_safe
def master_data(request: HttpRequest, code: str, value: str) -> HttpResponse:
    """What a GTIN or GLN stands for, in words of the GS1 Web Vocabulary."""
    if code == "01":
        return _document(request, _product(get_object_or_404(Product, gtin=value)), "application/ld+json")
    if code == "414":
        return _document(request, _place(get_object_or_404(Site, gln=value)), "application/ld+json")
    raise Http404


@public
@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """``/.well-known/gs1resolver``: what this resolver can do."""
    return _document(
        request,
        {
            "name": "Jinmai",
            "resolverRoot": public_address(),
            "supportedPrimaryKeys": PRIMARY_KEYS,
            "linkTypeDefaultCanBeLinkset": False,
            "validatesPrimaryKeys": True,
            "supportedContextValuesEnumerated": [],
            "supportedLinkType": [{"namespace": GS1_VOC, "prefix": "gs1:", "profile": LINKSET}],
        },
        "application/json",
    )


def _product(product: Product) -> Document:
    found: dict[str, Any] = {
        "@context": {"gs1": GS1_VOC},
        "@type": "gs1:FoodBeverageTobaccoProduct",
        "gs1:gtin": product.gtin,
        "gs1:productName": _in_both(product.name_zh, product.name_en),
        "gs1:brandOwner": {"gs1:organizationName": product.owner.name_zh},
    }
    if product.net_grams:
        found["gs1:netContent"] = {"gs1:value": product.net_grams, "gs1:unitCode": "GRM"}
    if product.industrial_identifier:
        # 标识解析: the same thing under China's industrial internet identification.
        found["gs1:additionalProductID"] = product.industrial_identifier
    return found


def _place(site: Site) -> Document:
    return {
        "@context": {"gs1": GS1_VOC},
        "@type": "gs1:Place",
        "gs1:globalLocationNumber": site.gln,
        "gs1:physicalLocationName": _in_both(site.name_zh, site.name_en),
        "gs1:countrySubdivisionCode": site.district_code,
    }


def _in_both(zh: str, en: str) -> list[dict[str, str]]:
    return [{"@value": zh, "@language": "zh"}, {"@value": en, "@language": "en"}]


def _document(request: HttpRequest, content: Document, media: str) -> HttpResponse:
    return _answer(request, orjson.dumps(content), media)


def _answer(request: HttpRequest, content: bytes, media: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media)
    answer["Access-Control-Allow-Origin"] = "*"
    return tagged(request, answer)


def _too_often() -> HttpResponse:
    """429 in the language of whoever asks."""
    words = gettext("Too many requests came from this address. Try again in a minute.")
    refused = HttpResponse(words, status=429, content_type="text/plain; charset=utf-8")
    refused["Retry-After"] = "60"
    return refused
