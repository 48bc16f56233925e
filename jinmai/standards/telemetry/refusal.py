"""Why a payload is refused, and where its fault is."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Reasons of refusal as they stand on the wire."""

    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    TOO_MANY_POINTS = "too_many_points"
    NO_POINTS = "no_points"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"
    DUPLICATE_NAME = "duplicate_name"
    NOT_A_NUMBER = "not_a_number"
    FOREIGN_TOPIC = "foreign_topic"
    UNKNOWN_DEVICE = "unknown_device"
    DISABLED_DEVICE = "disabled_device"
    FOREIGN_IDENTITY = "foreign_identity"
    UNKNOWN_PROPERTY = "unknown_property"
    WRONG_UNIT = "wrong_unit"
    OUT_OF_RANGE = "out_of_range"
    BAD_TIME = "bad_time"
    TIME_TOO_OLD = "time_too_old"
    TIME_IN_FUTURE = "time_in_future"


class Refusal(Exception):  # noqa: N818 - it is an answer to a sender as much as an exception
    """A payload is refused: ``reason`` for machines, ``place`` says where and what for people.

    ``boot`` and ``sequence`` are known where the fault lies behind them. ``place`` quotes senders, so what
    does not print in it is shown by its code: databases refuse the null character.
    """

    def __init__(
        self, reason: Reason, place: str = "", boot: int | None = None, sequence: int | None = None
    ) -> None:
        super().__init__(f"{reason}: {place}" if place else str(reason))
        self.reason = reason
        self.place = "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in place)
        self.boot = boot
        self.sequence = sequence
