"""The structure of events and documents as JSON Schema, written from the standard and compiled once.

The schema says which members there are and of what type; what depends on several members at once, and
everything that needs arithmetic, is said in ``semantics`` with messages of its own.
"""

from __future__ import annotations

from typing import Any, Final

import jsonschema_rs

from jinmai.standards.epcis.event_fields import FIELDS as EVENT_FIELDS
from jinmai.standards.epcis.event_fields import METADATA_FIELDS, ORDER, REPORT_FIELDS
from jinmai.standards.epcis.vocabulary import RESERVED, TERMS

Schema = dict[str, Any]

TIME_PATTERN: Final = (
    r"^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(?:\.[0-9]+)?(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))$"
)
_URI: Final[Schema] = {
    "type": "string",
    "maxLength": 2048,
    "pattern": r"^[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\u0000-\u0020]+$",
}
_DOCUMENT_ID: Final[Schema] = {"type": "string", "pattern": r"^(?:_|[A-Za-z][A-Za-z0-9+.\-]*):\S+$"}
_TIME: Final[Schema] = {"type": "string", "pattern": TIME_PATTERN}
_TEXT: Final[Schema] = {"type": "string"}
_NUMBER: Final[Schema] = {"type": "number"}


def _list(item: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": item, **more}


def _object(properties: Schema, *, required: tuple[str, ...] = (), open_to: str | None = None) -> Schema:
    """An object of these members; ``open_to`` is the pattern of names that extensions may have."""
    schema: Schema = {"type": "object", "properties": properties, "required": list(required)}
    if open_to is None:
        schema["additionalProperties"] = False
    else:
        schema["patternProperties"] = {open_to: True}
        schema["additionalProperties"] = False
    return schema


# An extension's name is prefixed or a whole URI.
_EXTENSION: Final = "^[^:\\s]+:\\S+$"


def _term(kind: str) -> Schema:
    """A bare word of the vocabulary, or a URI of somebody else's."""
    words = TERMS[kind][0]
    own = "|".join(start.replace(".", r"\.") for start in RESERVED)
    return {
        "if": {"pattern": ":"},
        "then": {**_URI, "not": {"pattern": f"^(?:{own})"}},
        "else": {"enum": list(words)},
    }


_QUANTITY: Final = _object(
    {
        "epcClass": _URI,
        "quantity": {"type": "number", "minimum": 0},
        "uom": {"type": "string", "pattern": "^[A-Z0-9]{2,3}$"},
    },
    required=("epcClass",),
)
_DISPOSITIONS: Final = _list(_term("disposition"), minItems=1, uniqueItems=True)


def _party(name: str) -> Schema:
    return _list(_object({"type": _term("sourceDestType"), name: _URI}, required=("type", name)))


_SIMPLE: Final[dict[str, Schema]] = {
    "time": _TIME,
    "uri": _URI,
    "text": _TEXT,
    "number": _NUMBER,
    "boolean": {"type": "boolean"},
    "hex": {"type": "string", "pattern": "^(?:[0-9A-Fa-f]{2})+$"},
    "measurement": _term("measurement"),
    "alert": _term("alert"),
    "component": _term("component"),
}
_METADATA: Final = _object(
    {name: _SIMPLE[kind] for name, kind in METADATA_FIELDS.items()}, open_to=_EXTENSION
)
_REPORT: Final = _object({name: _SIMPLE[kind] for name, kind in REPORT_FIELDS.items()}, open_to=_EXTENSION)

_KINDS: Final[dict[str, Schema]] = {
    **_SIMPLE,
    "offset": {"type": "string", "pattern": "^[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)$"},
    "uris": {"if": {"type": "array"}, "then": _list(_URI, minItems=1), "else": _URI},
    "error": _object(
        {"declarationTime": _TIME, "reason": _term("errorReason"), "correctiveEventIDs": _list(_URI)},
        required=("declarationTime",),
        open_to=_EXTENSION,
    ),
    "epcs": _list(_URI),
    "quantities": _list(_QUANTITY),
    "action": {"enum": ["ADD", "OBSERVE", "DELETE"]},
    "bizStep": _term("bizStep"),
    "disposition": _term("disposition"),
    "persistent": {**_object({"set": _DISPOSITIONS, "unset": _DISPOSITIONS}), "minProperties": 1},
    "place": _object({"id": _URI}, required=("id",), open_to=_EXTENSION),
    "transactions": _list(
        _object({"type": _term("bizTransactionType"), "bizTransaction": _URI}, required=("bizTransaction",))
    ),
    "sources": _party("source"),
    "destinations": _party("destination"),
    "sensors": _list(
        _object(
            {
                "type": {"const": "epcis:SensorElement"},
                "sensorMetadata": _METADATA,
                "sensorReport": _list(_REPORT, minItems=1),
            },
            required=("sensorReport",),
            open_to=_EXTENSION,
        )
    ),
    "ilmd": _object({}, open_to=_EXTENSION),
}

_REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "ObjectEvent": ("action",),
    "AggregationEvent": ("action",),
    "TransactionEvent": ("action", "bizTransactionList"),
    "TransformationEvent": (),
    "AssociationEvent": ("action", "parentID"),
}


def _event(kind: str) -> Schema:
    members: Schema = {name: _KINDS[EVENT_FIELDS[name]] for name in ORDER[kind]}
    members |= {
        "type": {"const": kind},
        "@context": {"type": ["string", "object", "array"]},
        "id": _DOCUMENT_ID,
    }
    return _object(
        members, required=("type", "eventTime", "eventTimeZoneOffset", *_REQUIRED[kind]), open_to=_EXTENSION
    )


_VOCABULARY: Final = _list(
    _object(
        {
            "type": _URI,
            "vocabularyElementList": _list(
                _object(
                    {
                        "id": _URI,
                        "attributes": _list(
                            {"type": "object", "required": ["id"], "properties": {"id": _URI}}
                        ),
                        "children": _list(_URI),
                    },
                    required=("id",),
                    open_to=_EXTENSION,
                )
            ),
        },
        required=("type",),
        open_to=_EXTENSION,
    )
)

# Everything around the events. Events themselves are judged one by one.
_SHELL: Final = _object(
    {
        "@context": {"type": ["string", "object", "array"]},
        "id": _DOCUMENT_ID,
        "type": _TEXT,
        "schemaVersion": {"type": "string", "pattern": r"^2(?:\.[0-9]+)*$"},
        "creationDate": _TIME,
        "instanceIdentifier": _TEXT,
        "sender": _TEXT,
        "receiver": _TEXT,
        "epcisHeader": _object(
            {"epcisMasterData": _object({"vocabularyList": _VOCABULARY}, open_to=_EXTENSION)},
            open_to=_EXTENSION,
        ),
    },
    open_to=_EXTENSION,
)

# Extensions may nest as deep as orjson reads; the validator is given no reference to follow.
EVENT_VALIDATORS: Final = {kind: jsonschema_rs.Draft202012Validator(_event(kind)) for kind in ORDER}
SHELL_VALIDATOR: Final = jsonschema_rs.Draft202012Validator(_SHELL)
VOCABULARY_VALIDATOR: Final = jsonschema_rs.Draft202012Validator(_VOCABULARY)
