"""``jinmai epcis convert FILE --to FORM``: the document in another form, on standard output."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any, TextIO, get_args

from django.core.management.base import CommandError

from jinmai.standards.epcis import (
    CannotCarry,
    CbvFormat,
    Document,
    EpcFormat,
    Refused,
    Syntax,
    faults,
    write,
)
from jinmai.systems.traceability.management.epcis.files import read_file

HELP = "write a document in another form to standard output"
# So many faults are told of a document that is not converted.
_TOLD = 20


def add_arguments(parser: ArgumentParser) -> None:
    """The file, the form, and how identifiers and terms are spelled."""
    parser.add_argument("file", metavar="FILE", help="a document; - is standard input")
    parser.add_argument("--to", required=True, choices=get_args(Syntax), help="the form to write")
    parser.add_argument(
        "--epc-format", choices=get_args(EpcFormat), default="No_Preference", help="as in GS1-EPC-Format"
    )
    parser.add_argument(
        "--cbv-format", choices=get_args(CbvFormat), default="No_Preference", help="as in GS1-CBV-XML-Format"
    )


def run(options: dict[str, Any], out: TextIO) -> int:
    """Convert, and write bytes: the text says itself that it is UTF-8."""
    del out
    try:
        document = _good(options["file"])
        written = write(
            document, options["to"], epc_format=options["epc_format"], cbv_format=options["cbv_format"]
        )
    except (Refused, CannotCarry) as refusal:
        raise CommandError(str(refusal)) from refusal
    sys.stdout.buffer.write(written if written.endswith(b"\n") else written + b"\n")
    sys.stdout.buffer.flush()
    return 0


def _good(name: str) -> Document:
    document = read_file(name)
    if found := faults(document):
        raise Refused(*found[:_TOLD])
    return document
