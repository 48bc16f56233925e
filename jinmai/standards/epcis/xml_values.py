"""Extensions: values of JSON-LD written as elements. What it writes, ``xml_extensions`` reads back."""

from __future__ import annotations

from typing import Any, Final

from jinmai.standards.epcis.document import CannotCarry, pointer
from jinmai.standards.epcis.ignore_lists import is_ignore_list, write_ignore_list
from jinmai.standards.epcis.xml_output import Output, escaped, literal, type_of

BLANKS: Final = " \t\r\n"


def write_member(out: Output, name: str, value: Any, place: str) -> None:
    """The element or, for a list, the elements that a member becomes. ``place`` is that of the member."""
    tag = out.name(name, place)
    if isinstance(value, list):
        if not value:
            raise CannotCarry(place, name, "XML has no place for an empty list")
        for index, item in enumerate(value):
            if isinstance(item, list):
                raise CannotCarry(f"{place}/{index}", name, "XML has no place for a list inside of a list")
            write_value(out, tag, item, f"{place}/{index}")
    else:
        write_value(out, tag, value, place)


def write_value(out: Output, tag: str, value: Any, place: str, attributes: str = "") -> None:
    """One element with this value."""
    if isinstance(value, dict):
        _write_object(out, tag, value, place, attributes)
    else:
        _write_scalar(out, tag, value, place, attributes)


def _write_scalar(out: Output, tag: str, value: Any, place: str, attributes: str) -> None:
    if isinstance(value, str):
        if value != value.strip(BLANKS):
            attributes += ' xml:space="preserve"'
        out.raw(f"<{tag}{attributes}>{escaped(value, place, tag)}</{tag}>")
    elif value is None or isinstance(value, int | float):
        content = "" if value is None else literal(value)
        out.raw(f"<{tag}{attributes}{type_of(value)}>{content}</{tag}>")
    else:
        raise CannotCarry(place, tag, "XML has no place for a value of this kind")


def _write_object(out: Output, tag: str, value: dict[str, Any], place: str, attributes: str) -> None:
    if not value:
        raise CannotCarry(place, tag, "XML has no place for an empty object")
    members: list[tuple[str, Any]] = []
    for name, content in value.items():
        if not name.startswith("@"):
            members.append((name, content))
        elif name != "@value":
            at = place + pointer(name)
            if not isinstance(content, str):
                raise CannotCarry(at, name, "an attribute of XML holds text only")
            attributes += out.attribute(out.name(name[1:], at), content, at)
    if "@value" in value:
        at = f"{place}/@value"
        if members or isinstance(value["@value"], dict | list):
            raise CannotCarry(at, tag, "XML has no place for a value with members beside it")
        _write_scalar(out, tag, value["@value"], at, attributes)
        return
    out.raw(f"<{tag}{attributes}>")
    for name, content in members:
        write_member(out, name, content, place + pointer(name))
    out.raw(f"</{tag}>")


def write_extensions(out: Output, value: dict[str, Any], place: str) -> None:
    """Every extension among the members of an object of the standard."""
    for name, content in value.items():
        if ":" in name:
            write_member(out, name, content, place + pointer(name))


def write_members_around(out: Output, value: dict[str, Any], place: str) -> None:
    """The extensions of a document or of a query's results: names that it ignores are elements there."""
    for name, content in value.items():
        at = place + pointer(name)
        if ":" in name and not (is_ignore_list(name) and write_ignore_list(out, name, content, at)):
            write_member(out, name, content, at)
