"""Writing EPCIS in any of its forms."""

from __future__ import annotations

from jinmai.standards.epcis.document import Document, Syntax
from jinmai.standards.epcis.json_form import write_json


def write(document: Document, form: Syntax) -> bytes:
    """The document in this form. Raises ``CannotCarry`` where the form has no place for something in it."""
    if form != "json-2.0":
        raise ValueError(f"there is no form {form!r}")
    return write_json(document)
