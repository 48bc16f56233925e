"""What loggers measured is kept once and told as events; too warm for too long is found and shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from jinmai.core.ledger.api import entries_for
from jinmai.core.web.api import formats
from jinmai.systems.traceability import entries, receivers
from jinmai.systems.traceability.choices import ExceptionKind, LotState, ProductForm, SiteKind
from jinmai.systems.traceability.models import (
    ChainException,
    Event,
    Excursion,
    LogisticUnit,
    Lot,
    Site,
    TemperatureLogger,
    TemperatureReading,
    TestReport,
)
from jinmai.systems.traceability.models.event_storage import read_body
from jinmai.systems.traceability.selectors import temperature
from jinmai.systems.traceability.selectors.temperature import LONGEST_PAUSE, TemperatureLimit, warm_runs
from jinmai.systems.traceability.services import temperature as services
from jinmai.systems.traceability.services.capture import capture
from jinmai.systems.traceability.services.laboratory import enter_results, issue_report
from jinmai.systems.traceability.services.lots import change_state
from jinmai.systems.traceability.services.packing import Destination, pack_box, receive, ship
from jinmai.systems.traceability.services.readings_file import read_readings
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.services.temperature import Measured, Recorded, add_logger, record_readings
from jinmai.systems.traceability.tests.chain import Chain, make_chain, mint_batch
from jinmai.systems.traceability.tests.factories import make_member, make_organisation, make_site
from jinmai.systems.traceability.tests.laboratory import GOOD, make_draft, make_limits

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 10, 1, 0, tzinfo=UTC)
LIMIT = TemperatureLimit(most=-1800, tolerated_minutes=30)
COLD, WARM = -2050, -1410


@pytest.fixture(autouse=True)
def _limit(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (temperature, services):
        monkeypatch.setattr(place, "temperature_limit", lambda _form, _day: LIMIT)


@pytest.fixture
def store() -> Site:
    return make_site(make_organisation(), kind=SiteKind.COLD_STORE)


@pytest.fixture
def logger(store: Site) -> TemperatureLogger:
    by = make_member("keeper", "manager", store.owner)
    made = TemperatureLogger(serial="TL-1", name="Room 1", site=store, form=ProductForm.FROZEN)
    return add_logger(logger=made, by=by)


def every_ten_minutes(*values: int, start: datetime = BEGAN) -> list[Measured]:
    return [
        Measured(start + timedelta(minutes=10 * place), value, f"B{place + 2}")
        for place, value in enumerate(values)
    ]


def take(logger: TemperatureLogger, *values: int, start: datetime = BEGAN) -> Recorded:
    return record_readings(logger=logger, measured=every_ten_minutes(*values, start=start), actor="user:1")


def test_readings_are_kept_once_and_told_as_one_sensor_event(logger: TemperatureLogger) -> None:
    first, second = take(logger, COLD, COLD), take(logger, COLD, COLD, COLD)
    assert ((first.new, first.known), (second.new, second.known)) == ((2, 0), (1, 2))
    assert TemperatureReading.objects.count() == 3
    events = [read_body(row.body, row.record_time) for row in Event.objects.order_by("pk")]
    assert [len(event["sensorElementList"][0]["sensorReport"]) for event in events] == [2, 1]
    element = events[0]["sensorElementList"][0]
    assert element["sensorMetadata"]["deviceID"] == "urn:jinmai:logger:TL-1"
    report = element["sensorReport"][0]
    assert (report["value"], report["uom"]) == (-20.5, "CEL")


def test_too_warm_for_too_long_is_a_finding_and_an_entry(logger: TemperatureLogger) -> None:
    recorded = take(logger, COLD, WARM, -1300, WARM, WARM, WARM, COLD)
    excursion = Excursion.objects.get()
    assert recorded.excursions == [excursion]
    assert (excursion.warmest, excursion.limit, excursion.minutes) == (-1300, -1800, 40)
    finding = ChainException.objects.get()
    assert (finding.kind, finding.site) == (ExceptionKind.EXCURSION, logger.site)
    assert finding.facts["found"] == -13.0
    entry = entries_for(logger.subject)[0]
    assert (entry.kind, entry.actor) == ("traceability.excursion.v1", "system")
    assert (entry.payload or {})["warmest_centidegrees"] == -1300


@pytest.mark.parametrize(
    "values",
    [(COLD, COLD, COLD), (COLD, WARM, WARM, WARM, WARM, COLD), (-1800, -1800, -1800, -1800, -1800, -1800)],
    ids=["cold", "not longer than tolerated", "at the limit"],
)
def test_what_keeps_the_limit_is_no_finding(logger: TemperatureLogger, values: tuple[int, ...]) -> None:
    assert take(logger, *values).excursions == []
    assert not ChainException.objects.exists()


def test_an_excursion_that_goes_on_in_the_next_file_stays_one(logger: TemperatureLogger) -> None:
    take(logger, COLD, WARM, WARM, WARM, WARM, WARM)
    take(logger, -1200, WARM, COLD, start=BEGAN + timedelta(minutes=60))
    excursion = Excursion.objects.get()
    assert (excursion.minutes, excursion.warmest) == (60, -1200)
    assert ChainException.objects.get().facts["minutes"] == 60
    told = [entry.payload or {} for entry in entries_for(logger.subject) if entry.kind == entries.EXCURSION]
    assert [(one["exception"], one["reopened"]) for one in told] == [(excursion.finding_id, False)] * 2
    assert [one["warmest_centidegrees"] for one in told] == [-1200, WARM]


def test_an_excursion_over_two_short_files_is_found(logger: TemperatureLogger) -> None:
    assert take(logger, COLD, WARM, WARM).excursions == []
    assert len(take(logger, WARM, WARM, WARM, start=BEGAN + timedelta(minutes=30)).excursions) == 1


def test_nobody_knows_what_was_in_a_long_pause(logger: TemperatureLogger) -> None:
    take(logger, WARM, WARM)
    assert take(logger, WARM, WARM, start=BEGAN + LONGEST_PAUSE + timedelta(minutes=20)).excursions == []


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (Measured(BEGAN, WARM, "B9"), "B9: -14.1 °C at .*, but the logger said -20.5 °C before"),
        (Measured(BEGAN + timedelta(days=9_000), COLD, "A3"), "A3: this moment lies in the future"),
        (Measured(BEGAN + timedelta(minutes=1), 20_000, "B4"), "B4: 200.0 °C is no temperature"),
    ],
)
def test_a_file_that_cannot_be_is_refused_whole_with_its_cell(
    logger: TemperatureLogger, one: Measured, reason: str
) -> None:
    take(logger, COLD)
    with pytest.raises(ChainRefusedError, match=reason):
        record_readings(
            logger=logger, measured=[Measured(BEGAN + timedelta(hours=1), COLD, "B2"), one], actor="user:1"
        )
    assert TemperatureReading.objects.count() == 1


def test_the_boxes_that_were_there_and_their_lot_show_it(store: Site, logger: TemperatureLogger) -> None:
    chain = make_chain()
    stays, left, later = (boxed(chain, store, days) for days in (2, 2, -2))
    ship(unit=left, to=Destination(buyer="a shop"), at=BEGAN + timedelta(hours=2), by=chain.by)
    take(logger, COLD, *[WARM] * 8, COLD)
    assert set(Excursion.objects.get().units.all()) == {stays, left}
    assert temperature.excursions_of_unit(left).count() == 1
    assert temperature.excursions_of_unit(later).count() == 0
    assert temperature.excursions_of_lot(chain.processed).count() == 1


def test_the_logger_and_the_finding_name_what_lay_there(
    client: Client, store: Site, logger: TemperatureLogger
) -> None:
    chain = make_chain()
    stays, gone = (boxed(chain, store, 2) for _ in range(2))
    take(logger, COLD, *[WARM] * 8, COLD)
    ship(unit=gone, to=Destination(buyer="a shop"), at=BEGAN + timedelta(days=2), by=chain.by)
    finding = ChainException.objects.get()
    pages = (
        reverse("traceability:logger", args=["TL-1"]),
        reverse("traceability:exception", args=[finding.pk]),
    )
    client.force_login(make_member("chief", "manager", store.owner))
    for address in pages:
        page = client.get(address, headers={"Accept-Language": "en"}).content.decode()
        assert "What lay there" in page
        assert "2 boxes, 20 animals" in page
        assert f">{stays.sscc}</a>" in page
        assert gone.sscc in page
        assert f">{chain.processed.code}</strong>" in page
        assert reverse("traceability:lot", args=[chain.processed.product.gtin, "P1"]) not in page


def test_only_a_sample_taken_after_the_excursion_releases_the_lot_that_is_held_for_it(
    store: Site, logger: TemperatureLogger
) -> None:
    chain = make_chain()
    boxed(chain, store, 2)
    warm = timezone.now() - timedelta(days=1)
    take(logger, COLD, *[WARM] * 8, COLD, start=warm)
    lot = chain.processed
    ChainException.objects.create(
        kind=ExceptionKind.CLONE_SUSPECTED, site=lot.site, lot=lot, found_at=timezone.now()
    )
    change_state(lot=lot, state=LotState.HELD, reason="warm", by=chain.by)
    Lot.objects.filter(pk=lot.pk).update(held_at=warm)
    make_limits()
    for hours, state in ((30, LotState.HELD), (20, LotState.RELEASED)):
        draft = make_draft(lot)
        TestReport.objects.filter(pk=draft.pk).update(sampled_at=timezone.now() - timedelta(hours=hours))
        today = timezone.localdate()
        enter_results(report=draft, measured=GOOD, tested_on=today, by=draft.opened_by)
        issue_report(report=draft, by=draft.opened_by)
        lot.refresh_from_db()
        assert lot.state == state


def boxed(chain: Chain, store: Site, days: int) -> LogisticUnit:
    """A box that came to the store so many days before."""
    came = BEGAN - timedelta(days=days)
    box = pack_box(batch=mint_batch(chain, 10), count=10, at=came - timedelta(days=9), by=chain.by)
    sent = ship(unit=box, to=Destination(store), at=came - timedelta(hours=9), by=chain.by)
    return receive(unit=sent, site=store, at=came, by=chain.by)


def test_sensor_events_of_the_firms_own_capture_are_judged_too(logger: TemperatureLogger) -> None:
    reports = [
        {
            "type": "Temperature",
            "value": value,
            "uom": uom,
            "time": (BEGAN + timedelta(minutes=20 * at)).isoformat(),
        }
        for at, (value, uom) in enumerate([(-20, "CEL"), (259.15, "KEL"), (-13.5, "CEL"), (-14, "CEL")])
    ]
    event = {
        "type": "ObjectEvent",
        "eventTime": "2026-10-01T09:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "bizStep": "sensor_reporting",
        "readPoint": {"id": "urn:jinmai:site:room-1"},
        "sensorElementList": [{"sensorMetadata": {"deviceID": logger.device}, "sensorReport": reports}],
    }
    job = capture(document_or_events=[event], party=logger.site.owner, key="from-a-gateway")
    assert job.errors == []
    (entry,) = entries_for(f"traceability.capture:{job.capture_id}")
    for _ in range(2):
        receivers.events_captured(entry)
    assert list(logger.readings.values_list("centidegrees", flat=True)) == [-2000, -1400, -1350, -1400]
    assert Excursion.objects.get().warmest == -1350
    assert Event.objects.count() == 1


@given(
    st.lists(
        st.tuples(
            st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(hours=5)),
            st.integers(-2500, -1000),
        ),
        max_size=30,
    )
)
def test_warm_runs_are_the_warm_readings_in_their_order(steps: list[tuple[timedelta, int]]) -> None:
    at, readings = BEGAN, []
    for pause, value in steps:
        at += pause
        readings.append((at, value))
    runs = warm_runs(readings, LIMIT.most)
    covered = [one for run in runs for one in readings if run.began_at <= one[0] <= run.ended_at]
    assert covered == [one for one in readings if one[1] > LIMIT.most]
    assert all(before.ended_at < after.began_at for before, after in pairwise(runs))


@pytest.mark.parametrize("kind", ["csv", "csv-zh", "xlsx"])
def test_a_loggers_file_is_read_whatever_it_looks_like(tmp_path: Path, kind: str) -> None:
    rows: list[list[Any]] = [["TL-1"], ["Time", "Temperature °C"]]
    if kind == "csv-zh":
        rows[1] = ["序号", "时间", "温度(℃)"]
    for place, (at, value) in enumerate([("2026-10-01 08:00", "-20.5"), ("2026/10/01 08:10:30", "-14.1 °C")]):
        rows.append([place, at, value] if kind == "csv-zh" else [at, value])
    path = tmp_path / f"log.{kind[:4].strip('-')}"
    if kind == "xlsx":
        book, cell = Workbook(), datetime(2026, 10, 1, 8, 10, 30)  # noqa: DTZ001 - cells have no zone
        for row in [*rows[:2], ["2026-10-01 08:00", -20.5], [cell, -14.1]]:
            book.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
        book.save(path)
    else:
        path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    found = read_readings(path, path.name)
    assert [one.centidegrees for one in found] == [-2050, -1410]
    local = timezone.get_default_timezone()
    assert [one.at for one in found] == [
        datetime(2026, 10, 1, 8, tzinfo=local),
        datetime(2026, 10, 1, 8, 10, 30, tzinfo=local),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("when,what\n1,2\n", "no column of times"),
        ("time,temperature\n", "no readings"),
        ("time,temperature\n2026-10-01 08:00,warm\n", "B2: “warm” is no temperature"),
        ("time,temperature\nyesterday,-20\n", "A2: “yesterday” is no moment"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_cell(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ChainRefusedError, match=reason):
        read_readings(path, path.name)


def test_a_keeper_reads_a_file_on_the_loggers_page_and_sees_what_was_found(
    client: Client, logger: TemperatureLogger, tmp_path: Path
) -> None:
    client.force_login(make_member("chief", "manager", logger.site.owner))
    lines = [f"2026-10-01 0{at // 6}:{at % 6}0,{-14 if 2 < at < 9 else -20}" for at in range(12)]
    path = tmp_path / "room.csv"
    path.write_text("\n".join(["time,temperature", *lines]), encoding="utf-8")
    english = {"Accept-Language": "en"}
    with path.open("rb") as file:
        answer = client.post(
            reverse("traceability:add_readings", args=["TL-1"]), {"file": file}, follow=True, headers=english
        )
    page = answer.content.decode()
    assert "12 new readings, 0 known." in page
    assert f"limit {formats.number(-18.0, 1)} °C, 50 minutes" in page
    listed = client.get(reverse("traceability:exceptions"), headers=english).content.decode()
    assert "Logger TL-1" in listed
    assert client.get(reverse("traceability:logger_chart", args=["TL-1"])).status_code == 200


def test_the_limit_is_a_dated_fact_of_the_register(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert temperature.temperature_limit("frozen", date(2026, 10, 1)) is None
