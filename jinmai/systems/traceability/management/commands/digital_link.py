"""``jinmai digital_link parse|build``: between web addresses and application identifiers."""

from __future__ import annotations

import sys
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinmai.standards import digital_link, gs1

_MOST_BYTES = 65_536


class Command(BaseCommand):
    """``parse`` prints the identifiers as a JSON object, ``build`` takes one on stdin and prints the link."""

    help = "Read a GS1 Digital Link, EPC URN or element string, or build a link from application identifiers."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Two verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        parse = verbs.add_parser("parse", help="print the application identifiers of the input")
        parse.add_argument(
            "input", help="a Digital Link, an EPC URN, or an element string such as (01)…(21)…"
        )
        parse.add_argument("--words", action="store_true", help="allow gtin, lot, ser … in the path")
        parse.add_argument("--short-gtins", action="store_true", help="allow GTINs of 8, 12 and 13 digits")
        build = verbs.add_parser("build", help="print the link of the JSON object on stdin")
        build.add_argument("--stem", default=digital_link.CANONICAL_STEM, help="address before the key")
        for verb in (parse, build):
            verb.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one verb; what is refused ends with 1, the place and the reason."""
        del args
        try:
            if options["verb"] == "parse":
                self.stdout.write(orjson.dumps(_parse(options)).decode())
                return
            link = digital_link.build(_elements(sys.stdin.buffer.read(_MOST_BYTES + 1)), stem=options["stem"])
        except gs1.Gs1Error as error:
            raise CommandError(str(error)) from error
        self.stdout.write(orjson.dumps(link).decode() if options["json"] else link)


def _parse(options: dict[str, Any]) -> dict[str, str]:
    # Blanks come with copying and scanning; no identifier begins or ends with one. A group separator is data.
    text = options["input"].strip(" \t\r\n")
    if text[:4].lower() == "urn:":
        return gs1.read_urn(text)
    if text[:4].lower() == "http":
        link = digital_link.read(text, words=options["words"], short_gtins=options["short_gtins"])
        elements = link.elements
    else:
        elements = gs1.parse(text)
    for fault in gs1.carrier_faults(elements):
        raise fault
    return elements


def _elements(data: bytes) -> dict[str, str]:
    if len(data) > _MOST_BYTES:
        raise gs1.Gs1Error("stdin", f"more than {_MOST_BYTES} bytes")
    try:
        told = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise gs1.Gs1Error("stdin", f"no JSON: {error}") from error
    if not isinstance(told, dict):
        raise gs1.Gs1Error("/", "no JSON object of application identifiers")
    for code, value in told.items():
        if not isinstance(value, str):
            raise gs1.Gs1Error(f"/{code[:20]}", "not a text")
    return told
