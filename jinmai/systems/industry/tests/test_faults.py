"""What is wrong with a payload is said in the reader's language, and in English to its sender."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from jinmai.standards.telemetry import Fault, Reason
from jinmai.systems.industry.models import QuarantinedPayload
from jinmai.systems.industry.selectors.faults import WORDS, fault_words, in_english

RANGE: dict[str, str | int] = {"found": "-5", "least": "0", "most": "40000", "unit": "kW"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _kept(fault: str, **found: str | int) -> QuarantinedPayload:
    return QuarantinedPayload(reason=Reason.WRONG_SHAPE, place="$.points[0]", fault=fault, found=found)


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "-5，约定为 0 至 40000 kW"), ("en", "-5, agreed is 0 to 40000 kW")]
)
def test_fault_is_said_in_the_language_of_its_reader(language: str, words: str) -> None:
    with override(language):
        assert fault_words(_kept(Fault.RANGE, **RANGE)) == words


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_has_chinese_words_with_all_its_parameters(fault: Fault) -> None:
    names = re.findall(r"%\((\w+)\)s", WORDS[fault])
    with override("zh-hans"):
        words = fault_words(_kept(fault, **{name: f"<{name}>" for name in names}))
    assert CHINESE.search(words) or set(names) == {"found", "byte"}
    assert all(f"<{name}>" in words for name in names)


def test_sender_reads_place_and_fault_in_english_whatever_the_language_of_the_page() -> None:
    with override("zh-hans"):
        assert in_english("$.points[0].values.active_power", Fault.RANGE, RANGE) == (
            "$.points[0].values.active_power: -5, agreed is 0 to 40000 kW"
        )
        assert in_english("", Fault.SIZE, {"size": 9, "most": 8}) == "9 bytes, at most 8 are read"
        assert in_english("$.points", None, {}) == "$.points"


def test_old_row_and_fault_of_a_later_version_still_show_what_was_kept() -> None:
    assert fault_words(_kept("")) == ""
    assert fault_words(_kept("not_known_yet", found="x", most=3)) == "x, 3"
    assert fault_words(_kept(Fault.RANGE, found="x")) == "x"
