"""Labels for thermal printers: TSPL (TSC, most Chinese makes) and ZPL II (Zebra), 203 dots an inch.

The symbol goes to the printer as dots: a printer's own encoder would choose other segments and a larger
symbol than the one that was tested. Chinese letters go as dots too, since few printers hold a Chinese
typeface; only the serial is set by the printer itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from jinmai.standards.labels.label import Label
from jinmai.standards.labels.symbol import QUIET_MODULES, symbol

DOTS_A_MM = 8
_MODULE_DOTS = 3
_HEADING_DOTS, _LINE_DOTS, _GAP_DOTS = 26, 20, 6


class Stock(NamedTuple):
    """The labels on the roll, in millimetres."""

    width: int = 50
    height: int = 25
    gap: int = 2


class Dots(NamedTuple):
    """A picture of dots: rows of whole bytes, the leftmost dot in the highest bit, one is black."""

    row_bytes: int
    height: int
    content: bytes


ROLL = Stock()


def tspl(labels: Iterable[Label], *, font: Path, stock: Stock = ROLL) -> Iterator[bytes]:
    """The print job, label by label."""
    yield f"SIZE {stock.width} mm,{stock.height} mm\r\nGAP {stock.gap} mm,0 mm\r\nDIRECTION 1\r\n".encode()
    for label in labels:
        drawn, text = _symbol_dots(label.code), _text_dots(font, label.heading, label.lines, _room(stock))
        left = _text_left(drawn)
        yield b"".join(
            [
                b"CLS\r\n",
                _bitmap(_margin(), _margin(), drawn),
                _bitmap(left, _margin(), text),
                f'TEXT {left},{_number_top(stock)},"2",0,1,1,"{_plain(label.number)}"\r\n'.encode(),
                b"PRINT 1,1\r\n",
            ]
        )


def zpl(labels: Iterable[Label], *, font: Path, stock: Stock = ROLL) -> Iterator[bytes]:
    """The print job, label by label. Texts that labels share are sent once."""
    sent: dict[tuple[str, tuple[str, ...]], str] = {}
    for label in labels:
        shared = (label.heading, label.lines)
        if shared not in sent:
            sent[shared] = f"R:T{len(sent)}.GRF"
            text = _text_dots(font, *shared, _room(stock))
            size = len(text.content)
            yield f"~DG{sent[shared]},{size},{text.row_bytes},{text.content.hex().upper()}\n".encode()
        drawn = _symbol_dots(label.code)
        left = _text_left(drawn)
        size = len(drawn.content)
        yield (
            f"^XA^PW{stock.width * DOTS_A_MM}^LL{stock.height * DOTS_A_MM}"
            f"^FO{_margin()},{_margin()}^GFA,{size},{size},{drawn.row_bytes},{drawn.content.hex().upper()}^FS"
            f"^FO{left},{_margin()}^XG{sent[shared]},1,1^FS"
            f"^FO{left},{_number_top(stock)}^A0N,22,20^FD{_plain(label.number)}^FS^XZ\n"
        ).encode()


def _margin() -> int:
    return QUIET_MODULES * _MODULE_DOTS


def _text_left(drawn: Dots) -> int:
    return _margin() * 2 + drawn.row_bytes * 8


def _room(stock: Stock) -> int:
    """Dots beside the largest symbol, in whole bytes."""
    return (stock.width * DOTS_A_MM - _margin() * 2 - 49 * _MODULE_DOTS - 16) // 8 * 8


def _number_top(stock: Stock) -> int:
    return stock.height * DOTS_A_MM - 36


def _plain(number: str) -> str:
    """Nothing that a printer would take for a command."""
    return "".join(letter for letter in number if letter.isascii() and (letter.isalnum() or letter in " -./"))


def _bitmap(left: int, top: int, dots: Dots) -> bytes:
    """TSPL's BITMAP, whose zero is black."""
    head = f"BITMAP {left},{top},{dots.row_bytes},{dots.height},0,".encode()
    return head + bytes(byte ^ 0xFF for byte in dots.content) + b"\r\n"


def _symbol_dots(code: str) -> Dots:
    drawn = symbol(code)
    row_bytes = (drawn.modules * _MODULE_DOTS + 7) // 8
    rows = []
    for modules in drawn.rows:
        number = int("".join(("111" if module else "000") for module in modules).ljust(row_bytes * 8, "0"), 2)
        rows.append(number.to_bytes(row_bytes) * _MODULE_DOTS)
    return Dots(row_bytes, drawn.modules * _MODULE_DOTS, b"".join(rows))


@lru_cache(maxsize=64)
def _text_dots(font: Path, heading: str, lines: tuple[str, ...], room: int) -> Dots:
    """Heading and lines as dots, cut where they are wider than ``room``."""
    height = _HEADING_DOTS + len(lines) * (_LINE_DOTS + _GAP_DOTS) + _GAP_DOTS * 2
    picture = Image.new("1", (room, height), 0)
    pen = ImageDraw.Draw(picture)
    pen.fontmode = "1"
    pen.text((0, 0), heading, fill=1, font=_face(font, _HEADING_DOTS), anchor="lt")
    y = _HEADING_DOTS + _GAP_DOTS
    for line in lines:
        pen.text((0, y), line, fill=1, font=_face(font, _LINE_DOTS), anchor="lt")
        y += _LINE_DOTS + _GAP_DOTS
    return Dots(room // 8, height, picture.tobytes())


@lru_cache(maxsize=8)
def _face(font: Path, dots: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font), dots)
