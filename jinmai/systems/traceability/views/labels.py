"""Labels of a mint batch: a sheet to print as PDF, or a job for a thermal printer."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from jinmai.core.access.api import requires
from jinmai.core.web.api import CHINESE_TYPEFACE, formats
from jinmai.standards.labels import Label, tspl, write_sheet, zpl
from jinmai.systems.traceability.models import Lot, MintBatch
from jinmai.systems.traceability.selectors.licences import licence_of_lot
from jinmai.systems.traceability.selectors.lots import LABELS_A_FILE, lot_by_code
from jinmai.systems.traceability.services.item_codes import codes_of
from jinmai.systems.traceability.services.pin_lists import take_pins
from jinmai.systems.traceability.services.refusal import ChainRefusedError

if TYPE_CHECKING:
    from pathlib import Path

    from jinmai.core.access.api import User

KEPT_IN_MEMORY = 16 * 1024 * 1024


def _pdf(labels: Iterable[Label], file: BinaryIO, font: Path, title: str) -> None:
    write_sheet(labels, file, font=font, title=title)


def _thermal(job: Callable[..., Iterable[bytes]]) -> Callable[..., None]:
    def write(labels: Iterable[Label], file: BinaryIO, font: Path, title: str) -> None:
        del title
        file.writelines(job(labels, font=font))

    return write


# What a printer takes: name of the form → content type and who writes it.
FORMS: Final = {
    "pdf": ("application/pdf", _pdf),
    "tspl": ("application/octet-stream", _thermal(tspl)),
    "zpl": ("application/octet-stream", _thermal(zpl)),
}


def lot_of_batch(gtin: str, code: str, batch: int, form: str = "pdf", first: int = 1) -> Lot | None:
    """The lot if the batch is one of it and there is such a form."""
    lot = lot_by_code(gtin, code)
    return lot if form in FORMS and first >= 1 and lot.mint_batches.filter(pk=batch).exists() else None


def labels_of(batch: MintBatch, first: int) -> list[Label]:
    """Up to a file of labels from number ``first`` (from 1) on. Raises :class:`ChainRefusedError`."""
    lot = batch.lot
    with override("zh-hans"):  # labels are read in China, whoever prints them
        product = lot.product
        lines = (
            f"批次 {lot.code}",
            _kind_of(lot),
            f"{formats.day(lot.began_at)} 加工",
            licence_of_lot(lot) or lot.site.name_zh,
        )
        heading = product.name_zh
    return [
        Label(code, heading, lines, code.split("/21/", 1)[1][:10])
        for code in codes_of(batch, first - 1, LABELS_A_FILE)
    ]


def _kind_of(lot: Lot) -> str:
    """Form and grade; whose it is where the product's name says both already. What is invented says so."""
    product = lot.product
    grade = f"{product.grade_least}–{product.grade_most}头/斤" if product.grade_least else ""
    words = f"{product.get_form_display()} {grade}".strip()
    said = all(word in product.name_zh for word in words.split())
    told = lot.site.name_zh if said else words
    return f"示例 {told}" if product.illustrative or lot.site.illustrative else told


@require_safe
@requires("traceability.work_lot", get=lot_of_batch)
def labels(request: HttpRequest, lot: Lot) -> HttpResponseBase:
    """The labels of a batch, a file at a time; those that follow are the next file."""
    asked = cast("dict[str, Any]", request.resolver_match.kwargs if request.resolver_match else {})
    batch = lot.mint_batches.get(pk=asked["batch"])
    batch.lot = lot
    first = asked.get("first", 1)
    content_type, write = FORMS[asked["form"]]
    try:
        made = labels_of(batch, first)
    except ChainRefusedError as refused:
        return HttpResponse(str(refused), status=409, content_type="text/plain; charset=utf-8")
    if not made:
        return HttpResponse(status=404)
    name = f"{lot.code}-{batch.pk}-{first}-{first + len(made) - 1}.{asked['form']}"
    file = tempfile.SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115 - the answer closes it
    write(made, cast("BinaryIO", file), CHINESE_TYPEFACE, name)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


@require_safe
@requires("traceability.view_lot", get=lot_of_batch)
def as_customer(request: HttpRequest, lot: Lot) -> HttpResponse:
    """The page behind the first label of a batch, as whoever buys the animal will see it."""
    asked = cast("dict[str, Any]", request.resolver_match.kwargs if request.resolver_match else {})
    batch = lot.mint_batches.get(pk=asked["batch"])
    batch.lot = lot
    try:
        (code,) = codes_of(batch, 0, 1)
    except ChainRefusedError as refused:
        return HttpResponse(str(refused), status=409, content_type="text/plain; charset=utf-8")
    path, _, query = code.partition("/01/")[2].partition("?")
    gtin, _, serial = path.partition("/21/")
    return redirect(f"{reverse('traceability:pack_page', args=[gtin, serial])}?{query}")


@require_POST
@requires("traceability.take_pins", get=lot_of_batch)
def pins(request: HttpRequest, lot: Lot) -> HttpResponseBase:
    """Serial, code and hidden PIN of every animal of a batch as CSV, for the printer of the layers."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    asked = cast("dict[str, Any]", request.resolver_match.kwargs if request.resolver_match else {})
    batch = lot.mint_batches.get(pk=asked["batch"])
    batch.lot = lot
    try:
        rows = take_pins(batch=batch, by=user)
    except ChainRefusedError as refused:
        return HttpResponse(str(refused), status=409, content_type="text/plain; charset=utf-8")
    file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - the answer closes it
        max_size=KEPT_IN_MEMORY, mode="w+b"
    )
    file.write(b"serial,code,pin\r\n")
    file.writelines(f"{serial},{code},{pin}\r\n".encode() for serial, code, pin in rows)
    file.seek(0)
    name = f"{lot.code}-{batch.pk}-pins.csv"
    return FileResponse(file, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")
