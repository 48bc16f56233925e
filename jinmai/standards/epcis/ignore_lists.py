"""Lists of extensions that a document keeps out of its events' hashes: ``repository-x:ignoreFields``.

JSON spells the names as texts, XML as empty elements inside of it. Read from either they are the list that
JSON has, so that the names keep their namespaces whatever the prefixes of the form. Source: the reference
implementation of the event hash and its vectors.
"""

from __future__ import annotations

from typing import Any, Final

from jinmai.standards.epcis.xml_output import Output

_IGNORE: Final = "ignoreFields"


def is_ignore_list(name: str) -> bool:
    """Whether a member of a document or of a query's results has this meaning, under whichever prefix."""
    return name.endswith(":" + _IGNORE)


def names_in(value: Any) -> list[str]:
    """The names that such a member holds, as JSON or as XML spells them."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, dict):
        return [name for name in value if not name.startswith("@")]
    return [name for one in value for name in names_in(one)] if isinstance(value, list) else []


def with_ignore_lists(members: dict[str, Any]) -> dict[str, Any]:
    """The members that XML gave, with lists of names in place of empty elements."""
    return {
        name: names_in(value) if is_ignore_list(name) and _names_only(value) else value
        for name, value in members.items()
    }


def _names_only(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_names_only, value))
    if isinstance(value, dict):
        return all(
            one == "" or (isinstance(one, list) and not any(one)) for name, one in value.items()
        ) and not any(name.startswith("@") for name in value)
    return isinstance(value, str)


def write_ignore_list(out: Output, name: str, value: Any, place: str) -> bool:
    """Write the names as empty elements; False where the value is none but something else of that name."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        return False
    tag = out.name(name, place)
    inside = "".join(f"<{out.name(one, place)}/>" for one in dict.fromkeys(names))
    out.raw(f"<{tag}>{inside}</{tag}>")
    return True
