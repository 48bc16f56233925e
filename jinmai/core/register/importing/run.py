"""Drives an import: check, wait for the decision, write. Each step is small, so a worker can do it in turns.

A check that was interrupted begins anew, as it has written nothing. Writing goes on at the next chunk: each
chunk is one transaction with its own row, and what an interrupted one did was undone with it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple

from django.db import IntegrityError, InterfaceError, OperationalError
from django.utils import timezone

from jinmai.core.register import bulk, selectors
from jinmai.core.register.choices import ImportState
from jinmai.core.register.importing import staging
from jinmai.core.register.importing.check import Context, RowChecker, compared
from jinmai.core.register.importing.columns import FileRefused, read_head
from jinmai.core.register.importing.staging import Refused, Staged
from jinmai.core.register.importing.write import fail, finish, write_chunk
from jinmai.core.register.models import Import
from jinmai.standards.tabular import Row, TableRefused, read_rows

GROUP = 1_000
PAUSE = 0.004  # seconds between two chunks, so that others get the write lock of SQLite
TURN = 2.0
MANY_ROWS = 1_000
LONGEST_REASON = 200
TRIES = 3  # of a chunk whose party somebody else entered in the same moment
PASSING = (
    OSError,
    InterfaceError,
    OperationalError,
)  # a full disk, a busy database: tried again
_running: dict[int, Steps] = {}
_log = logging.getLogger(__name__)


class Steps(NamedTuple):
    """Work that a process has begun and goes on with in its next turn, unless another one began anew."""

    state: str
    mark: str
    left: Generator[None]


def work_imports() -> None:
    """Do one turn on every import that has work, whatever becomes of the others: the periodic job."""
    waiting = Import.objects.filter(state__in=[ImportState.CHECKING, ImportState.WRITING])
    numbers = list(waiting.values_list("pk", flat=True))
    for number in _running.keys() - set(numbers):  # decided or finished elsewhere
        _running.pop(number).left.close()
    for number in numbers:
        try:
            advance(number, TURN)
        except PASSING:
            _log.exception("import %s: its turn was broken off and will be tried again", number)


def advance(number: int, seconds: float = float("inf"), *, comes_back: bool = True) -> None:
    """Work on an import for about so long, or to its end; another process at work is left alone.

    What is half done is kept for the next turn where the caller ``comes_back`` for it, else it is dropped.
    An import that meets a fault of its own stops as ``failed`` with the reason until somebody lets it go on.
    Raises what passes by itself, such as a full disk or a busy database; the import stays as it is then.
    """
    deadline = time.monotonic() + seconds
    with staging.alone(number) as free:
        if not free:
            return
        steps = _begun(number)
        try:
            for _ in steps.left:
                if time.monotonic() > deadline:
                    if comes_back:
                        _running[number] = steps
                    return
        except Exception as error:  # whatever it is, it must not stop the other imports
            if isinstance(error, PASSING) and not isinstance(error, FileNotFoundError):
                raise
            _log.exception("import %s stopped at a fault", number)
            fail(number, f"{type(error).__name__}: {error}"[:LONGEST_REASON])
        finally:
            if _running.get(number) is not steps:
                steps.left.close()  # here, where nobody else is at work, and not whenever memory is tidied


def _begun(number: int) -> Steps:
    """The work at hand: what this process began if that still holds, else from the beginning."""
    state = Import.objects.values_list("state", flat=True).get(pk=number)
    kept = _running.pop(number, None)
    if kept is not None:
        if kept.state == state and staging.is_mine(number, kept.mark):
            return kept
        kept.left.close()
    at_work = state in {ImportState.CHECKING, ImportState.WRITING}
    return Steps(state, staging.take_over(number) if at_work else "", _steps(number))


def _steps(number: int) -> Generator[None]:
    batch = Import.objects.select_related("source").get(pk=number)
    if batch.state == ImportState.CHECKING:
        yield from check(batch)
    elif batch.state == ImportState.WRITING:
        yield from write(batch)


def check(batch: Import) -> Generator[None]:
    """Check the whole file; ends in the state ``checked`` or ``refused``."""
    staged = staging.Writer(batch.pk, illustrative=batch.illustrative)
    try:
        yield from _check_rows(batch, _rows(batch), staged)
    except TableRefused as refused:
        said = {"reason": refused.reason, "place": refused.place[:200], "detail": refused.detail[:200]}
        _update(batch, state=ImportState.REFUSED, refusal=said, finished_at=timezone.now())
        staging.clear(batch.pk)
    finally:
        staged.release()


def _rows(batch: Import) -> Iterator[Row]:
    path = staging.folder(batch.pk) / "upload"
    if not path.exists():
        raise FileRefused("lost")
    return iter(read_rows(path, name=batch.file_name))


def _check_rows(batch: Import, rows: Iterator[Row], staged: staging.Writer) -> Iterator[None]:
    head = next(rows, None)
    if head is None:
        raise FileRefused("empty")
    columns = read_head(head, selectors.fact_kinds())
    context = Context(
        columns=columns,
        districts=selectors.districts(),
        sources=selectors.sources(),
        source=batch.source.key if batch.source else "",
        as_of=batch.as_of,
        today=timezone.localdate(),
    )
    checker = RowChecker(context)
    told = time.monotonic()
    while group := list(islice(rows, GROUP)):
        for answer in _judge(group, checker):
            if isinstance(answer, Staged):
                staged.accept(answer)
            else:
                staged.refuse(answer)
        if time.monotonic() - told > 1:
            told = time.monotonic()
            _update(batch, rows_good=staged.good, rows_refused=staged.bad)
        yield
    root, report = staged.close()
    if staged.good + staged.bad == 0:
        raise FileRefused("no_rows")
    _update(
        batch,
        rows_good=staged.good,
        rows_refused=staged.bad,
        root=root,
        report_digest=report,
        state=ImportState.CHECKED,
    )
    yield


def _update(batch: Import, **values: Any) -> None:
    """Say how far the check is; somebody who dropped the import meanwhile is not overruled."""
    Import.objects.filter(pk=batch.pk, state=ImportState.CHECKING).update(**values)


def _judge(group: list[Row], checker: RowChecker) -> Iterator[Staged | list[Refused]]:
    """Answers for a group of rows: refused ones at once, the others after one look into the register."""
    good: list[tuple[Row, Staged]] = []
    for row in group:
        answer = checker.check(row)
        if isinstance(answer, Staged):
            good.append((row, answer))
        else:
            yield answer
    yield from compared(good, checker)


def _written(batch: Import, number: int, digests: staging.Digests, rows: list[Staged]) -> None:
    """Write a chunk; where somebody else entered the same party meanwhile, look again and write the rest."""
    for left in reversed(range(TRIES)):
        try:
            write_chunk(batch, number, digests, rows)
        except IntegrityError:
            if not left:
                raise
        else:
            return


def write(batch: Import) -> Iterator[None]:
    """Write the staged chunks that are not written yet; ends in the state ``done``."""
    done = batch.chunks.count()
    chunks = staging.chunks(batch.pk, batch.root, illustrative=batch.illustrative, first=done)
    for number, digests, rows in chunks:
        _written(batch, number, digests, rows)
        time.sleep(PAUSE)
        yield
    finish(batch)
    if batch.rows_good >= MANY_ROWS:
        bulk.refresh_statistics()
    with suppress(OSError):
        staging.clear(batch.pk)
