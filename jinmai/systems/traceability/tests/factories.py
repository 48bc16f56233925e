"""A small chain for tests, made without the city pack."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.utils import timezone

from jinmai.core.access.api import Membership, Organisation, User
from jinmai.systems.traceability.choices import LotKind, ProductForm, SiteKind
from jinmai.systems.traceability.models import Event, Lot, Product, Site
from jinmai.systems.traceability.services.capture import capture

_numbers = count(1)


def make_organisation(kind: str = "enterprise", district: str = "210781") -> Organisation:
    """An organisation of its own."""
    code = f"{next(_numbers):018d}"
    return Organisation.objects.create(code=code, name_zh=code, name_en=code, kind=kind, district=district)


def make_member(username: str, role: str, organisation: Organisation) -> User:
    """Somebody who holds a role in an organisation."""
    user = User.objects.create_user(username, display_name=username)
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


def make_site(owner: Organisation, district: str = "210781", **fields: Any) -> Site:
    """A processor's site."""
    key = f"site-{next(_numbers)}"
    return Site.objects.create(
        owner=owner, district_code=district, key=key, **{"name_zh": key, "kind": SiteKind.PROCESSOR, **fields}
    )


def make_product(owner: Organisation, **fields: Any) -> Product:
    """A dried product whose animals weigh at least 5 g."""
    number = f"69012345{next(_numbers):05d}"
    weighted = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(number))
    gtin = f"{number}{-weighted % 10}"
    return Product.objects.create(
        gtin=gtin,
        owner=owner,
        **{"form": ProductForm.DRIED, "name_zh": gtin, "name_en": gtin, "grams_least": 5, **fields},
    )


def make_lot(owner: Organisation, district: str = "210781", **fields: Any) -> Lot:
    """An open processed lot at a site of its own."""
    kept = {"kind": LotKind.PROCESSED, "code": f"L{next(_numbers)}", "began_at": timezone.now(), **fields}
    kept.setdefault("site", fields.get("site") or make_site(owner, district))
    kept.setdefault("product", fields.get("product") or make_product(owner))
    return Lot.objects.create(**kept)


def make_event(owner: Organisation, district: str = "210781", **fields: Any) -> Event:
    """An event that this organisation captured: three animals arrived."""
    del district
    number = next(_numbers)
    event = {
        "type": "ObjectEvent",
        "eventTime": "2026-05-04T08:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"https://id.gs1.org/01/06901234567892/21/{number}"],
        "action": "OBSERVE",
        "bizStep": "arriving",
        **fields,
    }
    job = capture(document_or_events=[event], party=owner, key=f"sample-{number}")
    return job.events.get()


# One object for each permission that covers objects, for the test of who may do what.
SAMPLES = {
    "traceability.open_lot": make_site,
    "traceability.view_event": make_event,
    "traceability.view_lot": make_lot,
}
