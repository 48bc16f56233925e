"""Asks witnesses outside to countersign checkpoints (c2sp.org/tlog-witness, ``add-checkpoint``).

A witness signs only what extends the last checkpoint it has signed, so with its line under a checkpoint
nobody can be shown another history. Witnesses stand one a line in ``ledger/witnesses`` of the data folder:
verifier key, blank, submission address.
"""

from __future__ import annotations

import http.client
import logging
import urllib.error
import urllib.request
from typing import NamedTuple

import msgspec
from django.db import transaction

from jinmai.core.ledger import tree
from jinmai.core.ledger.identity import folder
from jinmai.core.ledger.kinds import WITNESS_USED, WitnessUsed
from jinmai.core.ledger.models import Checkpoint, Cosignature
from jinmai.core.ledger.selectors import entries_of
from jinmai.core.ledger.services import append
from jinmai.standards import tlog

NAME = "witnesses"
ACTOR = "job:ledger.ask_witnesses"
SECONDS = 10
LARGEST_ANSWER = 100_000
log = logging.getLogger(__name__)


class Witness(NamedTuple):
    """Somebody who countersigns: the public key, and where to ask."""

    verifier: tlog.Verifier
    address: str


class WitnessRefusedError(Exception):
    """A witness did not countersign; the message is what it said."""


def witnesses() -> list[Witness]:
    """The witnesses of this log. Raises :class:`tlog.KeyTextError` with the line that cannot be read."""
    try:
        lines = (folder() / NAME).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [_witness(line) for line in lines if line.strip() and not line.startswith("#")]


def ask_witnesses() -> int:
    """Ask those who have not signed the newest checkpoint; the periodic job. Gives how many signed."""
    signed = 0
    for witness in witnesses():
        try:
            signed += _ask(witness)
        except (OSError, http.client.HTTPException, ValueError, LookupError, WitnessRefusedError) as error:
            # Whatever one of them answers, those after it are asked.
            log.warning("witness %s did not countersign: %s", witness.verifier.name, error)
    return signed


def _witness(line: str) -> Witness:
    key, _, address = line.strip().partition(" ")
    if not address.startswith(("https://", "http://")):
        raise tlog.KeyTextError(f"ledger/{NAME}: {line[:80]!r} is not a key, a blank and an address")
    return Witness(tlog.parse_verifier(key), address.strip().rstrip("/"))


def _ask(witness: Witness) -> int:
    newest = Checkpoint.objects.order_by("-size").first()
    if newest is None or newest.size == 0:
        return 0
    of_witness = Cosignature.objects.filter(witness=witness.verifier.name)
    known = of_witness.order_by("-checkpoint").values_list("checkpoint", flat=True).first() or 0
    if known == newest.size:
        return 0
    note = tlog.parse_note(newest.note)
    answer = _submit(witness, known, newest.size, note)
    (line, *_) = tlog.parse_cosignatures(answer, note, [witness.verifier])
    keep(newest.size, witness.verifier, line.line())
    return 1


def keep(size: int, verifier: tlog.Verifier, line: str) -> None:
    """Keep a witness's line under a checkpoint, and enter the key when it is first used.

    A line under a key that no entry names is then no witness's, whoever wrote it into the database.
    """
    with transaction.atomic():
        Cosignature.objects.create(
            checkpoint_id=size, witness=verifier.name, verifier=str(verifier), line=line.removesuffix("\n")
        )
        _tell(verifier)


def _tell(verifier: tlog.Verifier) -> None:
    said = WitnessUsed(verifier.name, str(verifier))
    told = entries_of([WITNESS_USED])
    if not any(entry.payload == msgspec.structs.asdict(said) for entry in told):
        append(kind=WITNESS_USED, subject=f"witness:{said.witness}", payload=said, actor=ACTOR)


def _submit(witness: Witness, known: int, size: int, note: tlog.Note) -> str:
    """Submit, and once more from the size that the witness says it knows."""
    try:
        return _post(witness.address, _request(known, size, note))
    except urllib.error.HTTPError as refused:
        told = refused.read(LARGEST_ANSWER).decode(errors="replace").strip()
        if refused.code != 409 or not told.isdigit():
            raise WitnessRefusedError(f"{refused.code} {told[:200]}") from refused
    if int(told) > size:
        raise WitnessRefusedError(
            f"it knows {told} entries of this log, which has {size}: was it rolled back?"
        )
    try:
        return _post(witness.address, _request(int(told), size, note))
    except urllib.error.HTTPError as refused:
        raise WitnessRefusedError(f"{refused.code} {refused.reason}") from refused


def _request(known: int, size: int, note: tlog.Note) -> str:
    proof = tree.consistency(known, size) if 0 < known < size else []
    return str(tlog.CosignRequest(known, tuple(proof), note))


def _post(address: str, body: str) -> str:
    request = urllib.request.Request(f"{address}/add-checkpoint", body.encode(), method="POST")  # noqa: S310
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - the scheme was checked
        return str(answer.read(LARGEST_ANSWER).decode())
