"""Each imported fact leads to the entries of the import that recorded it, however many that import has."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pytest_django import Settings

from jinmai.core.register import entries
from jinmai.core.register.importing import run, staging
from jinmai.core.register.models import Fact, Import
from jinmai.core.register.selectors import entries_of
from jinmai.core.register.services.imports import Upload, accept_import, open_import
from jinmai.core.register.tests.factories import ACTOR, code_number

ROWS = 60
HEAD = "统一社会信用代码,名称,区县,行业代码,规模,年度,营业收入（元）,从业人数"


@pytest.fixture
def batch(tiny_city: None, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Import:
    settings.JINMAI_DATA = tmp_path
    monkeypatch.setattr(staging, "CHUNK_ROWS", 1)
    lines = [f"{code_number(number)},第{number}厂,东区,C3140,小型,2025,1,12" for number in range(1, ROWS + 1)]
    content = "\n".join([HEAD, *lines, ""]).encode()
    opened = open_import(
        key="k1",
        upload=Upload("firms.csv", [content]),
        source="tax",
        as_of=date(2026, 4, 30),
        illustrative=True,
        actor=ACTOR,
    )
    run.advance(opened.pk)
    accept_import(batch=opened, only_good=False, actor=ACTOR)
    run.advance(opened.pk)
    return Import.objects.get(pk=opened.pk)


def test_a_fact_is_proved_by_its_own_chunk_and_by_what_was_accepted(batch: Import) -> None:
    assert batch.state == "done"
    for number in (1, 30, ROWS):
        fact = Fact.objects.filter(batch=batch, party__code=code_number(number)).earliest("pk")
        told = [entry for entry in entries_of([fact]) if entry.subject == batch.subject]
        of_chunks = [entry.payload or {} for entry in told if entry.kind == entries.CHUNK_WRITTEN]
        assert [said["chunk"] for said in of_chunks] == [number - 1]
        assert [entry.kind for entry in told].count(entries.IMPORT_ACCEPTED) == 1
        assert {entry.kind for entry in told} <= {entries.CHUNK_WRITTEN, entries.IMPORT_ACCEPTED}
