"""``jinmai epcis convert FILE --to FORM``: the document in another form, on standard output."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO, get_args

from django.conf import settings
from django.core.management.base import CommandError

from jinmai.standards.epcis import (
    CannotCarry,
    CbvFormat,
    Document,
    EpcFormat,
    Fault,
    Refused,
    Syntax,
    faults,
    write,
)
from jinmai.standards.gs1 import PREFIXES, Gs1Error, read_prefix_list
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
        "--prefixes", type=Path, help="GS1's list of the lengths of company prefixes (XML or JSON), for URNs"
    )
    parser.add_argument(
        "--cbv-format", choices=get_args(CbvFormat), default="No_Preference", help="as in GS1-CBV-XML-Format"
    )


def _prefixes(path: Path | None) -> Mapping[str, int]:
    """China's company prefixes, and those of the list that is named here or in the settings."""
    path = path or settings.JINMAI_COMPANY_PREFIXES
    if path is None:
        return PREFIXES
    try:
        return {**PREFIXES, **read_prefix_list(path.read_bytes())}
    except OSError as error:
        raise Refused(Fault("", f"{path} cannot be read: {error.strerror}")) from None


def run(options: dict[str, Any], out: TextIO) -> int:
    """Convert, and write bytes: the text says itself that it is UTF-8."""
    del out
    try:
        document = _good(options["file"])
        written = write(
            document,
            options["to"],
            epc_format=options["epc_format"],
            cbv_format=options["cbv_format"],
            prefixes=_prefixes(options["prefixes"]),
        )
    except (Refused, CannotCarry, Gs1Error) as refusal:
        raise CommandError(str(refusal)) from refusal
    sys.stdout.buffer.write(written if written.endswith(b"\n") else written + b"\n")
    sys.stdout.buffer.flush()
    return 0


def _good(name: str) -> Document:
    document = read_file(name)
    if found := faults(document):
        raise Refused(*found[:_TOLD])
    return document
