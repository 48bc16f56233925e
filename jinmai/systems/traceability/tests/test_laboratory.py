"""A report passes only when all that has a limit was measured and keeps it; issued, it never changes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from jinmai.core.ledger.api import entries_for
from jinmai.systems.traceability.choices import LotState, MeasuredItem, ReportState
from jinmai.systems.traceability.models import ChainException, Lot, LotInput
from jinmai.systems.traceability.selectors.laboratory import Standing, lot_standing, reports_for
from jinmai.systems.traceability.selectors.limits import limits_for
from jinmai.systems.traceability.services.laboratory import (
    Measured,
    ReportRefusedError,
    enter_results,
    issue_report,
    open_report,
    report_subject,
    withdraw_report,
)
from jinmai.systems.traceability.services.lots import change_state
from jinmai.systems.traceability.services.minting import MintRequest, reserve_batch
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.tests.factories import make_lot, make_member, make_organisation, make_site
from jinmai.systems.traceability.tests.laboratory import (
    BAD,
    GOOD,
    make_draft,
    make_laboratory,
    make_limits,
    make_report,
    sample,
    state_limit,
)

pytestmark = pytest.mark.django_db


def test_a_report_whose_values_keep_their_limits_passes_and_is_recorded() -> None:
    report = make_report()
    assert report.state == ReportState.PASSED
    assert [entry.kind for entry in entries_for(report_subject(report))] == [
        "traceability.report_issued.v1",
        "traceability.results_entered.v1",
        "traceability.report_opened.v1",
    ]


def test_one_value_beyond_its_limit_fails_the_report_and_opens_an_exception() -> None:
    report = make_report(measured=BAD)
    assert report.state == ReportState.FAILED
    (found,) = ChainException.objects.all()
    assert (found.lot, found.facts) == (report.lot, {"report": report.number, "items": ["lead"]})


def test_a_failed_lot_is_called_back_and_gets_no_codes_and_ships_nothing() -> None:
    report = make_report(measured=BAD)
    lot = report.lot
    lot.refresh_from_db()
    (recall,) = lot.recalls.all()
    assert (lot.state, recall.drill, report.number in recall.reason) == ("recalled", False, True)
    with pytest.raises(ChainRefusedError):
        reserve_batch(asked=MintRequest(lot=lot, count=1, request=uuid4()), by=report.opened_by)
    make_report(lot, BAD)
    assert lot.recalls.count() == 1


def test_a_retest_of_a_later_sample_releases_a_held_lot() -> None:
    lot = make_lot(make_organisation())
    Lot.objects.filter(pk=lot.pk).update(state=LotState.HELD, held_at=timezone.now() - timedelta(days=4))
    finding = ChainException.objects.create(
        kind="balance_broken", site=lot.site, lot=lot, found_at=timezone.now() - timedelta(days=1)
    )
    make_report(lot)
    lot.refresh_from_db()
    assert lot.state == LotState.HELD
    finding.found_at = timezone.now() - timedelta(days=4)
    finding.save()
    make_report(lot)
    lot.refresh_from_db()
    assert lot.state == LotState.RELEASED


def test_a_report_of_a_sample_from_before_does_not_release_what_somebody_held_since() -> None:
    lot = make_lot(make_organisation())
    officer = make_member("officer", "manager", lot.site.owner)
    change_state(lot=lot, state=LotState.HELD, reason="a smell in the store", by=officer)
    make_report(lot)
    lot.refresh_from_db()
    assert (lot.state, lot.state_reason) == (LotState.HELD, "a smell in the store")
    Lot.objects.filter(pk=lot.pk).update(held_at=timezone.now() - timedelta(days=4))
    make_report(lot)
    lot.refresh_from_db()
    assert (lot.state, lot.held_at) == (LotState.RELEASED, None)


@pytest.mark.parametrize(
    ("value", "detection_limit", "passes"),
    [("1", None, True), ("1.0001", None, False), ("0", None, True), (None, "1", True), (None, "1.1", None)],
)
def test_an_upper_limit_is_kept_up_to_the_last_digit(
    value: str | None,
    detection_limit: str | None,
    passes: bool | None,  # noqa: FBT001 - a table
) -> None:
    make_limits()
    limit = limits_for("dried", timezone.localdate())[MeasuredItem.LEAD]
    told = [Decimal(one) if one else None for one in (value, detection_limit)]
    assert limit.allows(*told) is passes


def test_not_detected_does_not_keep_a_lower_limit() -> None:
    make_limits()
    limit = limits_for("dried", timezone.localdate())[MeasuredItem.PROTEIN]
    assert (limit.allows(None, Decimal(1)), limit.allows(Decimal(40), None)) == (None, True)


def test_what_was_not_measured_or_not_finely_enough_is_not_passed() -> None:
    make_limits()
    draft = make_draft()
    for measured in (
        GOOD[:2],
        [*GOOD[:1], Measured(MeasuredItem.CHLORAMPHENICOL, None, Decimal(5)), *GOOD[2:]],
    ):
        enter_results(report=draft, measured=measured, tested_on=timezone.localdate(), by=draft.opened_by)
        with pytest.raises(ReportRefusedError):
            issue_report(report=draft, by=draft.opened_by)


def test_without_any_limit_nothing_passes() -> None:
    draft = make_draft()
    enter_results(report=draft, measured=GOOD, tested_on=timezone.localdate(), by=draft.opened_by)
    with pytest.raises(ReportRefusedError):
        issue_report(report=draft, by=draft.opened_by)


def test_the_limit_of_the_day_of_sampling_counts() -> None:
    thing = make_limits()
    tomorrow = timezone.localdate() + timedelta(days=1)
    state_limit(thing, "lead", "0.05", since=tomorrow)
    assert limits_for("dried", timezone.localdate())[MeasuredItem.LEAD].value == 1
    assert limits_for("dried", date(2019, 1, 1)) == {}
    assert make_report().state == ReportState.PASSED


def test_an_issued_report_does_not_change() -> None:
    report = make_report()
    with pytest.raises(ReportRefusedError):
        enter_results(report=report, measured=BAD, tested_on=timezone.localdate(), by=report.opened_by)
    with pytest.raises(ReportRefusedError):
        issue_report(report=report, by=report.opened_by)
    with pytest.raises(ReportRefusedError):
        withdraw_report(report=report, reason=" ", by=report.opened_by)
    assert withdraw_report(report=report, reason="mixed up", by=report.opened_by).state == "withdrawn"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": "a number"}, "number"),
        ({"number": ""}, "number"),
        ({"sample": sample(units_taken=7)}, "units_taken"),
        ({"sample": sample(units_in_lot=0)}, "units_in_lot"),
        ({"sample": sample(level="IV")}, "level"),
        ({"sample": sample()._replace(sampled_at=timezone.now() + timedelta(hours=1))}, "sampled_at"),
    ],
)
def test_a_report_is_not_opened_with_a_fault_and_the_field_is_named(
    change: dict[str, object], field: str
) -> None:
    laboratory = make_laboratory()
    given = {
        "number": "R1",
        "lot": make_lot(make_organisation()),
        "laboratory": laboratory,
        "sample": sample(),
    }
    by = make_member("alice", "analyst", laboratory.owner)
    with pytest.raises(ValidationError) as refused:
        open_report(**(given | change), by=by)  # type: ignore[arg-type] # a table of faults
    assert list(refused.value.message_dict) == [field]


def test_only_a_laboratory_opens_reports() -> None:
    site = make_site(make_organisation())
    with pytest.raises(ValidationError, match="laboratory"):
        make_draft(laboratory=site)


@pytest.mark.parametrize(
    ("measured", "field"),
    [
        (Measured(MeasuredItem.LEAD, Decimal(-1)), "lead"),
        (Measured(MeasuredItem.LEAD, None), "lead"),
        (Measured(MeasuredItem.LEAD, None, Decimal(0)), "lead"),
        (Measured(MeasuredItem.LEAD, Decimal("0.12345")), "lead"),
        (Measured(MeasuredItem.LEAD, Decimal(1), method="x" * 61), "lead"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_item_and_nothing_is_kept(
    measured: Measured, field: str
) -> None:
    draft = make_draft()
    with pytest.raises(ValidationError) as refused:
        enter_results(
            report=draft, measured=[*GOOD[1:], measured], tested_on=timezone.localdate(), by=draft.opened_by
        )
    assert (list(refused.value.message_dict), draft.results.count()) == ([field], 0)


def test_a_day_of_testing_before_the_sample_is_refused() -> None:
    draft = make_draft()
    with pytest.raises(ValidationError) as refused:
        enter_results(report=draft, measured=GOOD, tested_on=date(2020, 1, 1), by=draft.opened_by)
    assert list(refused.value.message_dict) == ["tested_on"]


def test_a_failed_lot_fails_what_was_made_of_it_until_a_retest_passes() -> None:
    owner = make_organisation()
    harvest, other, dried = make_lot(owner), make_lot(owner), make_lot(owner)
    for source in (harvest, other):
        LotInput.objects.create(lot=dried, source=source)
    assert lot_standing(dried) == Standing.UNKNOWN
    make_report(harvest)
    assert lot_standing(dried) == Standing.UNKNOWN
    make_report(other, BAD)
    assert lot_standing(dried) == Standing.FAILED
    make_report(other)
    assert lot_standing(dried) == Standing.PASSED
    withdrawn = make_report(dried, BAD)
    assert lot_standing(dried) == Standing.FAILED
    withdraw_report(report=withdrawn, reason="another lot", by=withdrawn.opened_by)
    assert lot_standing(dried) == Standing.PASSED


def test_a_source_that_fails_after_its_product_passed_fails_the_product_until_it_is_tested_again() -> None:
    owner = make_organisation()
    harvest, dried, mixed = make_lot(owner), make_lot(owner), make_lot(owner)
    LotInput.objects.create(lot=dried, source=harvest)
    LotInput.objects.create(lot=mixed, source=dried)
    make_report(dried)
    make_report(mixed)
    make_report(harvest, BAD)
    assert [lot_standing(lot) for lot in (dried, mixed)] == [Standing.FAILED, Standing.FAILED]
    make_report(mixed)
    assert [lot_standing(lot) for lot in (dried, mixed)] == [Standing.FAILED, Standing.PASSED]
    make_report(dried)
    assert lot_standing(dried) == Standing.PASSED


def test_laboratory_and_owner_read_a_report_and_nobody_else() -> None:
    report = make_report()
    for organisation, seen in (
        (report.laboratory.owner, 1),
        (report.lot.site.owner, 1),
        (make_organisation(), 0),
    ):
        reader = make_member(f"reader-{organisation.pk}", "analyst", organisation)
        assert reports_for(reader).count() == seen
