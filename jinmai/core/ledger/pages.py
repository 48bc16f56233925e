"""The log for people: what it is now and how to check it, its entries, one entry with its proof."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jinmai.core.ledger import tree
from jinmai.core.ledger.forms import ReadingForm
from jinmai.core.ledger.identity import identity
from jinmai.core.ledger.kinds import IMPERSONAL, PAYLOAD_ERASED
from jinmai.core.ledger.log_doors import READ_PAYLOADS, proof_file
from jinmai.core.ledger.models import Cosignature, Entry
from jinmai.core.ledger.reading import read_payload
from jinmai.core.ledger.selectors import RecordedEntry, erased_by, latest_entry, sealed_entry
from jinmai.core.ledger.ticker import title_of
from jinmai.core.web.api import Column, DayFilter, Empty, SearchFilter, Table, public, requires, table_page
from jinmai.standards import sm2, tlog

ENTRIES = Table(
    key="entries",
    title=_("Entries"),
    columns=[
        Column(
            "index",
            _("Number"),
            sort="index",
            main=True,
            link=lambda row: reverse("log_entry", args=[row.index]),
        ),
        Column(
            "kind",
            _("Kind"),
            sort="kind",
            value=lambda row: title_of(row.kind),
            secondary=lambda row: row.kind,
        ),
        Column("subject", _("Subject"), sort="subject", secondary=lambda row: row.actor),
        Column("occurred_at", _("Occurred"), sort="occurred_at"),
        Column("recorded_at", _("Recorded"), sort="recorded_at"),
    ],
    filters=[
        SearchFilter(["subject", "kind", "actor"], _("Subject, kind or actor")),
        DayFilter("day", _("Recorded"), "recorded_at"),
    ],
    order="-index",
    empty=Empty(
        _("Nothing is recorded yet"),
        _("Every alarm, decision and change that a system records will stand here, with its proof."),
        icon="proof",
    ),
)


class SignatureLine(NamedTuple):
    """One signature as the page shows it: who signed, how, and the key to compare."""

    name: str
    method: str
    key: str


@public
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """``/log/``: the log as it stands, and how anyone can check it."""
    own = identity()
    context: dict[str, Any] = {
        "origin": own.origin,
        "keys": [_line(verifier) for verifier in own.verifiers],
        "sm2_absent": sm2.absence(),
        "latest": latest_entry(),
        "address": request.build_absolute_uri("/").rstrip("/"),
        "may_read": request.user.has_perm(READ_PAYLOADS),
    }
    try:
        note = tree.latest_checkpoint()
    except tree.NotInLogError:
        return render(request, "ledger/log.html", context)
    told = tlog.parse_checkpoint(note.text)
    context |= {"size": told.size, "root": told.root.hex(), "note": str(note)}
    context["witnesses"] = Cosignature.objects.filter(checkpoint=told.size).order_by("witness")
    return render(request, "ledger/log.html", context)


@requires(READ_PAYLOADS)
@require_safe
def entries(request: HttpRequest) -> HttpResponseBase:
    """``/log/entries/``: every sealed entry, for those who may read payloads."""
    rows = Entry.objects.filter(index__isnull=False)
    return table_page(request, ENTRIES, rows, "ledger/entries.html", as_of=timezone.now())


@public
@require_safe
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """``/log/entries/17/``: what the log says about one entry; content only where it concerns no person."""
    return _entry_page(request, index)


@requires(READ_PAYLOADS)
@never_cache
@require_POST
def content(request: HttpRequest, index: int) -> HttpResponse:
    """``/log/entries/17/content``: the same, or the proof, with the content; the reason is recorded first."""
    form = ReadingForm(request.POST)
    if not form.is_valid():
        return _entry_page(request, index, form=form, status=422)
    try:
        found = sealed_entry(index)
    except tree.NotInLogError as absent:
        raise Http404(str(absent)) from absent
    read_payload(entry=found, reason=form.cleaned_data["reason"], actor=f"user:{request.user.pk}")
    if "take" in request.POST:
        return proof_file(index, with_payload=True)
    return _entry_page(request, index, read=True)


def _entry_page(
    request: HttpRequest,
    index: int,
    *,
    form: ReadingForm | None = None,
    read: bool = False,
    status: int = 200,
) -> HttpResponse:
    try:
        found = sealed_entry(index)
        proof = tree.logged_proof(index)
    except tree.NotInLogError as absent:
        raise Http404(str(absent)) from absent
    own = identity()
    told = proof.verify(tlog.leaf_hash(found.leaf), own.origin, own.verifiers)
    may_read = request.user.has_perm(READ_PAYLOADS)
    shown = may_read and (read or found.kind in IMPERSONAL)
    return render(
        request,
        "ledger/entry.html",
        {
            "entry": found,
            "title": title_of(found.kind),
            "size": told.size,
            "path": [hashed.hex() for hashed in proof.path],
            "may_read": may_read,
            "payload": _readable(found) if shown else "",
            "reading": form or ReadingForm() if may_read else None,
            "erased_by": erased_by(found),
            "is_erasure": found.kind == PAYLOAD_ERASED,
        },
        status=status,
    )


def _line(verifier: tlog.Verifier) -> SignatureLine:
    method = "SM2 · SM3" if isinstance(verifier, tlog.Sm2Verifier) else "Ed25519"
    return SignatureLine(verifier.name, method, str(verifier))


def _readable(found: RecordedEntry) -> str:
    return "" if found.erased else msgspec.json.format(found.content, indent=2).decode()
