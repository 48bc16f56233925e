"""``/healthz`` is 200 when everything that was started is alive, and names what is not."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from jinmai.core.operations.heartbeat import expect, heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Settings) -> None:
    settings.JINMAI_DATA = tmp_path


def test_healthz_is_200_when_every_expected_part_beats(client: Client) -> None:
    expect(["ingest", "worker"])
    heartbeat("ingest")
    heartbeat("worker")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"ok": True, "parts": {"ingest": True, "worker": True, "database": True}},
    )


def test_healthz_is_503_and_names_the_part_that_never_beat(client: Client) -> None:
    expect(["ingest"])
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["parts"]["ingest"]) == (503, False)


def test_healthz_is_503_when_a_beat_is_old(client: Client, tmp_path: Path) -> None:
    expect(["ingest"])
    heartbeat("ingest")
    old = time.time() - 60
    os.utime(tmp_path / "run" / "ingest.beat", (old, old))
    assert client.get("/healthz").status_code == 503
