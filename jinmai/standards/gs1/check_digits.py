"""Check digits and check characters of GS1 keys (General Specifications, section 7.9)."""

from __future__ import annotations

from typing import Final

# Character set 82 in the order that gives each character its value, and the 32 check characters.
CHARACTER_SET_82: Final = (
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
)
_CHECK_CHARACTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_VALUE_OF: Final = {character: value for value, character in enumerate(CHARACTER_SET_82)}
_MODULUS: Final = 1021
_ZERO: Final = ord("0")


def check_digit(digits: str) -> str:
    """The check digit that follows ``digits``: weights 3 and 1 in turn, 3 for the last of them."""
    values = digits.encode()
    total = 3 * sum(values[-1::-2]) + sum(values[-2::-2])
    # The code points of digits are taken as they are; what they add too much is taken away at once.
    total -= _ZERO * (3 * ((len(values) + 1) // 2) + len(values) // 2)
    return str(-total % 10)


def has_check_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it."""
    return digits[-1:] == check_digit(digits[:-1])


def _primes() -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < 28:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return found


_PRIMES: Final = _primes()


def check_pair(text: str) -> str:
    """The two check characters that follow ``text`` in a GMN or MUDI: primes as weights, modulo 1021.

    Raises KeyError for a character outside of set 82 and ValueError for a text that is too long.
    """
    if len(text) > len(_PRIMES):
        raise ValueError(f"{len(text)} characters, at most {len(_PRIMES)}")
    weights = reversed(_PRIMES[: len(text)])
    total = sum(weight * _VALUE_OF[character] for weight, character in zip(weights, text, strict=True))
    total %= _MODULUS
    return _CHECK_CHARACTERS[total >> 5] + _CHECK_CHARACTERS[total & 31]
