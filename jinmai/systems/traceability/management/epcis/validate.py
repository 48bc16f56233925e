"""``jinmai epcis validate FILE…``: ``ok`` or the faults with their places, one line a file."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

import orjson

from jinmai.standards.epcis import Fault, Refused, faults
from jinmai.systems.traceability.management.epcis.files import read_file

HELP = "print ok or the faults with their places, one line a file; 1 if any file is refused"


def add_arguments(parser: ArgumentParser) -> None:
    """The files."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="a document; - is standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON value")


def run(options: dict[str, Any], out: TextIO) -> int:
    """Judge every file. Returns 1 where one of them is refused."""
    judged = [(name, _faults_of(name)) for name in options["files"]]
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


def _faults_of(name: str) -> list[Fault]:
    try:
        return faults(read_file(name))
    except Refused as refusal:
        return refusal.faults


def _in_one_line(fault: Fault) -> str:
    return " ".join(str(fault).split())


def _as_json(fault: Fault) -> dict[str, Any]:
    return {"place": fault.place, "line": fault.line, "message": fault.message}
