"""Taking in what loggers measured: kept once, told as sensor events, judged against the day's limit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import ExceptionKind
from jinmai.systems.traceability.models import (
    ChainException,
    Excursion,
    LogisticUnit,
    TemperatureLogger,
    TemperatureReading,
)
from jinmai.systems.traceability.selectors.temperature import (
    TemperatureLimit,
    WarmRun,
    temperature_limit,
    warm_runs,
)
from jinmai.systems.traceability.services import events
from jinmai.systems.traceability.services.balance import close_exception
from jinmai.systems.traceability.services.capture import record_events
from jinmai.systems.traceability.services.excursion_notices import tell_of_excursion
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.services.stays import units_there

COLDEST: Final = -9_000
WARMEST: Final = 9_000
LATEST: Final = timedelta(minutes=5)
A_FILE: Final = 100_000
_AN_EVENT: Final = 2_000
_AT_ONCE: Final = 500


class Measured(NamedTuple):
    """One value in hundredths of a degree. ``place`` is where it stood in what was handed in."""

    at: datetime
    centidegrees: int
    place: str = ""


@dataclass(frozen=True)
class Recorded:
    """What became of a file of readings."""

    new: int
    known: int
    excursions: list[Excursion]


@transaction.atomic
def add_logger(*, logger: TemperatureLogger, by: User) -> TemperatureLogger:
    """Register a logger: ``logger`` is filled in and not yet stored.

    Raises:
        ValidationError: for instance the serial number is taken.
    """
    logger.full_clean()
    logger.save()
    append(
        kind=entries.LOGGER_PLACED,
        subject=logger.subject,
        payload=entries.LoggerPlaced(
            logger=logger.serial,
            site=logger.site.key,
            sscc=logger.unit.sscc if logger.unit else "",
            form=logger.form,
        ),
        actor=f"user:{by.pk}",
    )
    return logger


@transaction.atomic
def record_readings(
    *, logger: TemperatureLogger, measured: Sequence[Measured], actor: str, told: bool = False
) -> Recorded:
    """Keep readings, each moment once, and look for excursions in them. ``told``: an event says them already.

    Raises:
        ChainRefusedError: a value cannot be, or differs from what the logger said of this moment before.
    """
    rows = TemperatureLogger.objects.select_for_update(of=("self",))
    logger = rows.select_related("site__owner", "unit__lot__product").get(pk=logger.pk)
    fresh = _fresh(logger, _sorted(measured))
    TemperatureReading.objects.bulk_create(
        [TemperatureReading(logger=logger, at=one.at, centidegrees=one.centidegrees) for one in fresh],
        batch_size=_AT_ONCE,
    )
    found = _judge(logger, fresh[0].at, fresh[-1].at) if fresh else []
    if fresh and not told:
        # Last: findings refer to units, and who moves one holds it while waiting for the turn to capture.
        _tell(logger, fresh, actor)
    return Recorded(len(fresh), len(measured) - len(fresh), found)


def _sorted(measured: Sequence[Measured]) -> list[Measured]:
    if len(measured) > A_FILE:
        raise ChainRefusedError(_("More than %(most)s readings at once.") % {"most": A_FILE})
    latest = timezone.now() + LATEST
    for one in measured:
        if not COLDEST <= one.centidegrees <= WARMEST:
            told = {"place": one.place, "value": one.centidegrees / 100}
            raise ChainRefusedError(_("%(place)s: %(value)s °C is no temperature of a store.") % told)
        if one.at > latest:
            raise ChainRefusedError(_("%(place)s: this moment lies in the future.") % {"place": one.place})
    return sorted(measured)


def _fresh(logger: TemperatureLogger, measured: Sequence[Measured]) -> list[Measured]:
    """Those of moments that are not known yet."""
    if not measured:
        return []
    known = dict(
        logger.readings.filter(at__range=(measured[0].at, measured[-1].at)).values_list("at", "centidegrees")
    )
    fresh = []
    for one in measured:
        before = known.get(one.at)
        if before is None:
            known[one.at] = one.centidegrees
            fresh.append(one)
        elif before != one.centidegrees:
            told = {
                "place": one.place,
                "at": timezone.localtime(one.at).isoformat(sep=" ", timespec="minutes"),
                "value": one.centidegrees / 100,
                "before": before / 100,
            }
            raise ChainRefusedError(
                _("%(place)s: %(value)s °C at %(at)s, but the logger said %(before)s °C before.") % told
            )
    return fresh


def _tell(logger: TemperatureLogger, fresh: Sequence[Measured], actor: str) -> None:
    made = [
        events.measured(logger, [(one.at, one.centidegrees) for one in fresh[start : start + _AN_EVENT]])
        for start in range(0, len(fresh), _AN_EVENT)
    ]
    told = ",".join(f"{one.at.isoformat()}={one.centidegrees}" for one in fresh)
    digest = hashlib.sha256(told.encode()).hexdigest()[:32]
    record_events(events=made, party=logger.site.owner, key=f"{logger.subject}:{digest}", actor=actor)


def _judge(logger: TemperatureLogger, first: datetime, last: datetime) -> list[Excursion]:
    """Look at the readings from ``first`` to ``last`` together with the warm ones that they continue."""
    form = logger.unit.lot.product.form if logger.unit and logger.unit.lot else logger.form
    limit = temperature_limit(form, timezone.localtime(first).date())
    if limit is None:
        return []
    found = []
    for run in warm_runs(_around(logger, limit, first, last), limit.most):
        if run.ended_at < first or run.began_at > last or run.minutes <= limit.tolerated_minutes:
            continue
        excursion = _enter(logger, run, limit)
        if excursion is not None:
            found.append(excursion)
    return found


def _around(
    logger: TemperatureLogger, limit: TemperatureLimit, first: datetime, last: datetime
) -> Iterable[tuple[datetime, int]]:
    """The readings of that time, and those on both sides up to the next that was cold enough."""
    cold = logger.readings.filter(centidegrees__lte=limit.most)
    before = cold.filter(at__lt=first).order_by("-at").values_list("at", flat=True).first()
    after = cold.filter(at__gt=last).order_by("at").values_list("at", flat=True).first()
    rows = logger.readings.order_by("at")
    if before is not None:
        rows = rows.filter(at__gte=before)
    if after is not None:
        rows = rows.filter(at__lte=after)
    return rows.values_list("at", "centidegrees").iterator()


def _enter(logger: TemperatureLogger, run: WarmRun, limit: TemperatureLimit) -> Excursion | None:
    """A new excursion with its finding, or the one that this run continues, if its finding was closed before.

    None where one that still waits for somebody only grew, and where the run says nothing new.
    """
    overlapping = logger.excursions.filter(began_at__lte=run.ended_at, ended_at__gte=run.began_at)
    known = list(overlapping.select_related("finding").order_by("began_at"))
    facts = {
        "rule": "warmer_than_allowed",
        "found": run.warmest / 100,
        "limit": limit.most / 100,
        "minutes": int(run.minutes),
        "logger": logger.serial,
    }
    if known:
        return _grow(known, run, facts)
    finding = ChainException.objects.create(
        kind=ExceptionKind.EXCURSION,
        site=logger.site,
        unit=logger.unit,
        facts=facts,
        found_at=timezone.now(),
    )
    excursion = Excursion.objects.create(
        logger=logger,
        began_at=run.began_at,
        ended_at=run.ended_at,
        warmest=run.warmest,
        limit=limit.most,
        tolerated_minutes=limit.tolerated_minutes,
        finding=finding,
    )
    excursion.units.set(_there(excursion))
    _append(excursion)
    return excursion


def _grow(known: Sequence[Excursion], run: WarmRun, facts: dict[str, object]) -> Excursion | None:
    """Bring the first up to date, take in the others that the run turns out to be one with, and record it.

    A finding that was closed speaks of less than there was: it is opened again.
    """
    excursion, *others = known
    before = (excursion.began_at, excursion.ended_at, excursion.warmest)
    if not others and before == (run.began_at, run.ended_at, run.warmest):
        return None
    for other in others:
        excursion.units.add(*other.units.all())
        _take_in(other, excursion)
    excursion.began_at, excursion.ended_at, excursion.warmest = run.began_at, run.ended_at, run.warmest
    excursion.save(update_fields=["began_at", "ended_at", "warmest"])
    excursion.units.add(*_there(excursion))
    finding = excursion.finding
    reopened = finding.closed_at is not None
    finding.facts, finding.closed_at, finding.closed_by, finding.reason = facts, None, None, ""
    finding.save(update_fields=["facts", "closed_at", "closed_by", "reason"])
    # One that still waits for somebody only grew: whoever was told of it is not told again.
    _append(excursion, tell=reopened, reopened=reopened)
    return excursion if reopened else None


def _take_in(other: Excursion, into: Excursion) -> None:
    """End an excursion that was a part of another all along; its finding points there."""
    finding = other.finding
    other.delete()
    if finding.closed_at is None:
        reason = _("Part of finding %(number)s.") % {"number": into.finding_id}
        close_exception(exception=finding, reason=reason, by=None)


def _there(excursion: Excursion) -> list[LogisticUnit]:
    """The unit that the logger travels with and what stands on it, or all that stood at its site."""
    unit = excursion.logger.unit
    if unit is not None:
        return [unit, *unit.children.all()]
    return units_there(excursion.logger.site, excursion.began_at, excursion.ended_at)


def _append(excursion: Excursion, *, tell: bool = True, reopened: bool = False) -> None:
    entry = append(
        kind=entries.EXCURSION,
        subject=excursion.logger.subject,
        payload=entries.ExcursionFound(
            exception=excursion.finding_id,
            logger=excursion.logger.serial,
            site=excursion.logger.site.key,
            began_at=excursion.began_at,
            ended_at=excursion.ended_at,
            warmest_centidegrees=excursion.warmest,
            limit_centidegrees=excursion.limit,
            tolerated_minutes=excursion.tolerated_minutes,
            units=sorted(excursion.units.values_list("sscc", flat=True)),
            reopened=reopened,
        ),
        actor="system",
    )
    if tell:
        tell_of_excursion(excursion, entry, reopened=reopened)
