"""The door of ``operations``: what other rooms may call."""

from __future__ import annotations

from jinmai.core.operations.backlogs import Backlog
from jinmai.core.operations.heartbeat import beat_age, expect, health, heartbeat
from jinmai.core.operations.lease import pause_after
from jinmai.core.operations.queue import Task, task
from jinmai.core.operations.tasks import calls_of, run_next

__all__ = [
    "Backlog",
    "Task",
    "beat_age",
    "calls_of",
    "expect",
    "health",
    "heartbeat",
    "pause_after",
    "run_next",
    "task",
]
