"""What no form but JSON has a place for, because it is no EPCIS: found before anything is written."""

from __future__ import annotations

from typing import Any, Final

import jsonschema_rs

from jinmai.standards.epcis.document import CannotCarry, Document, pointer
from jinmai.standards.epcis.schema import EVENT_VALIDATORS, SHELL_VALIDATOR, VOCABULARY_VALIDATOR

_ABOUT_RESULTS: Final = ("queryName", "subscriptionID")
_VOCABULARY_AT: Final = {
    "query": "/epcisBody/queryResults/resultsBody/vocabularyList",
    "master_data": "/epcisHeader/epcisMasterData/vocabularyList",
}


def check_form(document: Document) -> None:
    """Raise :class:`CannotCarry` for the first member that is missing, unknown or of the wrong kind.

    Only the form is looked at: what depends on several members or on arithmetic can be written, true or not.
    """
    if document.kind == "event" and not document.events:
        raise CannotCarry("", "type", "the document of one event holds none")
    _check(SHELL_VALIDATOR, document.members | _header(document), "")
    for name in _ABOUT_RESULTS:
        if not isinstance(document.results.get(name, ""), str):
            raise CannotCarry(f"/epcisBody/queryResults/{name}", name, "a text is expected")
    if document.vocabulary is not None:
        _check(VOCABULARY_VALIDATOR, document.vocabulary, _VOCABULARY_AT.get(document.kind, ""))
    for index, event in enumerate(document.events):
        kind = event.get("type") if isinstance(event, dict) else None
        validator = EVENT_VALIDATORS.get(kind) if isinstance(kind, str) else None
        if validator is None:
            raise CannotCarry(f"{document.place_of(index)}/type", "type", "no event type of the standard")
        _check(validator, event, document.place_of(index))


def _header(document: Document) -> dict[str, Any]:
    return {} if document.header is None else {"epcisHeader": document.header}


def _check(validator: jsonschema_rs.Draft202012Validator, value: Any, place: str) -> None:
    if validator.is_valid(value):
        return
    error = next(iter(validator.iter_errors(value)))
    steps = error.instance_path
    at = place + pointer(*steps)
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.AdditionalProperties(unexpected=[name, *_]):
            raise CannotCarry(at + pointer(name), name, "unknown field")
        case jsonschema_rs.ValidationErrorKind.Required(property=name):
            raise CannotCarry(at, str(name), "it is required")
    named = [step for step in steps if isinstance(step, str)]
    raise CannotCarry(at, named[-1] if named else str(value)[:40], error.message[:200])
