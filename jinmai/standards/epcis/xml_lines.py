"""The lines of XML on which the members of an event stand."""

from __future__ import annotations

from jinmai.standards.epcis.xml_names import Element, line_of, split

_WRAPPERS = ("baseExtension", "extension")


class XmlLines:
    """Finds the line of what stands at a JSON pointer inside of an event. It keeps the parsed text alive."""

    def __init__(self, elements: list[Element]) -> None:
        self._elements = elements

    def line_of(self, index: int, place: str) -> int | None:
        """The line of the element at this place, or of the nearest one around it."""
        element = self._elements[index]
        siblings: list[Element] = []
        for step in place.split("/")[1:]:
            if step.isdecimal():
                children = siblings if len(siblings) > 1 else list(element)
                if int(step) >= len(children):
                    break
                element, siblings = children[int(step)], []
            else:
                siblings = _children(element, step.replace("~1", "/").rpartition(":")[2])
                if not siblings:
                    break
                element = siblings[0]
        return line_of(element)


def _children(element: Element, name: str) -> list[Element]:
    """The children of this name, also those inside of the wrappers of version 1.2."""
    found: list[Element] = []
    for child in element:
        local = split(str(child.tag))[1]
        if local == name:
            found.append(child)
        elif local in _WRAPPERS:
            found += _children(child, name)
    return found
