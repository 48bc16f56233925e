"""Whose range a key begins in; a GTIN from a range that nobody was given is refused with the reason."""

from __future__ import annotations

from itertools import pairwise

import pytest

from jinmai.standards.gs1 import Gs1Error, check_digit, check_prefix, prefix_range, prefix_ranges


def gtin(body: str) -> str:
    """Thirteen digits of a GTIN-14 with their check digit."""
    return body + check_digit(body)


def test_no_two_ranges_share_a_key_and_each_begins_before_it_ends() -> None:
    ranges = prefix_ranges()
    for one in ranges:
        assert len(one.first) == len(one.last)
        assert one.first <= one.last
    for one, other in pairwise(ranges):
        assert one.last.ljust(7, "9") < other.first.ljust(7, "0"), (one, other)


@pytest.mark.parametrize(
    ("digits", "name"),
    [
        ("6901234567892", "GS1 China"),
        ("6801234567890", "GS1 China"),
        ("0614141123452", "GS1 US"),
        ("0012345678905", "GS1 US"),
        ("4890008100231", "GS1 Hong Kong, China"),
        ("9506000134352", "GS1 Global Office"),
        ("9520781000019", "demonstrations and examples"),
        ("9780345418913", "books (ISBN)"),
        ("0000001", "unused: it could be taken for a GTIN-8"),
    ],
)
def test_a_key_lies_in_the_range_of_its_first_digits(digits: str, name: str) -> None:
    found = prefix_range(digits)
    assert found is not None
    assert found.name_en == name


@pytest.mark.parametrize(
    "prefix", ["140", "199", "381", "441", "510", "612", "650", "682", "710", "920", "985"]
)
def test_a_gtin_of_a_range_that_nobody_was_given_is_refused(prefix: str) -> None:
    assert prefix_range(prefix) is None
    with pytest.raises(Gs1Error, match=f"given the prefix {prefix} to no member organisation"):
        check_prefix(gtin(f"0{prefix}123456789"))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("0020123456789", "the prefix 020 is for no trade item: inside of one region"),
        ("1212345678901", "the prefix 200 is for no trade item: inside of one region"),
        ("0623123456789", "the prefix 623 is for no trade item: kept by GS1 Global Office"),
        ("0981123456789", "the prefix 981 is for no trade item: coupons"),
        ("0951123456789", "the prefix 951 is for no trade item: general manager numbers"),
    ],
)
def test_a_gtin_of_a_range_with_another_purpose_is_refused_with_it(body: str, reason: str) -> None:
    with pytest.raises(Gs1Error, match=reason):
        check_prefix(gtin(body))


def test_a_gtin_8_is_read_where_it_begins_itself() -> None:
    assert check_prefix("00000096385074").kind == "gtin8"
    assert check_prefix("00000069012344").name_en == "GS1 China"
    with pytest.raises(Gs1Error, match="the prefix 200 is for no trade item"):
        check_prefix("00000020123451")
