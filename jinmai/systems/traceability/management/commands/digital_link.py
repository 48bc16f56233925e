"""``jinmai digital_link parse|build``: between web addresses and application identifiers."""

from __future__ import annotations

import sys
from typing import Any

import orjson
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinmai.standards import digital_link, gs1

_MOST_BYTES = 65_536
# They come with copying and scanning; no identifier begins or ends with one. A group separator is data.
_BLANKS = " \t\r\n"


class Command(BaseCommand):
    """``parse`` prints identifiers as JSON, ``build`` makes a link of them, ``urn`` the URN of a link."""

    help = "Read a GS1 Digital Link, EPC URN or element string, or build a link of its identifiers."
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
        urn = verbs.add_parser("urn", help="print the EPC URN of a Digital Link")
        urn.add_argument("input", help="a Digital Link")
        urn.add_argument("--prefix-length", type=int, help="digits of the company prefix, 6 to 12")
        build = verbs.add_parser("build", help="print the link of the JSON object on stdin")
        build.add_argument("--stem", default=digital_link.CANONICAL_STEM, help="address before the key")
        for verb in (parse, urn, build):
            verb.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one verb; what is refused ends with 1, the place and the reason."""
        del args
        try:
            if options["verb"] == "parse":
                self.stdout.write(orjson.dumps(_parse(options)).decode())
                return
            link = _urn(options) if options["verb"] == "urn" else _built(options)
        except gs1.Gs1Error as error:
            raise CommandError(str(error)) from error
        self.stdout.write(orjson.dumps(link).decode() if options["json"] else link)


def _built(options: dict[str, Any]) -> str:
    return digital_link.build(_elements(sys.stdin.buffer.read(_MOST_BYTES + 1)), stem=options["stem"])


def _urn(options: dict[str, Any]) -> str:
    """The URN. Digital Links do not show how long the company prefix is: known here, or stated."""
    link = digital_link.read(options["input"].strip(_BLANKS))
    path, settings_list = digital_link.build(link.path), settings.JINMAI_COMPANY_PREFIXES
    listed = gs1.read_prefix_list(settings_list.read_bytes()) if settings_list else {}
    length = options["prefix_length"]
    return gs1.to_urn(path, company_prefix_length=length, prefixes={**gs1.PREFIXES, **listed})


def _parse(options: dict[str, Any]) -> dict[str, str]:
    text = options["input"].strip(_BLANKS)
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
