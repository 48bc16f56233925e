"""What the acts of those who run the machine append to the ledger."""

from __future__ import annotations

import msgspec

JOB_STARTED = "operations.job_started.v1"
TASK_TRIED_AGAIN = "operations.task_tried_again.v1"


class JobStarted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody let a periodic job run at once."""

    job: str


class TaskTriedAgain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody let a dead task be tried again; ``task`` is its function, ``id`` its row."""

    task: str
    id: str
