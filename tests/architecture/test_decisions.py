"""Each decision has a number of its own, its title says it, and the book has all of them in order."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))


def test_numbers_are_taken_once_and_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_the_title_has_the_number_of_the_file() -> None:
    wrong = [
        path.name for path in DECISIONS if not path.read_text("utf-8").startswith(f"# {int(path.name[:4])}. ")
    ]
    assert wrong == []


def test_the_book_has_them_in_order() -> None:
    named = re.findall(r"decisions/([0-9]\S*\.md)", (ROOT / "mkdocs.yml").read_text("utf-8"))
    assert named == [path.name for path in DECISIONS]
