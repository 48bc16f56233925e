"""``jinmai epcis hash FILE``: the CBV 2.0 hash of each event, one a line in document order."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

import orjson
from django.core.management.base import CommandError

from jinmai.standards.epcis import Refused
from jinmai.standards.event_hash import document_hashes
from jinmai.systems.traceability.management.epcis.files import read_file

HELP = "print the hash of each event, ni:///sha-256;…?ver=CBV2.0, one a line in document order"


def add_arguments(parser: ArgumentParser) -> None:
    """The file."""
    parser.add_argument("file", metavar="FILE", help="a document; - is standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON value")


def run(options: dict[str, Any], out: TextIO) -> int:
    """Hash all events of a document that can be read, whether or not they are valid."""
    try:
        found = document_hashes(read_file(options["file"]))
    except Refused as refusal:
        raise CommandError(str(refusal)) from refusal
    if options["json"]:
        out.write(orjson.dumps(found).decode() + "\n")
    else:
        out.writelines(one + "\n" for one in found)
    return 0
