"""A label is small, is read back after rough treatment, and prints the same symbol on every printer."""

from __future__ import annotations

import base64
import io
import random
import re
import zlib
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from reportlab.pdfgen.canvas import Canvas

from jinmai.standards.credentials import items
from jinmai.standards.credentials.tests.samples import SERIALS, code
from jinmai.standards.labels import (
    QUIET_MODULES,
    FontError,
    Label,
    Symbol,
    SymbolError,
    draw_symbol,
    symbol,
    tspl,
    write_sheet,
    zpl,
)

FONT = Path(__file__).resolve().parents[3] / "core" / "web" / "fonts" / "NotoSansSC_400Regular.ttf"
DOTS_A_MM = 300 / 25.4
LONGEST = "https://" + "x" * items.LONGEST_HOST
needs_font = pytest.mark.skipif(not FONT.exists(), reason="set-up has not brought the typeface")


def _render(drawn: Symbol, millimetres: float = 20.0) -> Image.Image:
    """As a printer of 300 dots an inch has it, with its quiet zone."""
    side = drawn.modules + 2 * QUIET_MODULES
    picture = Image.new("L", (side, side), 255)
    for column, row, length in drawn.runs():
        ImageDraw.Draw(picture).line(
            [
                (column + QUIET_MODULES, row + QUIET_MODULES),
                (column + length - 1 + QUIET_MODULES, row + QUIET_MODULES),
            ],
            0,
        )
    dots = round(millimetres * DOTS_A_MM)
    return picture.resize((dots, dots), Image.Resampling.BOX)


def _read(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def _ill_treated(picture: Image.Image, seed: int) -> Image.Image:
    """Askew on a wet pack: turned, smeared sideways, blurred, unevenly lit, with a drop on it."""
    dice = random.Random(seed)
    turned = picture.rotate(
        dice.uniform(-8, 8), expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC
    )
    smeared = turned
    for step in range(1, 4):
        smeared = Image.blend(smeared, ImageChops.offset(turned, step, 0), 1 / (step + 1))
    blurred = smeared.filter(ImageFilter.GaussianBlur(1.4))
    light = Image.linear_gradient("L").resize(blurred.size).point(lambda shade: 150 + shade // 3)
    dim = ImageChops.multiply(blurred, light)
    x, y = (dice.uniform(0.4, 0.6) * side for side in dim.size)
    ImageDraw.Draw(dim).ellipse((x - 9, y - 9, x + 9, y + 9), fill=150)
    return dim


def test_the_longest_code_has_at_most_49_modules_at_level_m() -> None:
    assert symbol(code(address=LONGEST)).modules == 49
    assert symbol(code(address="https://id.jinzhou.gov.cn")).modules == 45
    with pytest.raises(SymbolError, match="49 are allowed"):
        symbol(code(address=LONGEST + "x"))


@pytest.mark.parametrize("text", ["x" * 200, "x" * 5_000])
def test_a_text_too_long_for_a_label_is_refused(text: str) -> None:
    with pytest.raises(SymbolError):
        symbol(text)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("address", ["https://id.jinzhou.gov.cn", LONGEST])
def test_a_blurred_and_smeared_print_of_20_mm_is_read_back(address: str, seed: int) -> None:
    text = code(address=address)
    assert _read(_ill_treated(_render(symbol(text)), seed)) == [text]


def _labels(count: int) -> list[Label]:
    serials = SERIALS[:count] if count <= len(SERIALS) else [f"{number:010d}" for number in range(count)]
    return [
        Label(code(serial), "锦州海参 淡干", ("批次 H2610 · 30头/斤", "一行字太长时就要缩短" * 4), serial)
        for serial in serials
    ]


@needs_font
@pytest.mark.parametrize(("count", "pages"), [(1, 1), (3, 1), (40, 1), (41, 2)])
def test_a_sheet_has_forty_labels_a_page(count: int, pages: int) -> None:
    file = io.BytesIO()
    assert write_sheet(_labels(count), file, font=FONT, title="H2610") == pages
    assert len(re.findall(rb"/Type /Page\b", file.getvalue())) == pages


@needs_font
def test_the_sheet_embeds_only_the_letters_that_it_shows() -> None:
    file = io.BytesIO()
    write_sheet(_labels(3), file, font=FONT, title="H2610")
    content = file.getvalue()
    assert b"/FontFile2" in content
    assert len(content) < FONT.stat().st_size / 50


@needs_font
def test_the_symbols_of_a_sheet_are_read_back_from_its_lines() -> None:
    file = io.BytesIO()
    write_sheet(_labels(3), file, font=FONT, title="H2610")
    streams = [
        _plain_stream(found)
        for found in re.findall(rb"stream\r?\n(.*?)endstream", file.getvalue(), re.DOTALL)
    ]
    page = next(found for found in streams if b" re\n" in found)
    drawn = [
        _from_path(path) for path in re.findall(r"cm\n((?:\d+ -\d+ \d+ 1 re\n)+)f", page.decode("latin-1"))
    ]
    assert [_read(_render(one)) for one in drawn] == [[code(serial)] for serial in SERIALS]


def _plain_stream(encoded: bytes) -> bytes:
    """Reportlab writes a page as ASCII 85 over deflate."""
    try:
        return zlib.decompress(base64.a85decode(b"<~" + encoded.strip(), adobe=True))
    except (ValueError, zlib.error):
        return b""


def _from_path(path: str) -> Symbol:
    runs = [tuple(int(part) for part in line.split()[:3]) for line in path.splitlines()]
    side = max(-row for _, row, _ in runs)
    rows = [bytearray(side) for _ in range(side)]
    for column, row, length in runs:
        rows[-row - 1][column : column + length] = b"\1" * length
    return Symbol(tuple(bytes(row) for row in rows))


@needs_font
def test_a_tspl_job_carries_the_very_dots_of_the_symbol() -> None:
    job = b"".join(tspl(_labels(3), font=FONT))
    assert job.count(b"PRINT 1,1\r\n") == 3
    assert [serial.encode() in job for serial in SERIALS] == [True] * 3
    pictures = []
    for found in re.finditer(rb"CLS\r\nBITMAP \d+,\d+,(\d+),(\d+),0,", job):
        row_bytes, height = int(found[1]), int(found[2])
        dots = bytes(byte ^ 0xFF for byte in job[found.end() : found.end() + row_bytes * height])
        pictures.append(_picture(row_bytes, height, dots))
    assert [_read(one) for one in pictures] == [[code(serial)] for serial in SERIALS]


@needs_font
def test_a_zpl_job_carries_the_very_dots_and_sends_shared_texts_once() -> None:
    job = b"".join(zpl(_labels(3), font=FONT)).decode()
    assert (job.count("^XA"), job.count("^XZ"), job.count("~DG")) == (3, 3, 1)
    found = re.findall(r"\^GFA,(\d+),\d+,(\d+),([0-9A-F]+)\^FS", job)
    pictures = [_picture(int(row), int(size) // int(row), bytes.fromhex(dots)) for size, row, dots in found]
    assert [_read(one) for one in pictures] == [[code(serial)] for serial in SERIALS]


@needs_font
def test_a_number_cannot_bring_commands_to_a_printer() -> None:
    label = Label(code(), "x", (), '7K"\r\nCLS^XA~DG')
    assert b'"7KCLSXADG"' in b"".join(tspl([label], font=FONT))
    assert "^FD7KCLSXADG^FS" in b"".join(zpl([label], font=FONT)).decode()


def _picture(row_bytes: int, height: int, dots: bytes) -> Image.Image:
    picture = Image.new("L", (row_bytes * 8 + 48, height + 48), 255)
    inverted = ImageChops.invert(Image.frombytes("1", (row_bytes * 8, height), dots).convert("L"))
    picture.paste(inverted, (24, 24))
    return picture


def test_a_file_that_is_no_typeface_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "typeface.ttf"
    path.write_bytes(b"nothing")
    with pytest.raises(FontError, match=r"typeface\.ttf"):
        write_sheet([], io.BytesIO(), font=path, title="")


def test_a_symbol_can_be_drawn_into_other_documents() -> None:
    file = io.BytesIO()
    canvas = Canvas(file, pageCompression=0)
    draw_symbol(canvas, symbol(code()), 10, 700, 60)
    canvas.save()
    assert file.getvalue().count(b" 1 re\n") == len(symbol(code()).runs())
