"""Sheets of labels as PDF: vector symbols, and of the Chinese typeface the letters that appear, embedded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import getRegisteredFontNames, registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from jinmai.standards.labels.label import Label
from jinmai.standards.labels.symbol import QUIET_MODULES, Symbol, symbol

_SYMBOL_MM = 20.0
_HEADING_POINTS, _LINE_POINTS, _NUMBER_POINTS = 7.0, 5.5, 6.0


class FontError(RuntimeError):
    """The file is no TrueType typeface that can be embedded."""


class Layout(NamedTuple):
    """A sheet's page and grid in millimetres. The defaults are forty labels of 48 × 27 mm on A4."""

    page: tuple[float, float] = (210.0, 297.0)
    label: tuple[float, float] = (48.0, 27.0)
    columns: int = 4
    rows: int = 10
    top: float = 13.5
    left: float = 9.0

    @property
    def on_a_page(self) -> int:
        """Labels a page."""
        return self.columns * self.rows


A4 = Layout()


def typeface(path: Path) -> str:
    """Register a TrueType file with reportlab under its own name; raises :class:`FontError`."""
    name = path.stem
    if name not in getRegisteredFontNames():
        try:
            registerFont(TTFont(name, str(path)))
        except TTFError as error:
            raise FontError(f"{path.name}: {error}") from error
    return name


def write_sheet(
    labels: Iterable[Label], file: BinaryIO, *, font: Path, title: str, layout: Layout = A4
) -> int:
    """Write the labels as PDF into ``file``; the answer is the number of pages.

    ``font`` is a TrueType file with the letters of all texts. Raises :class:`SymbolError`,
    :class:`FontError`.
    """
    name = typeface(font)
    width, height = layout.page
    canvas = Canvas(file, pagesize=(width * mm, height * mm), pageCompression=1)
    canvas.setTitle(title)
    pages = 0
    for number, label in enumerate(labels):
        place = number % layout.on_a_page
        if place == 0 and number:
            canvas.showPage()
        if place == 0:
            pages += 1
        left = layout.left + place % layout.columns * layout.label[0]
        top = height - layout.top - place // layout.columns * layout.label[1]
        _draw(canvas, label, (left * mm, top * mm), layout, name)
    canvas.save()
    return pages


def draw_symbol(canvas: Canvas, drawn: Symbol, left: float, top: float, side: float) -> None:
    """Draw a symbol with its quiet zone into a square of ``side`` points below ``top``."""
    module = side / (drawn.modules + 2 * QUIET_MODULES)
    rectangles = "\n".join(f"{column} {-row - 1} {length} 1 re" for column, row, length in drawn.runs())
    canvas.saveState()
    canvas.translate(left + QUIET_MODULES * module, top - QUIET_MODULES * module)
    canvas.scale(module, module)
    # One path for the whole symbol: reportlab's rect() a run would take a hundred times as long.
    canvas.addLiteral(f"{rectangles}\nf")
    canvas.restoreState()


def _draw(canvas: Canvas, label: Label, corner: tuple[float, float], layout: Layout, name: str) -> None:
    width, height = (side * mm for side in layout.label)
    left, top = corner
    side = _SYMBOL_MM * mm
    margin = (height - side) / 2
    draw_symbol(canvas, symbol(label.code), left + mm, top - margin, side)
    text_left, room = left + side + 1.5 * mm, width - side - 2.5 * mm
    y = top - margin - _HEADING_POINTS - mm
    canvas.setFont(name, _HEADING_POINTS)
    canvas.drawString(text_left, y, fitted(label.heading, name, _HEADING_POINTS, room))
    canvas.setFont(name, _LINE_POINTS)
    for line in label.lines:
        y -= _LINE_POINTS * 1.45
        canvas.drawString(text_left, y, fitted(line, name, _LINE_POINTS, room))
    canvas.setFont(name, _NUMBER_POINTS)
    canvas.drawString(text_left, top - margin - side + 1.4 * mm, label.number)


def fitted(text: str, name: str, points: float, room: float) -> str:
    """``text``, cut with an ellipsis where it is wider than ``room`` points."""
    if stringWidth(text, name, points) <= room:
        return text
    while text and stringWidth(text + "…", name, points) > room:
        text = text[:-1]
    return text + "…"
