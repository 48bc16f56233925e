"""The door of ``operations``: what other rooms may call."""

from __future__ import annotations

from jinmai.core.operations.heartbeat import beat_age, expect, health, heartbeat

__all__ = ["beat_age", "expect", "health", "heartbeat"]
