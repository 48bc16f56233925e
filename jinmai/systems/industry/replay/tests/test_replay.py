"""``jinmai replay``: a real plant's year over MQTT, its exact totals, and files that are refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jinmai.lake import Lake

ROOT = Path(__file__).resolve().parents[5]
STEEL = ROOT.parent / "shared" / "data" / "steel" / "Steel_industry_data.csv"
TOTALS = {
    "rows": 35040,
    "energy_kwh": "959636.71",
    "co2_t": "403.81",
    "load_type": {"Light_Load": 18072, "Medium_Load": 9696, "Maximum_Load": 7272},
}


def _replay(data: Path, file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jinmai", "replay", str(file), "--json"],
        env={"PATH": os.environ["PATH"], "JINMAI_DATA": str(data)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.skipif(not STEEL.exists(), reason="../shared/data/steel is absent")
def test_year_of_a_real_plant_has_its_exact_totals_and_a_second_time_stores_nothing(tmp_path: Path) -> None:
    answers: list[dict[str, Any]] = []
    for _ in range(2):
        done = _replay(tmp_path, STEEL)
        assert done.returncode == 0, done.stderr
        answers.append(json.loads(done.stdout))
    assert [{key: answer[key] for key in TOTALS} for answer in answers] == [TOTALS, TOTALS]
    assert [(answer["payloads_stored"], answer["payloads_known"]) for answer in answers] == [
        (365, 0),
        (0, 365),
    ]


@pytest.mark.skipif(not STEEL.exists(), reason="../shared/data/steel is absent")
def test_file_with_one_bad_cell_is_refused_by_line_and_column_and_nothing_is_stored(tmp_path: Path) -> None:
    lines = STEEL.read_text("utf-8").splitlines()
    lines[20_000] = lines[20_000].replace(lines[20_000].split(",")[1], "much", 1)
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join(lines), "utf-8")
    done = _replay(tmp_path / "data", bad)
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        "bad.csv: line 20001, column 'Usage_kWh': 'much' is no number, expected is one from 0 to 10000 kWh"
        in done.stderr
    )
    with Lake(tmp_path / "data" / "lake") as lake:
        assert lake.tables() == []


def test_file_with_wrong_columns_is_refused_by_their_names(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("date,Usage\n01/01/2018 00:15,3\n", "utf-8")
    done = _replay(tmp_path / "data", bad)
    assert (done.returncode, done.stdout) == (1, "")
    assert "bad.csv: line 1: column 'Usage_kWh' is missing" in done.stderr
    assert "bad.csv: line 1, column 2: 'Usage' is no column of this table" in done.stderr
    assert not (tmp_path / "data" / "lake").exists()


def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    done = _replay(tmp_path / "data", tmp_path / "nothing.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing.csv: no such file" in done.stderr


def test_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    done = _replay(tmp_path / "data", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip() == f"CommandError: {tmp_path}: Is a directory"
