"""What nobody should hand in: naughty strings and broken JSON beside the project, and some of our own."""

from __future__ import annotations

import json
from pathlib import Path

# What forms of this house in particular could stumble over: numbers, dates, letters that look like digits.
OURS = [
    "\x00",
    "甲\x00乙",
    "１２",
    "٣٤",
    "1e400",
    "1e-400",
    "-1",
    "NaN",
    "Infinity",
    "9" * 400,
    "0.0000000000000000000000000001",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "2026-11-28T25:00",
    "=1+1",
    "@SUM(A1)",
    "91210711MA0HR0001X",
    "字" * 20_000,
    "\u202e\u200b\ufeff",
    "a\r\nSet-Cookie: b=c",
    "../../etc/passwd",
    "<img src=x onerror=alert(1)>",
    "%s%n{0}{{7*7}}",
    "[]",
    '{"a": 1}',
]


def naughty_strings(shared_data: Path) -> list[str]:
    """Every string of the Big List of Naughty Strings, and our own."""
    told = json.loads((shared_data / "bad_input" / "blns" / "blns.json").read_text(encoding="utf-8"))
    return [*OURS, *dict.fromkeys(told)]


def naughty_files(shared_data: Path) -> list[Path]:
    """Every file of the set: as an upload each of them lies about what it is."""
    return sorted(path for path in (shared_data / "bad_input").rglob("*") if path.is_file())


def broken_json(shared_data: Path) -> list[Path]:
    """JSON that must be accepted, refused or survived."""
    return sorted((shared_data / "bad_input" / "json_test_suite").rglob("*.json"))
