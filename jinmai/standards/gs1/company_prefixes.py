"""How long the company prefix inside of a GS1 key is: nothing in the key itself says so.

China's ranges are carried here; to whom GS1 gave the other ranges stands in ``prefix_ranges``, which says
nothing of lengths. GS1 publishes the lengths of the whole world under its own terms; an operator who has that
file loads it with :func:`read_prefix_list` and passes the result on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from csv import DictReader
from importlib.resources import files
from typing import Final

import orjson

from jinmai.standards.gs1.errors import Gs1Error

SHORTEST: Final = 4
LONGEST: Final = 12
_XML_ENTRY = re.compile(rb'<entry\s+prefix="([0-9]{1,12})"\s+gcpLength="([0-9]{1,2})"')


def _carried() -> dict[str, int]:
    text = (files(__package__) / "company_prefixes.csv").read_text(encoding="utf-8")
    rows = DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["prefix"]: int(row["length"]) for row in rows}


PREFIXES: Final[Mapping[str, int]] = _carried()


def read_prefix_list(data: bytes) -> dict[str, int]:
    """Prefix to length from GS1's published list, XML or JSON. Raises :class:`Gs1Error` for anything else."""
    if data.lstrip()[:1] == b"{":
        try:
            entries = orjson.loads(data)["GCPPrefixFormatList"]["entry"]
            found = {str(one["prefix"]): int(one["gcpLength"]) for one in entries}
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise Gs1Error("/GCPPrefixFormatList/entry", "not GS1's list of prefixes") from error
    else:
        found = {prefix.decode(): int(length) for prefix, length in _XML_ENTRY.findall(data)}
    if not found:
        raise Gs1Error("/GCPPrefixFormatList", "no entry")
    return found


def prefix_length(key: str, prefixes: Mapping[str, int] = PREFIXES) -> int | None:
    """The length of the company prefix that ``key`` starts with, or None where the list does not say it.

    A length of 0 in GS1's list says that no company prefixes are given out there; the answer is None too.
    """
    for count in range(min(LONGEST, len(key)), 0, -1):
        length = prefixes.get(key[:count])
        if length is not None:
            return length or None
    return None
