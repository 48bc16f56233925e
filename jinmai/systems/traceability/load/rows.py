"""Turns the entries of a city pack into rows. Every function can run again without changing anything.

Sites and products are what they are and are brought to what the pack says. A lot is what happened: it goes
through the chain's own verbs, once, and is never changed by a pack.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from django.core.exceptions import ValidationError
from django.db import models

from jinmai.core.access.api import Organisation, User
from jinmai.standards.food_licence import LicenceError, read_licence
from jinmai.standards.gs1 import has_check_digit
from jinmai.systems.traceability.choices import SiteKind
from jinmai.systems.traceability.load import schema
from jinmai.systems.traceability.models import (
    Harvest,
    Lot,
    LotInput,
    Preparation,
    Product,
    Site,
    Treatment,
)
from jinmai.systems.traceability.services.lots import open_lot, record_treatment
from jinmai.systems.traceability.services.processing import make_lot_of, weigh_harvest
from jinmai.systems.traceability.services.refusal import ChainRefusedError

Row = TypeVar("Row", bound=models.Model)


def chain(pack: schema.Chain) -> None:
    """Write sites and products."""
    for site in pack.sites:
        if site.gln and not has_check_digit(site.gln):
            raise ValueError(f"site {site.key}: gln {site.gln} has a wrong check digit")
        if site.kind == SiteKind.PROCESSOR and site.licence:
            try:
                read_licence(site.licence)
            except LicenceError as wrong:
                raise ValueError(f"site {site.key}: licence {site.licence}: {wrong}") from wrong
        _put(
            Site,
            {"key": site.key},
            owner=named(f"site {site.key}", Organisation, code=site.owner),
            kind=site.kind,
            name_zh=site.name.zh,
            name_en=site.name.en,
            district_code=site.district,
            **_as_they_are(
                site,
                "gln",
                "licence",
                "certificate",
                "latitude",
                "longitude",
                "water_m3",
                "pond_m2",
                "mail_order",
                "illustrative",
            ),
        )
    for product in pack.products:
        if not has_check_digit(product.gtin):
            raise ValueError(f"product {product.gtin}: wrong check digit")
        _put(
            Product,
            {"gtin": product.gtin},
            owner=named(f"product {product.gtin}", Organisation, code=product.owner),
            form=product.form,
            name_zh=product.name.zh,
            name_en=product.name.en,
            **_as_they_are(
                product,
                "grade_least",
                "grade_most",
                "net_grams",
                "grams_least",
                "yield_permille",
                "company_prefix_length",
                "industrial_identifier",
                "illustrative",
            ),
        )


def preparations(pack: schema.Preparations) -> None:
    """Write the names of what is given at the ponds."""
    for entry in pack.preparations:
        _put(
            Preparation,
            {"name_zh": entry.name.zh, "since": entry.since},
            name_en=entry.name.en,
            **_as_they_are(entry, "kind", "until", "source"),
        )


def lots(pack: schema.Lots) -> None:
    """Open the lots that are not there yet; record of each what is not recorded of it yet."""
    for entry in pack.lots:
        place = f"lot {entry.code}"
        try:
            lot = Lot.objects.filter(product__gtin=entry.gtin, code=entry.code).first()
            _what_happened(lot or _lot(place, entry), named(place, User, username=entry.by), entry)
        except (ChainRefusedError, ValidationError) as error:
            raise ValueError(f"{place}: {said(error)}") from error


def _lot(place: str, entry: schema.LotEntry) -> Lot:
    by = named(place, User, username=entry.by)
    lot = Lot(
        product=named(place, Product, gtin=entry.gtin),
        site=named(place, Site, key=entry.site),
        code=entry.code,
        kind=entry.kind,
        began_at=entry.began,
        animals=entry.animals,
        grams=entry.grams,
    )
    if entry.made_of:
        inputs = [
            LotInput(
                source=named(place, Lot, product__gtin=one.gtin, code=one.lot),
                animals=one.animals,
                grams=one.grams,
            )
            for one in entry.made_of
        ]
        return make_lot_of(lot=lot, inputs=inputs, by=by)
    return open_lot(lot=lot, by=by)


def _what_happened(lot: Lot, by: User, entry: schema.LotEntry) -> None:
    """Its treatments and its harvest, each once: a line that is added to a pack later is recorded then."""
    for given in entry.treatments:
        told = msgspec.structs.asdict(given)
        if not lot.treatments.filter(**told).exists():
            record_treatment(treatment=Treatment(lot=lot, **told), by=by)
    if entry.harvest and not Harvest.objects.filter(lot=lot).exists():
        weigh_harvest(harvest=Harvest(lot=lot, **msgspec.structs.asdict(entry.harvest)), by=by)


def named(place: str, table: type[Row], **key: str) -> Row:
    """The row that an entry names; it stands before the entry, in this pack or in the house."""
    found = table._default_manager.filter(**key).first()  # noqa: SLF001 - Django's documented name
    if found is None:
        raise ValueError(f"{place}: no {table.__name__.lower()} {', '.join(key.values())}")
    return found


def _as_they_are(entry: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in names}


def _put(table: type[Row], key: dict[str, Any], **values: Any) -> Row:
    """Create or bring to these values; a refused value is named with the row."""
    row, _ = table._default_manager.get_or_create(**key, defaults=values)  # noqa: SLF001 - as above
    for name, value in values.items():
        setattr(row, name, value)
    try:
        row.full_clean()
    except ValidationError as error:
        raise ValueError(f"{table.__name__} {key}: {said(error)}") from error
    row.save()
    return row


def said(error: Exception) -> str:
    return "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
