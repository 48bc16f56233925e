"""Pages of A4 as PDF in the house's Chinese typeface, with a QR code; the same content, the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from jinmai.core.web.api import CHINESE_TYPEFACE, formats
from jinmai.standards.labels import draw_symbol, symbol, typeface

INK, SOFT, LINE, SEA, GOOD, ALARM = (
    HexColor(colour) for colour in ("#17212B", "#5B6570", "#C9C8C2", "#0F5C6E", "#2F7D5B", "#B4372F")
)
MARGIN: Final = 18 * mm
WIDTH: Final = A4[0] - 2 * MARGIN
QR_SIDE: Final = 30 * mm
_FACT_NAME: Final = 38 * mm

Fact = tuple[str, str]


class QrCode(Flowable):
    """A QR code of ``text``, its quiet zone within the square."""

    def __init__(self, text: str, side: float = QR_SIDE) -> None:
        super().__init__()
        self.drawn, self.side = symbol(text), side
        self.width = self.height = side

    def draw(self) -> None:
        """As reportlab asks."""
        draw_symbol(self.canv, self.drawn, 0, self.side, self.side)


def style(points: float, colour: Color = INK, **more: Any) -> ParagraphStyle:
    """Words of a size; Chinese breaks between any two characters, other languages between words."""
    name = typeface(CHINESE_TYPEFACE)
    wrap = "CJK" if formats.in_chinese() else None
    given = {"leading": points * 1.4, "textColor": colour, "wordWrap": wrap, **more}
    return ParagraphStyle("words", fontName=name, fontSize=points, **given)


def words(text: str, points: float = 9, colour: Color = INK, **more: Any) -> Paragraph:
    """A paragraph of plain text; nothing in it is markup."""
    return Paragraph(escape(text), style(points, colour, **more))


def heading(title: str, lines: Sequence[str], code: str) -> Flowable:
    """The head of a paper: its title, what it says of itself, its code at the right."""
    left = [words(title, 20, SEA, spaceAfter=6), *(words(line, 10) for line in lines if line)]
    table = Table([[left, QrCode(code)]], colWidths=[WIDTH - QR_SIDE - 4 * mm, QR_SIDE + 4 * mm])
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("ALIGN", (1, 0), (1, 0), "RIGHT"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    return table


def verdict(text: str, *, good: bool) -> Flowable:
    """The one line that must be seen first; the word says it, the colour only repeats it."""
    colour = GOOD if good else ALARM
    table = Table([[words(text, 12, colour)]], colWidths=[WIDTH])
    table.setStyle(
        TableStyle(
            [
                ("BOX", (0, 0), (-1, -1), 1, colour),
                ("TOPPADDING", (0, 0), (-1, -1), 5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
            ]
        )
    )
    return table


def facts(rows: Sequence[Fact]) -> Flowable:
    """Names and what they are, one a line; what is unknown is a dash."""
    cells = [[words(name, 9, SOFT), words(value or formats.ABSENT, 9)] for name, value in rows]
    table = Table(cells, colWidths=[_FACT_NAME, WIDTH - _FACT_NAME])
    table.setStyle(
        TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE)])
    )
    return table


def grid(head: Sequence[str], rows: Sequence[Sequence[str]], parts: Sequence[float]) -> Flowable:
    """A table with its head on every page; ``parts`` are the columns' shares of the width."""
    cells = [[words(name, 8.5, SOFT) for name in head], *([words(one, 8.5) for one in row] for row in rows)]
    table = Table(cells, colWidths=[WIDTH * part / sum(parts) for part in parts], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, 0), 1, SEA),
                ("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        )
    )
    return table


def gap(millimetres: float = 4) -> Flowable:
    """Room between two parts."""
    return Spacer(1, millimetres * mm)


def write(title: str, papers: Sequence[Sequence[Flowable]]) -> bytes:
    """The PDF of some papers, each beginning on a page of its own; ``title`` also stands at the foot."""
    name = typeface(CHINESE_TYPEFACE)
    flow: list[Flowable] = []
    for paper in papers:
        flow += [*([PageBreak()] if flow else []), *paper]

    def foot(canvas: Canvas, _document: object) -> None:
        canvas.setFont(name, 7.5)
        canvas.setFillColor(SOFT)
        canvas.drawString(MARGIN, 10 * mm, title)
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(canvas.getPageNumber()))

    file = io.BytesIO()
    SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=title,
        author="Jinmai 锦脉",
        invariant=1,  # no time of writing in the file
    ).build(flow, onFirstPage=foot, onLaterPages=foot)
    return file.getvalue()
