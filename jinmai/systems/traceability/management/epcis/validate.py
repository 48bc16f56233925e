"""``jinmai epcis validate FILE…``: ``ok`` or the faults with their places, one line a file."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any, Final, TextIO

import orjson

from jinmai.standards.epcis import Document, Fault, Refused, faults, gdst
from jinmai.systems.traceability.management.epcis.files import read_file

HELP = "print ok or the faults with their places, one line a file; 1 if any file is refused"

# Of which documents the key data elements of the seafood trade are asked for.
_PROFILES: Final[dict[str, Callable[[Document], bool]]] = {
    "auto": gdst.claims,
    "gdst": lambda _: True,
    "epcis": lambda _: False,
}


def add_arguments(parser: ArgumentParser) -> None:
    """The files and what is asked of them."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="a document; - is standard input")
    parser.add_argument(
        "--profile",
        choices=tuple(_PROFILES),
        default="auto",
        help="gdst asks for the key data elements of the seafood trade; auto does so of documents that "
        "declare its namespace",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON value")


def run(options: dict[str, Any], out: TextIO) -> int:
    """Judge every file. Returns 1 where one of them is refused."""
    asks_for_gdst = _PROFILES[options["profile"]]
    judged = [(name, _faults_of(name, asks_for_gdst)) for name in options["files"]]
    if options["json"]:
        answer = [
            {"file": name, "ok": not found, "faults": [_as_json(fault) for fault in found]}
            for name, found in judged
        ]
        out.write(orjson.dumps(answer).decode() + "\n")
    else:
        out.writelines(
            ("; ".join(_in_one_line(fault) for fault in found) or "ok") + "\n" for _, found in judged
        )
    return int(any(found for _, found in judged))


def _faults_of(name: str, asks_for_gdst: Callable[[Document], bool]) -> list[Fault]:
    try:
        document = read_file(name)
    except Refused as refusal:
        return refusal.faults
    found = faults(document)
    return found if found or not asks_for_gdst(document) else gdst.faults(document)


def _in_one_line(fault: Fault) -> str:
    return " ".join(str(fault).split())


def _as_json(fault: Fault) -> dict[str, Any]:
    return {"place": fault.place, "line": fault.line, "message": fault.message}
