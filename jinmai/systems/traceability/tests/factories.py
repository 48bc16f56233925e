"""A small chain for tests, made without the city pack."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from jinmai.core.access.api import Membership, Organisation, User
from jinmai.systems.traceability.choices import ExceptionKind, LotKind, ProductForm, SiteKind, UnitKind
from jinmai.systems.traceability.models import (
    Certificate,
    ChainException,
    Event,
    LogisticUnit,
    Lot,
    LotShipment,
    Product,
    Recall,
    SigningKey,
    Site,
    TemperatureLogger,
    TestReport,
)
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
    number = f"06901234{next(_numbers):05d}"
    weighted = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(number))
    gtin = f"{number}{-weighted % 10}"
    return Product.objects.create(
        gtin=gtin,
        owner=owner,
        **{"form": ProductForm.DRIED, "name_zh": gtin, "name_en": gtin, "grams_least": 5, **fields},
    )


def make_lot(owner: Organisation, district: str = "210781", **fields: Any) -> Lot:
    """An open processed lot at a site of its own."""
    began = timezone.now() - timedelta(days=10)
    kept = {"kind": LotKind.PROCESSED, "code": f"L{next(_numbers)}", "began_at": began, **fields}
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


def sample_product(owner: Organisation, district: str = "210781") -> Product:
    """A product; it lies in no district."""
    del district
    return make_product(owner)


def sample_report(owner: Organisation, district: str = "210781") -> TestReport:
    """A report about a lot of ``owner`` by a laboratory of its own, for the test of who may do what."""
    laboratory = make_site(owner, district, kind=SiteKind.LABORATORY)
    lot = make_lot(owner, district)
    report = TestReport.objects.create(
        number=f"S-{next(_numbers)}",
        lot=lot,
        laboratory=laboratory,
        level="S-2",
        units_in_lot=10,
        units_required=2,
        units_taken=2,
        sampled_at=timezone.now(),
        opened_by=User.objects.create_user(f"opener-{next(_numbers)}", display_name="opener"),
    )
    report.parties.add(owner)
    return report


def sample_certificate(owner: Organisation, district: str = "210781") -> Certificate:
    """A certificate without a document."""
    report, now = sample_report(owner, district), timezone.now()
    return Certificate.objects.create(
        report=report,
        identifier=f"00000000-0000-4000-8000-{next(_numbers):012d}",
        key=sample_key(owner, district),
        document="{}",
        status_index=next(_numbers),
        issued_at=now,
        valid_until=now,
    )


def sample_key(owner: Organisation, district: str = "210781") -> SigningKey:
    """A key of a site."""
    number = next(_numbers)
    return SigningKey.objects.create(
        site=make_site(owner, district),
        purpose="items",
        kind="ed25519",
        tag=f"{number:06d}",
        multikey=f"z{number}",
        valid_from=timezone.now(),
    )


def make_unit(owner: Organisation, district: str = "210781", **fields: Any) -> LogisticUnit:
    """A pallet that this organisation packed, has, and sends to a site of its own."""
    site = fields.pop("site", None) or make_site(owner, district)
    kept = {"packed_by": site, "bound_for": site, "packed_at": timezone.now(), **fields}
    return LogisticUnit.objects.create(sscc=f"{next(_numbers):018d}", kind=UnitKind.PALLET, site=site, **kept)


def make_shipment(owner: Organisation, district: str = "210781", **fields: Any) -> LotShipment:
    """So much of a lot on its way from a site of this organisation to one of its sites."""
    lot = fields.pop("lot", None) or make_lot(owner, district, animals=1_000)
    kept = {"to_site": make_site(owner, district), "shipped_at": timezone.now(), "animals": 400, **fields}
    shipment = LotShipment.objects.create(
        number=f"261128-{next(_numbers):06d}", lot=lot, from_site=lot.site, **kept
    )
    shipment.parties.add(lot.site.owner, shipment.to_site.owner)
    return shipment


def make_logger(owner: Organisation, district: str = "210781") -> TemperatureLogger:
    """A temperature logger at a site of its own."""
    number = next(_numbers)
    return TemperatureLogger.objects.create(
        serial=f"TL-{number}", name="Room 1", site=make_site(owner, district, kind=SiteKind.COLD_STORE)
    )


def make_exception(owner: Organisation, district: str = "210781", **fields: Any) -> ChainException:
    """A broken mass balance at a site of its own."""
    facts = {"rule": "more_animals_than_went_in", "found": 1_200, "limit": 1_000}
    kept = {"kind": ExceptionKind.BALANCE_BROKEN, "facts": facts, "found_at": timezone.now(), **fields}
    return ChainException.objects.create(site=make_site(owner, district), **kept)


def make_recall(owner: Organisation, district: str = "210781", **fields: Any) -> Recall:
    """A recall of a lot of its own."""
    number = next(_numbers)
    by = User.objects.create_user(f"recaller-{number}", display_name=f"recaller-{number}")
    return Recall.objects.create(lot=make_lot(owner, district), reason="a test", started_by=by, **fields)


# One object for each permission that covers objects, for the test of who may do what.
SAMPLES = {
    "traceability.open_lot": make_site,
    "traceability.view_event": make_event,
    "traceability.view_lot": make_lot,
    "traceability.view_report": sample_report,
    "traceability.open_report": make_site,
    "traceability.enter_report": sample_report,
    "traceability.issue_report": sample_report,
    "traceability.view_certificate": sample_certificate,
    "traceability.revoke_certificate": sample_certificate,
    "traceability.view_signing_key": sample_key,
    "traceability.rotate_signing_key": sample_key,
    "traceability.revoke_item": sample_product,
    "traceability.work_lot": make_lot,
    "traceability.take_pins": make_lot,
    "traceability.hold_lot": make_lot,
    "traceability.start_recall": make_lot,
    "traceability.ship_lot": make_site,
    "traceability.receive_lot": make_shipment,
    "traceability.take_back_lot": make_shipment,
    "traceability.view_shipment": make_shipment,
    "traceability.view_unit": make_unit,
    "traceability.follow_unit": make_unit,
    "traceability.receive_unit": make_unit,
    "traceability.move_unit": make_unit,
    "traceability.view_logger": make_logger,
    "traceability.work_logger": make_logger,
    "traceability.view_exception": make_exception,
    "traceability.close_exception": make_exception,
    "traceability.view_recall": make_recall,
    "traceability.close_recall": make_recall,
}
