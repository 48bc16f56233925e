"""What a Digital Link leads to: for each animal, lot, product, box or site the documents that there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from django.urls import reverse

from jinmai.standards.digital_link import DigitalLink, build
from jinmai.systems.traceability.models import Certificate, LogisticUnit, Lot, Product, Site
from jinmai.systems.traceability.selectors.addresses import certificate_address, public_address
from jinmai.systems.traceability.selectors.trace import item_way

GS1_VOC: Final = "https://ref.gs1.org/voc/"
DEFAULT: Final = "defaultLink"
PAGE, JSON, VC = "text/html", "application/json", "application/vc"
LANGUAGES: Final = ("zh", "en")


@dataclass(frozen=True, slots=True)
class PublishedLink:
    """One document about a thing. ``types`` are words of GS1's vocabulary; ``language`` may be empty."""

    types: tuple[str, ...]
    address: str
    title: str
    media: str
    language: str = ""


def links_of(link: DigitalLink) -> list[PublishedLink]:
    """Everything that is known about what ``link`` names, the default first; empty if we do not know it."""
    path = link.path
    if link.key == "00":
        return _unit_links(path)
    if link.key == "414":
        return _site_links(path)
    product = Product.objects.filter(gtin=path.get("01", "")).first()
    if product is None:
        return []
    if "21" in path:
        return _item_links(product, path)
    if "10" in path:
        lot = Lot.objects.select_related("product").filter(product=product, code=path["10"]).first()
        return _lot_links(lot, path) if lot else []
    return _product_links(product)


def _item_links(product: Product, path: dict[str, str]) -> list[PublishedLink]:
    """An animal's page is there for codes that were never given, too: it says so."""
    serial = path["21"].upper()
    way = item_way(product.gtin, serial)
    if way is not None and path.get("10", way.batch.lot.code) != way.batch.lot.code:
        return []  # the code and the lot on the label do not belong together
    page = _own(reverse("traceability:pack_page", args=[product.gtin, serial]))
    pages = _in_languages(page, ("pip", "traceability", "recallStatus"))
    return pages if way is None else [*pages, *_of_lot(way.batch.lot), _epcis("anyEPC", path)]


def _lot_links(lot: Lot, path: dict[str, str]) -> list[PublishedLink]:
    page = _own(reverse("traceability:lot_published", args=[lot.product.gtin, lot.code]))
    return [
        *_in_languages(page, ("pip", "traceability", "recallStatus")),
        *_of_lot(lot),
        _epcis("anyEPCClass", path),
    ]


def _product_links(product: Product) -> list[PublishedLink]:
    page = _own(reverse("traceability:product_published", args=[product.gtin]))
    return [*_in_languages(page, ("pip",)), _master_data("01", product.gtin)]


def _of_lot(lot: Lot) -> list[PublishedLink]:
    found = [
        PublishedLink(("certificationInfo",), certificate_address(one), "Origin test certificate", VC)
        for one in Certificate.objects.filter(report__lot=lot).order_by("-issued_at")
    ]
    keys = _own(reverse("traceability.published.keys", args=[lot.product.gtin, lot.code]))
    found.append(PublishedLink(("verificationService",), keys, "Keys for verifying offline", JSON))
    return [*found, _master_data("01", lot.product.gtin)]


def _unit_links(path: dict[str, str]) -> list[PublishedLink]:
    if not LogisticUnit.objects.filter(sscc=path["00"]).exists():
        return []
    page = _own(reverse("traceability:unit", args=[path["00"]]))
    return [PublishedLink(("logisticsInfo",), page, "Box or pallet", PAGE), _epcis("anyEPC", path)]


def _site_links(path: dict[str, str]) -> list[PublishedLink]:
    if not Site.objects.filter(gln=path["414"]).exists():
        return []
    place = build({"414": path["414"]})
    events = f"{public_address()}/epcis/events?EQ_bizLocation={quote(place, safe='')}"
    return [_master_data("414", path["414"]), PublishedLink(("epcis",), events, "EPCIS events", JSON)]


def _in_languages(address: str, types: tuple[str, ...]) -> list[PublishedLink]:
    """The page in each language of the house; the city's own comes first."""
    titles = {"zh": "来龙去脉", "en": "Its way"}
    return [
        PublishedLink(types, f"{address}?lang={language}", titles[language], PAGE, language)
        for language in LANGUAGES
    ]


def _epcis(parameter: str, path: dict[str, str]) -> PublishedLink:
    name = quote(build(path), safe="")
    address = f"{public_address()}/epcis/events?MATCH_{parameter}={name}"
    return PublishedLink(("epcis",), address, "EPCIS events", JSON)


def _master_data(code: str, value: str) -> PublishedLink:
    address = _own(reverse("traceability.published.master_data", args=[code, value]))
    return PublishedLink(("masterData",), address, "Master data", JSON)


def _own(path: str) -> str:
    return f"{public_address()}{path}"
