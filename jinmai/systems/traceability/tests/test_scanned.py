"""Whatever way a code was written and a scanner sent it, it names the same box, lot or animal."""

from __future__ import annotations

import pytest

from jinmai.standards.gs1 import Gs1Error
from jinmai.systems.traceability.selectors.scanned import (
    CodeUnknownError,
    elements_of_scan,
    lot_of_scan,
    unit_of_scan,
)
from jinmai.systems.traceability.tests.factories import make_lot, make_member, make_organisation

SSCC = "069012345000000011"
LOT = {"01": "06901234567892", "10": "H-2024.1"}


@pytest.mark.parametrize(
    "text",
    [
        SSCC,
        f"00{SSCC}",
        f"(00){SSCC}",
        f"]C100{SSCC}",
        f"\x1d00{SSCC}",
        f"^00{SSCC}",
        f"[)>\x1e05\x1d00{SSCC}\x1e\x04",
        f"https://id.gs1.org/00/{SSCC}",
        f" {SSCC}\r\n",
    ],
)
def test_a_box_is_a_box_in_every_spelling(text: str) -> None:
    assert elements_of_scan(text) == {"00": SSCC}


@pytest.mark.parametrize(
    "text",
    [
        "(01)06901234567892(10)H-2024.1",
        "]d2010690123456789210H-2024.1",
        "]Q3\x1d010690123456789210H-2024.1",
        "010690123456789210H-2024.1",
        "[)>\x1e05\x1d010690123456789210H-2024.1\x1e\x04",
        "https://id.jinmai.cn/01/06901234567892/10/H-2024.1",
    ],
)
def test_a_lot_is_a_lot_in_every_spelling(text: str) -> None:
    assert elements_of_scan(text) == LOT


def test_a_wrong_check_digit_is_no_lot_code_but_a_misread() -> None:
    with pytest.raises(Gs1Error):
        elements_of_scan("069012345000000012")


@pytest.mark.parametrize("text", ["H1", "L-2024", "0690123", "树上"])
def test_what_is_no_gs1_code_is_left_to_the_lots(text: str) -> None:
    assert elements_of_scan(text) == {}


@pytest.mark.django_db
def test_a_lot_is_found_by_its_code_alone_where_only_one_has_it() -> None:
    owner = make_organisation()
    worker, lot = make_member("w", "chain_worker", owner), make_lot(owner, code="H7")
    assert lot_of_scan("H7", worker) == lot
    make_lot(owner, code="H7")
    with pytest.raises(CodeUnknownError, match="Several products have a lot H7"):
        lot_of_scan("H7", worker)
    with pytest.raises(CodeUnknownError, match="H8 is not known here"):
        lot_of_scan("H8", worker)


@pytest.mark.django_db
def test_a_code_that_is_not_known_or_was_read_wrongly_is_named() -> None:
    with pytest.raises(CodeUnknownError, match=f"No box or pallet here has the code {SSCC}"):
        unit_of_scan(SSCC)
    with pytest.raises(CodeUnknownError, match="069012345000000012 was read wrongly"):
        unit_of_scan("069012345000000012")
    with pytest.raises(CodeUnknownError, match="is no code of a box or pallet"):
        unit_of_scan("(01)06901234567892(10)H1")
