"""Why a payload is refused, and where its fault is."""

from __future__ import annotations

from enum import StrEnum

LONGEST_QUOTATION = 100


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


class Fault(StrEnum):
    """What stands at the place of the fault. Each has its parameters; pages and answers have the words."""

    SIZE = "size"  # size, most: bytes
    LEVELS = "levels"  # byte, most
    NUMBER = "number"  # number, most: points
    BYTE = "byte"  # byte
    NO_NUMBER = "no_number"  # byte, found
    BEYOND_DOUBLE = "beyond_double"
    TRUNCATED = "truncated"
    MALFORMED = "malformed"  # byte
    KIND = "kind"  # expected, found: kinds of JSON values
    BOUND = "bound"  # bound: a comparison
    MISSING = "missing"  # name
    UNKNOWN = "unknown"  # name
    NOT_A_TIME = "not_a_time"
    NO_ZONE = "no_zone"
    TIME = "time"  # found
    TIME_TWICE = "time_twice"  # found
    TIME_BEYOND = "time_beyond"
    NO_VALUES = "no_values"
    RANGE = "range"  # found, least, most, unit
    UNIT = "unit"  # found, unit
    DEVICE = "device"  # found, device
    TOPIC = "topic"  # topic
    OTHER = "other"  # words of a program


class Refusal(Exception):  # noqa: N818 - it is an answer to a sender as much as an exception
    """A payload is refused: ``reason``, ``place`` (a JSON path, empty for the whole), ``fault``, ``found``.

    ``boot`` and ``sequence`` are known where the fault lies behind them. ``place`` and ``found`` quote
    senders, so they are cut and what does not print in them is shown by its code: databases refuse the null
    character.
    """

    def __init__(
        self,
        reason: Reason,
        place: str = "",
        fault: Fault | None = None,
        *,
        boot: int | None = None,
        sequence: int | None = None,
        **found: str | int,
    ) -> None:
        self.reason = reason
        self.place = _printable(place)
        self.fault = fault
        self.found = {
            name: _printable(value[:LONGEST_QUOTATION]) if isinstance(value, str) else value
            for name, value in found.items()
        }
        self.boot = boot
        self.sequence = sequence
        super().__init__(" ".join(str(part) for part in (reason, self.place, fault, self.found) if part))


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in text)
