"""Compressed Digital Links: the same identifiers in about half the characters, for small symbols.

The path ends with one segment in base64url. Its bits are one element after another: the digits of the
identifier, four bits each, or a code for a frequent sequence; then the data by the format of the identifier,
numbers in binary, texts in the shortest of five alphabets. The primary key may stand before it uncompressed.

Source: GS1 Digital Link Standard, section on compression (1.1 to 1.3), and GS1's compression prototype, whose
order of elements inside of a sequence is followed (sorted by identifier).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from jinmai.standards.digital_link.uri import DigitalLink, build, parameters_in_query, parse
from jinmai.standards.gs1 import Gs1Error, identifier
from jinmai.standards.gs1.application_identifiers import CODE_LENGTHS
from jinmai.standards.gs1.key_paths import KEYS

_SAFE: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_HEX: Final = "0123456789abcdef"
_SEGMENT = re.compile(r"[A-Za-z0-9_\-]+")
# Alphabets of texts in the order of their codes; the bits of a character, and what it is written with.
_DIGITS, _LOWER_HEX, _UPPER_HEX, _BASE64, _ASCII = range(5)
_ALPHABETS: Final = {_LOWER_HEX: (4, _HEX), _UPPER_HEX: (4, _HEX.upper()), _BASE64: (6, _SAFE)}
_ALPHABET_OF: Final = (
    (_LOWER_HEX, re.compile(r"[0-9a-f]+")),
    (_UPPER_HEX, re.compile(r"[0-9A-F]+")),
    (_BASE64, _SEGMENT),
)
_NO_DATA_LEFT: Final = 8


def _sequences() -> dict[str, tuple[str, ...]]:
    """Frequent sequences by their two hexadecimal digits, of which at least one is a letter."""
    with_gtin = ["22", "10", "21", "17", "7003", "30"]
    found: dict[str, tuple[str, ...]] = {
        f"0{letter}": ("01", code) for letter, code in zip("ABCDEF", with_gtin, strict=True)
    }
    found["1A"] = ("01", "10", "17", "21")
    found |= {
        f"1{letter}": ("01", code) for letter, code in zip("BCDE", ["15", "11", "16", "91"], strict=True)
    }
    found["1F"] = ("01", "10", "15")
    for row, start in (("2", "310"), ("3", "320")):
        found |= {f"{row}{letter}": ("01", f"{start}{place}") for place, letter in enumerate("ABCDEF")}
    found |= {"9A": ("8010", "8011"), "9B": ("8017", "8019"), "9C": ("8018", "8019"), "9D": ("254", "414")}
    found |= {f"A{place}": ("01", f"392{place}") for place in range(10)}
    found |= {f"C{place}": ("255", f"390{place}") for place in range(10)}
    found |= {f"C{letter}": ("255", f"394{place}") for place, letter in enumerate("ABCD")}
    return found


_SEQUENCES: Final = _sequences()


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of data: digits or text, its length fixed or at most ``length``."""

    numeric: bool
    fixed: bool
    length: int


@cache
def _format(code: str) -> tuple[_Part, ...]:
    """The data's format with neighbours joined: digits of fixed length, then all that may vary."""
    parts: list[_Part] = []
    for one in identifier(code, "compressed").components:
        part = _Part(one.characters == "N", one.least == one.most and not one.optional, one.most)
        last = parts[-1] if parts else None
        if last and last.numeric and part.numeric and last.fixed == part.fixed:
            parts[-1] = _Part(numeric=True, fixed=last.fixed, length=last.length + part.length)
        elif last and not last.numeric and not part.numeric:
            parts[-1] = _Part(
                numeric=False, fixed=last.fixed and part.fixed, length=last.length + part.length
            )
        else:
            parts.append(part)
    return tuple(parts)


def _number_bits(digits: int) -> int:
    return math.ceil(digits * math.log(10) / math.log(2) + 0.01)


def _length_bits(most: int) -> int:
    return most.bit_length()


class _Bits:
    """Reads bits from the left. Raises :class:`Gs1Error` where they end too early."""

    def __init__(self, segment: str) -> None:
        self._bits = "".join(f"{_SAFE.index(one):06b}" for one in segment)
        self._place = 0

    @property
    def left(self) -> int:
        return len(self._bits) - self._place

    def take(self, count: int) -> int:
        if count > self.left:
            raise Gs1Error("compressed", "ends in the middle of an element")
        piece = self._bits[self._place : self._place + count]
        self._place += count
        return int(piece, 2) if piece else 0

    def number(self, digits: int) -> str:
        text = str(self.take(_number_bits(digits))).rjust(digits, "0") if digits else ""
        if not digits:
            self.take(_number_bits(0))
        if len(text) != digits:
            raise Gs1Error("compressed", f"a number of more than {digits} digits")
        return text

    def text(self, alphabet: int, length: int) -> str:
        if alphabet == _DIGITS:
            return self.number(length)
        if alphabet == _ASCII:
            return "".join(chr(self.take(7)) for _ in range(length))
        if alphabet not in _ALPHABETS:
            raise Gs1Error("compressed", f"there is no alphabet {alphabet}")
        bits, characters = _ALPHABETS[alphabet]
        return "".join(characters[self.take(bits)] for _ in range(length))


def _read_value(bits: _Bits, code: str) -> str:
    value = ""
    for part in _format(code):
        if part.numeric:
            length = part.length if part.fixed else bits.take(_length_bits(part.length))
            value += bits.number(length)
            continue
        alphabet = bits.take(3)
        length = part.length if part.fixed else bits.take(_length_bits(part.length))
        value += bits.text(alphabet, length)
    return value


def _read_elements(segment: str) -> tuple[dict[str, str], dict[str, str]]:
    """The elements and the other parameters in a compressed segment."""
    bits = _Bits(segment)
    elements: dict[str, str] = {}
    parameters: dict[str, str] = {}
    while bits.left > _NO_DATA_LEFT:
        start = f"{bits.take(8):02X}"
        if start.isdecimal():
            length = CODE_LENGTHS.get(start)
            if length is None:
                raise Gs1Error("compressed", f"no application identifier starts with {start}")
            code = start + "".join(str(bits.take(4)) for _ in range(length - 2))
            elements[code] = _read_value(bits, code)
        elif start in _SEQUENCES:
            for code in _SEQUENCES[start]:
                elements[code] = _read_value(bits, code)
        elif start[0] == "F":
            # The second digit already belongs to the seven bits that count the characters of the name.
            name = bits.text(_BASE64, (int(start[1], 16) << 3) + bits.take(3))
            alphabet = bits.take(3)
            parameters[name] = bits.text(alphabet, bits.take(7))
        else:
            raise Gs1Error("compressed", f"there is no sequence {start}")
    return elements, parameters


def _write_text(value: str) -> tuple[str, str]:
    """The three bits of the alphabet and the bits of the text."""
    # Not every reader fills numbers up to their length, so one with zeros in front is written as hexadecimal.
    if value.isdecimal() and not value.startswith("0"):
        return f"{_DIGITS:03b}", f"{int(value):0{_number_bits(len(value))}b}"
    for alphabet, form in _ALPHABET_OF:
        if form.fullmatch(value):
            bits, characters = _ALPHABETS[alphabet]
            return f"{alphabet:03b}", "".join(f"{characters.index(one):0{bits}b}" for one in value)
    return f"{_ASCII:03b}", "".join(f"{ord(one):07b}" for one in value)


def _write_value(code: str, value: str) -> str:
    written = []
    for part in _format(code):
        piece, value = value[: part.length], value[part.length :]
        length = "" if part.fixed else f"{len(piece):0{_length_bits(part.length)}b}"
        if part.numeric:
            written += [length, f"{int(piece or 0):0{_number_bits(len(piece))}b}"]
        else:
            alphabet, bits = _write_text(piece) if piece else (f"{_LOWER_HEX:03b}", "")
            written += [alphabet, length, bits]
    return "".join(written)


def _write_elements(elements: dict[str, str], sequences: Iterable[tuple[str, tuple[str, ...]]]) -> str:
    left = dict(elements)
    written = []
    for start, codes in sequences:
        if all(code in left for code in codes):
            written.append(
                f"{int(start, 16):08b}" + "".join(_write_value(code, left.pop(code)) for code in codes)
            )
    for code, value in left.items():
        written.append("".join(f"{int(digit):04b}" for digit in code) + _write_value(code, value))
    bits = "".join(written)
    bits += "0" * (-len(bits) % 6)
    return "".join(_SAFE[int(bits[place : place + 6], 2)] for place in range(0, len(bits), 6))


def compress(uri: str, *, keep_key: bool = False) -> str:
    """The compressed form of a Digital Link; ``keep_key`` leaves the primary key readable in the path.

    Parameters that are no GS1 data stay in the query, so that a resolver still sees a ``linkType``.
    Raises :class:`Gs1Error` for what is no valid Digital Link.
    """
    link = parse(uri)
    elements = dict(link.elements)
    start = link.stem
    if keep_key:
        start = build({link.key: elements.pop(link.key)}, stem=link.stem)
        if not elements:
            return uri
    # The longest sequence saves most.
    ranked = sorted(_SEQUENCES.items(), key=lambda one: -len(one[1]))
    segment = _write_elements(elements, ranked)
    query = "&".join(parameters_in_query(dict(link.parameters)))
    return f"{start.rstrip('/')}/{segment}" + (f"?{query}" if query else "")


def decompress(uri: str) -> str:
    """The plain form of a compressed Digital Link, all its elements checked. Raises :class:`Gs1Error`."""
    address, _, query = uri.partition("#")[0].partition("?")
    head, _, segment = address.rpartition("/")
    if not _SEGMENT.fullmatch(segment) or "://" not in head:
        raise Gs1Error("compressed", "the path does not end with a segment in base64url")
    elements, parameters = _read_elements(segment)
    steps = head.split("/")
    if len(steps) > 4 and steps[-2] in KEYS:
        elements = {steps[-2]: steps[-1]} | elements
        head = "/".join(steps[:-2])
    # A primary key that was sorted behind its qualifier is still the key.
    ordered = dict(sorted(elements.items(), key=lambda one: one[0] not in KEYS))
    plain = build(ordered, stem=head, parameters=parameters)
    if query:
        plain += ("&" if "?" in plain else "?") + query
    parse(plain)
    return plain


def read(uri: str, *, words: bool = False, short_gtins: bool = False) -> DigitalLink:
    """Read a Digital Link, compressed or not; raises what :func:`parse` says if it is neither."""
    try:
        return parse(uri, words=words, short_gtins=short_gtins)
    except Gs1Error as plainly:
        try:
            return parse(decompress(uri))
        except Gs1Error:
            raise plainly from None
