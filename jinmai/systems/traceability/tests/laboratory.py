"""A laboratory, its limits and its reports, for tests."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.apps import apps
from django.utils import timezone

from jinmai.core.access.api import Organisation, User
from jinmai.core.register.api import Thing, When, enter_fact, enter_thing
from jinmai.systems.traceability.choices import MeasuredItem, SiteKind
from jinmai.systems.traceability.models import Certificate, Lot, Site, TestReport
from jinmai.systems.traceability.services.certificates import issue_certificate
from jinmai.systems.traceability.services.laboratory import (
    Measured,
    Sample,
    enter_results,
    issue_report,
    open_report,
)
from jinmai.systems.traceability.tests.factories import (
    make_lot,
    make_member,
    make_organisation,
    make_site,
)

_numbers = count(1)
GOOD = [
    Measured(MeasuredItem.LEAD, Decimal("0.12")),
    Measured(MeasuredItem.CHLORAMPHENICOL, None, Decimal("0.1")),
    Measured(MeasuredItem.PROTEIN, Decimal("62.4")),
]
BAD = [Measured(MeasuredItem.LEAD, Decimal("1.0001")), *GOOD[1:]]


def make_limits(form: str = "dried", protein: str = "40") -> Thing:
    """Lead at most 1, chloramphenicol at most 0.3, protein at least 40, in force from 2020 on."""
    apps.get_model("register", "Source").objects.get_or_create(
        key="standard", defaults={"name_zh": "标准", "name_en": "Standard"}
    )
    thing = enter_thing(key=f"sea-cucumber-{form}", kind="goods", name_zh=form, name_en=form, actor="test")
    for item, value, bound in (
        ("lead", "1", "at_most"),
        ("chloramphenicol", "0.3", "at_most"),
        ("protein", protein, "at_least"),
    ):
        state_limit(thing, item, value, bound=bound)
    return thing


def state_limit(
    thing: Thing, item: str, value: str, *, bound: str = "at_most", since: date = date(2020, 1, 1)
) -> None:
    """One more fact about a limit."""
    names = {"name_zh": item, "name_en": item, "value_type": "number", "period": "span", "decimals": 4}
    apps.get_model("register", "FactKind").objects.get_or_create(key=f"limit_{item}", defaults=names)
    when = When(as_of=since, effective_from=since)
    enter_fact(
        subject=thing,
        kind=f"limit_{item}",
        value=value,
        source="standard",
        when=when,
        actor="test",
        bound=bound,
    )


def make_laboratory(owner: Organisation | None = None) -> Site:
    """A laboratory of an organisation of its own."""
    return make_site(
        owner or make_organisation(), kind=SiteKind.LABORATORY, name_en="Laboratory", licence="CMA-1"
    )


def sample(units_in_lot: int = 12_400, units_taken: int = 8, **fields: Any) -> Sample:
    """Taken three days ago."""
    return Sample(units_in_lot, units_taken, timezone.now() - timedelta(days=3), **fields)


def make_analyst(laboratory: Site) -> User:
    """Somebody who works in a laboratory."""
    return make_member(f"analyst-{next(_numbers)}", "analyst", laboratory.owner)


def make_draft(lot: Lot | None = None, laboratory: Site | None = None) -> TestReport:
    """A report whose sample came in."""
    laboratory = laboratory or make_laboratory()
    lot = lot or make_lot(make_organisation())
    number = f"R-{next(_numbers)}"
    return open_report(
        number=number, lot=lot, laboratory=laboratory, sample=sample(), by=make_analyst(laboratory)
    )


def make_report(lot: Lot | None = None, measured: list[Measured] | None = None) -> TestReport:
    """An issued report, passed unless other values are given."""
    if not Thing.objects.filter(key="sea-cucumber-dried").exists():
        make_limits()
    draft = make_draft(lot)
    today = timezone.localdate()
    enter_results(
        report=draft, measured=GOOD if measured is None else measured, tested_on=today, by=draft.opened_by
    )
    return issue_report(report=draft, by=draft.opened_by)


def make_certificate(lot: Lot | None = None) -> Certificate:
    """The certificate of a passed report."""
    report = make_report(lot)
    return issue_certificate(report=report, by=report.opened_by)
