"""The log for machines: checkpoint, tiles and bundles after C2SP, proofs as JSON and on paper.

Open to everybody, since a log that only its keeper can read proves nothing; payloads are in none of it.
"""

from __future__ import annotations

import base64
import re

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from jinmai.core.ledger import tree
from jinmai.core.ledger.identity import identity
from jinmai.core.ledger.selectors import leaf_at, opening
from jinmai.core.ledger.tree import NotInLogError
from jinmai.core.web.api import public
from jinmai.standards import tlog

FOR_EVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=2"
READ_PAYLOADS = "ledger.read_payloads"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")


@public
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """``/log/checkpoint``: the newest signed tree head with its witnesses' lines."""
    del request
    try:
        note = tree.latest_checkpoint()
    except NotInLogError as absent:
        return _refused(404, str(absent))
    return _plain(str(note), BRIEFLY)


@public
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """``/log/keys``: the log's verifier keys, one a line. Compare them with those you got elsewhere."""
    del request
    return _plain("".join(f"{verifier}\n" for verifier in identity().verifiers), BRIEFLY)


@public
@require_safe
def tile(request: HttpRequest, level: str, place: str) -> HttpResponse:
    """``/log/tile/<L>/<N>[.p/<W>]``: hashes of the Merkle tree."""
    del request
    try:
        number, width = tlog.parse_tile_place(place)
        return _octets(tree.tile(int(level), number, width))
    except (tlog.TileError, NotInLogError) as absent:
        return _refused(404, str(absent))


@public
@require_safe
def entries(request: HttpRequest, place: str) -> HttpResponse:
    """``/log/tile/entries/<N>[.p/<W>]``: envelopes of entries, without their payloads."""
    del request
    try:
        number, width = tlog.parse_tile_place(place)
        return _octets(tree.entry_bundle(number, width))
    except (tlog.TileError, NotInLogError) as absent:
        return _refused(404, str(absent))


@public
@require_safe
def inclusion(request: HttpRequest) -> HttpResponse:
    """``/log/inclusion?index=17[&size=200]``: the path from an entry to the root, as JSON."""
    try:
        size = _number(request, "size", tree.log_size())
        index = _number(request, "index")
        path = tree.inclusion(index, size)
    except ValueError as wrong:
        return _refused(400, str(wrong))
    except NotInLogError as absent:
        return _refused(404, str(absent))
    leaf = tlog.leaf_hash(leaf_at(index))
    return _json(
        {"index": index, "size": size, "leaf_hash": _text(leaf), "proof": [_text(one) for one in path]}
    )


@public
@require_safe
def consistency(request: HttpRequest) -> HttpResponse:
    """``/log/consistency?old=100[&new=200]``: the proof that the log only grew, as JSON."""
    try:
        new = _number(request, "new", tree.log_size())
        old = _number(request, "old")
        path = tree.consistency(old, new)
    except ValueError as wrong:
        return _refused(400, str(wrong))
    except NotInLogError as absent:
        return _refused(404, str(absent))
    return _json({"old": old, "new": new, "proof": [_text(one) for one in path]})


@public
@require_safe
def proof(request: HttpRequest, index: int) -> HttpResponse:
    """``/log/proofs/17.tlog-proof``: an entry's place in the log, to be checked without the log.

    Its ``extra`` line holds the envelope; payload and salt only where the reading was recorded before
    (``/log/entries/17/content``).
    """
    del request
    try:
        return proof_file(index, with_payload=False)
    except NotInLogError as absent:
        return _refused(404, str(absent))


def proof_file(index: int, *, with_payload: bool) -> HttpResponse:
    """The file of an entry's proof; raises :class:`NotInLogError`."""
    written = str(tree.logged_proof(index, opening(index, with_payload=with_payload)))
    answer = _plain(written, "private, no-store" if with_payload else BRIEFLY)
    answer["Content-Disposition"] = f'attachment; filename="entry-{index}.tlog-proof"'
    return answer


def _number(request: HttpRequest, name: str, default: int | None = None) -> int:
    given = request.GET.get(name)
    if given is None and default is not None:
        return default
    if given is None or not _NUMBER.fullmatch(given):
        raise ValueError(f"{name}: a whole number is needed, not {(given or '')[:40]!r}")
    return int(given)


def _text(hashed: bytes) -> str:
    return base64.b64encode(hashed).decode()


def _plain(text: str, caching: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": caching})


def _octets(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="application/octet-stream", headers={"Cache-Control": FOR_EVER})


def _json(value: object) -> HttpResponse:
    return HttpResponse(
        msgspec.json.encode(value), content_type="application/json", headers={"Cache-Control": BRIEFLY}
    )


def _refused(status: int, reason: str) -> HttpResponse:
    return HttpResponse(f"{reason}\n", status=status, content_type="text/plain; charset=utf-8")
