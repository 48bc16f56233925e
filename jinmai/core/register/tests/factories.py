"""Codes and parties of the tiny city, and more where a test needs many."""

from __future__ import annotations

from pathlib import Path

from stdnum.cn import uscc

from jinmai.core.register.models import Party
from jinmai.core.register.services.parties import enter_party

TINY_CITY = Path(__file__).resolve().parents[4] / "tests" / "tiny_city"
ALLOY = "91990101MA0AA00016"
TACKLE = "92990102MA0AA0002L"
BUREAU = "11990100MB0AA00038"
ACTOR = "user:1"


def code_number(number: int, prefix: str = "91990101") -> str:
    """A credit code with the right check digit, the same for the same number."""
    body = f"{prefix}MA{number:07d}"
    return body + str(uscc.calc_check_digit(body))


def make_party(number: int, **fields: str) -> Party:
    """An enterprise of the east district."""
    given = {"name_zh": f"东区第{number}合金厂", "kind": "enterprise", "district": "990101", **fields}
    return enter_party(code=code_number(number), actor=ACTOR, illustrative=True, **given)
