"""The door of ``fieldwork``: what systems that declare ``[[field_deeds]]`` may import."""

from __future__ import annotations

from jinmai.core.fieldwork.deeds import Arrived, FieldEarlyError, FieldRefusedError, Known, Outcome
from jinmai.core.fieldwork.services import Sent, once, take_in

__all__ = ["Arrived", "FieldEarlyError", "FieldRefusedError", "Known", "Outcome", "Sent", "once", "take_in"]
