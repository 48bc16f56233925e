"""Parsing foreign XML without letting it do anything: no entities, no network, no schema, bounded depth.

A document type declaration that declares nothing is harmless and occurs in GS1's own examples. One that
declares entities or defaults, or that points elsewhere, is refused before the parser sees it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from xml.sax.saxutils import quoteattr

from lxml import etree

from jinmai.standards.epcis.document import Fault, Limits, Refused
from jinmai.standards.epcis.xml_names import Element, line_of

# Encodings in which markup is written in ASCII, so that the look at the prologue sees what the parser sees.
_ENCODINGS: Final = ("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252")
_DECLARATION: Final = re.compile(rb"^<\?xml\s[^>]*?\?>")
_ENCODING: Final = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._\-]+)["']""")
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE\s+[\w:.\-]+\s*")
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def looks_like_xml(data: bytes) -> bool:
    """Whether the first sign that is not blank is that of markup."""
    start = data[:512].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    return start[:1] == b"<"


def _without_bom(data: bytes) -> tuple[bytes, str | None]:
    """The text after its byte order mark, and the encoding that the first bytes tell."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :], name
    if data[:2] == b"<\x00":
        return data, "utf-16-le"
    return data, "utf-16-be" if data[:2] == b"\x00<" else None


def _decode(data: bytes, encoding: str) -> bytes:
    try:
        return data.decode(encoding).encode("utf-8")
    except UnicodeError:
        raise Refused(Fault("", f"the bytes are not {encoding}", 1)) from None


def _in_utf8(data: bytes) -> bytes:
    """The text in UTF-8 with no declaration of its encoding left to contradict it."""
    data, encoding = _without_bom(data)
    if encoding in ("utf-16-le", "utf-16-be"):
        data = _decode(data, encoding)
    declaration = _DECLARATION.match(data.lstrip())
    if declaration is None:
        return data
    declared = _ENCODING.search(declaration[0])
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    rest = b"\n" * declaration[0].count(b"\n") + data.lstrip()[len(declaration[0]) :]
    if encoding is not None:
        if not name.startswith(encoding[:5]):
            raise Refused(Fault("", f"the declaration says {name}, the bytes are {encoding}", 1))
        return rest
    if name not in _ENCODINGS:
        raise Refused(Fault("", f"the encoding {name} is not taken: XML is exchanged in UTF-8", 1))
    return rest if name in ("utf-8", "utf8") else _decode(rest, name)


def _refuse_declarations(data: bytes) -> None:
    """Refuses a document type declaration that declares something or points somewhere."""
    at = data.find(b"<!DOCTYPE")
    while at >= 0:
        line = data.count(b"\n", 0, at) + 1
        found = _DOCTYPE.match(data, at)
        after = data[found.end() : found.end() + 6] if found else b"?"
        if after[:1] == b"[" or not found:
            raise Refused(
                Fault("", "the document type declares entities or defaults; XML is taken without", line)
            )
        if after[:6] in (b"SYSTEM", b"PUBLIC"):
            raise Refused(
                Fault("", "the document type points to something outside; XML is taken without", line)
            )
        if after[:1] != b">":
            raise Refused(Fault("", "the document type declaration is not well-formed", line))
        at = data.find(b"<!DOCTYPE", found.end())


@lru_cache(maxsize=256)
def is_namespace(address: str) -> bool:
    """Whether XML takes this as the address of a namespace: the parser itself is asked."""
    try:
        etree.fromstring(f"<x xmlns:x={quoteattr(address)}/>".encode())
    except (etree.XMLSyntaxError, ValueError):
        return False
    return True


def parse(data: bytes, limits: Limits) -> Element:
    """The root element. Raises ``Refused`` with the line where the text is not well-formed or not taken."""
    text = _in_utf8(data)
    _refuse_declarations(text)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        line = error.position[0] or error.lineno or 1
        raise Refused(Fault("", f"not well-formed XML: {error.msg}", line)) from None
    except ValueError as error:
        raise Refused(Fault("", f"not XML: {error}", 1)) from None
    if root is None:
        raise Refused(Fault("", "there is no element in the document", 1))
    _refuse_depth(root, limits.deepest)
    return root


def _refuse_depth(root: Element, deepest: int) -> None:
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            depth += 1
            if depth > deepest:
                raise Refused(Fault("", f"elements nest deeper than {deepest} levels", line_of(element)))
        else:
            depth -= 1
