"""Extensions: the values of elements that the standard does not know, read from XML.

Elements become members, repeated ones a list, elements with children objects. Types that ``xsi:type`` names
become those of JSON. An attribute becomes a member whose name starts with ``@``; text beside it, if there is
any, is then ``@value``, as JSON-LD writes the value of something that has more to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from jinmai.standards.epcis.xml_names import OWN, XML, XSI, Element, Reading, split

_SPACE: Final = f"{{{XML}}}space"
_TYPE: Final = f"{{{XSI}}}type"
_NIL: Final = f"{{{XSI}}}nil"
_INTEGERS: Final = ("integer", "int", "long", "short", "nonNegativeInteger", "positiveInteger", "unsignedInt")
_NUMBERS: Final = ("decimal", "double", "float")
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}


def number(text: str) -> int | float | str:
    """The number that the text spells; the text itself where it spells none, for the schema to refuse."""
    try:
        if text.lstrip("+-").isdecimal() and text.isascii():
            whole = int(text)
            return whole if -(2**63) <= whole < 2**64 else float(text)
        value = float(text)
    except ValueError:
        return text
    return value if value - value == 0 and "_" not in text else text


def boolean(text: str) -> bool | str:
    """The truth value that the text spells; the text itself where it spells none."""
    return _BOOLEANS.get(text, text)


def _scalar(element: Element) -> Any:
    text = element.text or ""
    if element.get(_NIL) in ("true", "1"):
        return None
    kind = (element.get(_TYPE) or "").rpartition(":")[2]
    if element.get(_SPACE) != "preserve":
        text = text.strip(" \t\r\n")
    if kind in _INTEGERS or kind in _NUMBERS:
        value = number(text)
        return float(value) if kind in ("double", "float") and isinstance(value, int) else value
    if kind == "boolean":
        return boolean(text)
    return text


def _attributes(element: Element, reading: Reading) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for tag, value in element.attrib.items():
        namespace, local = split(str(tag))
        if namespace == XSI or tag == _SPACE:
            continue
        found[f"@xml:{local}" if namespace == XML else "@" + reading.name(str(tag), element)] = value
    return found


def value_of(element: Element, reading: Reading, *, without: str | None = None) -> Any:
    """The JSON value of an element; the attribute named ``without`` is left out."""
    members = _attributes(element, reading) if element.attrib else {}
    if without is not None:
        members.pop(f"@{without}", None)
    if len(element) == 0:
        scalar = _scalar(element)
        if not members:
            return scalar
        return members if scalar == "" else {"@value": scalar, **members}
    texts = [element.text, *(child.tail for child in element)]
    if any(text and not text.isspace() for text in texts):
        reading.fault(element, "text between elements has no meaning here")
    members |= members_of(((reading.name(str(child.tag), child), child) for child in element), reading)
    return members


def members_of(named: Iterable[tuple[str, Element]], reading: Reading) -> dict[str, Any]:
    """The members that these named elements make: a list under a name that stands more than once."""
    gathered: dict[str, list[Any]] = {}
    for name, element in named:
        gathered.setdefault(name, []).append(value_of(element, reading))
    return {name: values[0] if len(values) == 1 else values for name, values in gathered.items()}


def extensions_of(element: Element, known: frozenset[str], reading: Reading) -> dict[str, Any]:
    """The extensions among the children of an element of the standard.

    ``known`` are the standard's own children, which are left out. What stands inside of ``extension`` without
    a namespace belongs to nobody and is kept as such; without a namespace outside of it, it is a fault.
    """
    named: list[tuple[str, Element]] = []
    for child in element:
        namespace, local = split(str(child.tag))
        if namespace not in OWN:
            named.append((reading.name(str(child.tag), child), child))
        elif local == "extension":
            named += _wrapped(child, known, reading)
        elif local not in known:
            reading.fault(child, f"{local} is not an element of the standard here")
    return members_of(named, reading) if named else {}


def _wrapped(wrapper: Element, known: frozenset[str], reading: Reading) -> list[tuple[str, Element]]:
    named: list[tuple[str, Element]] = []
    for child in wrapper:
        namespace, local = split(str(child.tag))
        if namespace not in OWN:
            named.append((reading.name(str(child.tag), child), child))
        elif local == "extension":
            named += _wrapped(child, known, reading)
        elif local not in known:
            named.append((reading.local_name(local), child))
    return named
