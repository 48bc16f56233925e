"""Imports are opened, decided and dropped; the rows themselves are checked and written by ``importing``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from jinmai.core.ledger.api import append
from jinmai.core.register import entries
from jinmai.core.register.choices import DERIVED, ImportState
from jinmai.core.register.importing import staging
from jinmai.core.register.models import Import, Source
from jinmai.standards.tabular import Limits

LARGEST_UPLOAD = Limits().size
LONGEST_KEY = 80


class ImportRefused(ValueError):  # noqa: N818 - a refusal is an answer
    """An import that cannot be opened or decided so; ``reason`` in one word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Upload(NamedTuple):
    """A file as it was handed in."""

    name: str
    pieces: Iterable[bytes]


def open_import(  # noqa: PLR0913 - what makes an import
    *,
    key: str,
    upload: Upload,
    source: str,
    as_of: date | None,
    illustrative: bool,
    actor: str,
) -> Import:
    """Keep a file and wait for its check. The same key with the same file gives the same import back.

    Raises :class:`ImportRefused`: ``key`` where the key was used for another file, source or day; ``source``;
    ``too_big``.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise ImportRefused("key")
    register = Source.objects.filter(key=source).first()
    if source and (register is None or source == DERIVED):
        raise ImportRefused("source")
    try:
        received = staging.receive(upload.pieces, LARGEST_UPLOAD)
    except staging.TooBigError as error:
        raise ImportRefused("too_big") from error
    try:
        with transaction.atomic():
            present = Import.objects.filter(key=key).first()
            if present is not None:
                said = (present.file_digest, present.source, present.as_of, present.illustrative)
                if said != (received.digest, register, as_of, illustrative):
                    raise ImportRefused("key")
                return present
            batch = Import.objects.create(
                key=key,
                file_name=upload.name[-200:],
                file_size=received.size,
                file_digest=received.digest,
                source=register,
                as_of=as_of,
                illustrative=illustrative,
                actor=actor,
            )
            staging.keep(batch.pk, received)
    finally:
        received.path.unlink(missing_ok=True)
    return batch


def accept_import(*, batch: Import, only_good: bool, actor: str) -> Import:
    """Let the good rows in. Where rows were refused this has to be said: ``only_good``.

    The entry commits to every row by digest before the first is written. Deciding twice changes nothing.
    """
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=batch.pk)
        if row.state in {ImportState.WRITING, ImportState.DONE}:
            return row
        if row.state != ImportState.CHECKED:
            raise ImportRefused("state")
        if row.rows_good == 0:
            raise ImportRefused("no_good_rows")
        if row.rows_refused and not only_good:
            raise ImportRefused("refused_rows")
        row.state, row.decided_at = ImportState.WRITING, timezone.now()
        row.save(update_fields=["state", "decided_at"])
        said = entries.ImportAccepted(
            file_name=row.file_name,
            file_digest=row.file_digest,
            report_digest=row.report_digest,
            root=row.root,
            chunks=staging.chunk_count(row.pk),
            rows_good=row.rows_good,
            rows_refused=row.rows_refused,
        )
        append(kind=entries.IMPORT_ACCEPTED, subject=row.subject, payload=said, actor=actor)
    return row


def resume_import(*, batch: Import, actor: str) -> Import:
    """Let an import go on that stopped at a fault: at the next chunk; one that was being checked begins anew.

    What is under way or done stays as it is. Raises :class:`ImportRefused`.
    """
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=batch.pk)
        if row.state in {ImportState.CHECKING, ImportState.WRITING, ImportState.DONE}:
            return row
        if row.state != ImportState.FAILED:
            raise ImportRefused("state")
        row.state = ImportState.WRITING if row.decided_at else ImportState.CHECKING
        row.refusal, row.finished_at = None, None
        row.save(update_fields=["state", "refusal", "finished_at"])
        said = entries.ImportResumed(root=row.root, rows_written=row.rows_written)
        append(kind=entries.IMPORT_RESUMED, subject=row.subject, payload=said, actor=actor)
    return row


def drop_import(*, batch: Import, actor: str) -> Import:
    """Let nothing in. Deciding twice changes nothing; what is being written goes on."""
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=batch.pk)
        if row.state == ImportState.DROPPED:
            return row
        if row.state not in {ImportState.CHECKED, ImportState.CHECKING}:
            raise ImportRefused("state")
        row.state, row.decided_at, row.finished_at = ImportState.DROPPED, timezone.now(), timezone.now()
        row.save(update_fields=["state", "decided_at", "finished_at"])
        said = entries.ImportDropped(
            file_name=row.file_name,
            file_digest=row.file_digest,
            report_digest=row.report_digest,
            rows_good=row.rows_good,
            rows_refused=row.rows_refused,
        )
        append(kind=entries.IMPORT_DROPPED, subject=row.subject, payload=said, actor=actor)
    staging.clear(batch.pk)
    return row
