"""Promise certificates: given for a weighed harvest that nothing speaks against, and recorded."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.core.web.api import formats
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import LotState, PromiseBasis, ReportState
from jinmai.systems.traceability.models import Lot, Promise, TestReport
from jinmai.systems.traceability.selectors.laboratory import Standing, lot_standing
from jinmai.systems.traceability.selectors.promises import can_be_promised, grams_left, still_withdrawn
from jinmai.systems.traceability.selectors.recorded import weight
from jinmai.systems.traceability.services.refusal import ChainRefusedError


@transaction.atomic
def give_promise(*, promise: Promise, by: User) -> Promise:
    """Give the certificate that ``promise`` fills in: lot, basis, grams, origin, contact.

    Raises:
        ChainRefusedError: the lot is none of farm products, is held, called back or closed, failed its test,
            or a withdrawal period is not over.
        ValidationError: with the field: more than was weighed, a test that there is not, an empty field.
    """
    lots = Lot.objects.select_for_update(of=("self",)).select_related("product", "site__owner")
    promise.lot = lot = lots.get(pk=promise.lot_id)
    _must_be_fit(lot)
    promise.report = _report_for(promise)
    left = grams_left(lot)
    if left is None:
        raise ChainRefusedError(_("Lot %(lot)s was not weighed yet.") % {"lot": lot.code})
    if promise.grams is not None and promise.grams < 1:
        raise ValidationError({"grams": _("A certificate speaks of at least one gram.")})
    if promise.grams is not None and promise.grams > left:
        raise ValidationError({"grams": _("Of this lot %(left)s are left.") % {"left": weight(left)}})
    promise.number = (Promise.objects.filter(lot=lot).aggregate(last=Max("number"))["last"] or 0) + 1
    promise.given_at, promise.given_by = timezone.now(), by
    promise.full_clean()
    promise.save()
    append(
        kind=entries.PROMISE_GIVEN,
        subject=lot.subject,
        payload=entries.PromiseGiven(
            gtin=lot.product.gtin,
            lot=lot.code,
            number=promise.number,
            basis=promise.basis,
            grams=promise.grams,
            report=promise.report.number if promise.report else "",
        ),
        actor=f"user:{by.pk}",
    )
    return promise


def _must_be_fit(lot: Lot) -> None:
    if not can_be_promised(lot):
        raise ChainRefusedError(
            _("The promise certificate is for harvests; what is processed has its licence.")
        )
    if lot.state in {LotState.HELD, LotState.RECALLED, LotState.CLOSED}:
        told = {"lot": lot.code, "state": lot.get_state_display()}
        raise ChainRefusedError(_("Lot %(lot)s is %(state)s; nothing can be promised of it.") % told)
    if lot_standing(lot) == Standing.FAILED:
        raise ChainRefusedError(
            _("Lot %(lot)s failed its test; nothing can be promised of it.") % {"lot": lot.code}
        )
    waiting = still_withdrawn(lot, timezone.localdate())
    if waiting is not None:
        treatment, over = waiting
        told = {"substance": treatment.substance, "day": formats.day(over)}
        raise ChainRefusedError(_("The withdrawal period of %(substance)s ends on %(day)s.") % told)


def _report_for(promise: Promise) -> TestReport | None:
    """The lot's passed report, of the producer's own laboratory or of another as the basis says."""
    if promise.basis not in {PromiseBasis.OWN_TEST, PromiseBasis.ORDERED_TEST}:
        return None
    passed = TestReport.objects.filter(lot=promise.lot, state=ReportState.PASSED)
    own = passed.filter(laboratory__owner=promise.lot.site.owner)
    rows = own if promise.basis == PromiseBasis.OWN_TEST else passed.exclude(pk__in=own)
    found = rows.order_by("-sampled_at", "-pk").first()
    if found is None:
        raise ValidationError(
            {"basis": _("There is no such report of this lot that passed and still counts.")}
        )
    return found
