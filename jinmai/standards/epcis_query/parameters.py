"""From the name of a parameter to the predicate it stands for.

Sources: GS1 EPCIS 2.0.1, sections 8.2.7.1 (SimpleEventQuery) and 12 (REST bindings), the OpenAPI and
the query schema beside it. Where
those two spell a name differently both spellings are taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from jinmai.standards.epcis.document import EVENT_TYPES
from jinmai.standards.epcis.vocabulary import to_word
from jinmai.standards.epcis_query.fields import (
    ALL_CLASS_LISTS,
    CLASS_LISTS,
    FIELDS,
    INSTANCE_LISTS,
    Extension,
)
from jinmai.standards.epcis_query.identity import pattern_of
from jinmai.standards.epcis_query.predicates import (
    Attributed,
    Compared,
    Descends,
    Linked,
    Measured,
    Named,
    Numbered,
    OneOf,
    Predicate,
    Present,
    Since,
)
from jinmai.standards.epcis_query.terms import words
from jinmai.standards.epcis_query.values import ParameterRefused, Raw
from jinmai.standards.gs1 import canonical


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a query is read in: the namespaces of its prefixes, and which places lie below which."""

    prefixes: Mapping[str, str] = field(default_factory=dict)
    below: Mapping[str, frozenset[str]] = field(default_factory=dict)


Builder = Callable[[Raw, Surroundings], Predicate | None]


def _uris(raw: Raw) -> frozenset[str]:
    wrong = [one for one in raw.texts() if ":" not in one or any(blank in one for blank in " \t\r\n")]
    if wrong:
        raise raw.refused(f"{wrong[0][:80]!r} is no URI")
    return frozenset(map(canonical, raw.texts()))


def _terms(name: str, kind: str) -> Builder:
    return lambda raw, _: OneOf(raw.parameter, FIELDS[name], words(raw, kind))


def _one_of_uris(name: str) -> Builder:
    return lambda raw, _: OneOf(raw.parameter, FIELDS[name], _uris(raw), uris=True)


def _one_of_texts(name: str) -> Builder:
    return lambda raw, _: OneOf(raw.parameter, FIELDS[name], frozenset(raw.texts()))


def _since(name: str, operator: str) -> Builder:
    return lambda raw, _: Since(raw.parameter, FIELDS[name], operator, raw.instant())


def _numbered(name: str, operator: str) -> Builder:
    def build(raw: Raw, _: Surroundings) -> Predicate:
        numbers = raw.numbers() if operator == "EQ" else frozenset({raw.number()})
        return Numbered(raw.parameter, FIELDS[name], operator, numbers)

    return build


def _named(*places: str) -> Builder:
    def build(raw: Raw, _: Surroundings) -> Predicate:
        patterns = []
        for given in raw.texts():
            pattern = pattern_of(given)
            if pattern is None:
                raise raw.refused(f"{given[:80]!r} is neither a URI nor a known pattern")
            patterns.append(pattern)
        return Named(raw.parameter, places, tuple(patterns))

    return build


def _descends(name: str) -> Builder:
    return lambda raw, around: Descends(raw.parameter, FIELDS[name], _uris(raw), around.below)


def _present(name: str) -> Builder:
    return lambda raw, _: Present(raw.parameter, FIELDS[name]) if raw.flag() else None


def _types(raw: Raw, _: Surroundings) -> Predicate:
    for given in raw.texts():
        if given not in EVENT_TYPES and ":" not in given:
            raise raw.refused(f"there is no event type {given[:80]!r}")
    return OneOf(raw.parameter, FIELDS["type"], frozenset(raw.texts()))


def _actions(raw: Raw, _: Surroundings) -> Predicate:
    for given in raw.texts():
        if given not in ("ADD", "OBSERVE", "DELETE"):
            raise raw.refused(f"{given[:80]!r} is none of ADD, OBSERVE, DELETE")
    return OneOf(raw.parameter, FIELDS["action"], frozenset(raw.texts()))


def _truth(raw: Raw, _: Surroundings) -> Predicate:
    if raw.given not in ("true", "false") and not isinstance(raw.given, bool):
        raise raw.refused("true or false is expected")
    return OneOf(raw.parameter, FIELDS["booleanValue"], frozenset({str(raw.given).lower()}))


FIXED: Final[dict[str, Builder]] = {
    "eventType": _types,
    "EQ_action": _actions,
    "EQ_bizStep": _terms("bizStep", "bizStep"),
    "EQ_disposition": _terms("disposition", "disposition"),
    "EQ_persistentDisposition_set": _terms("persistentDisposition_set", "disposition"),
    "EQ_persistentDisposition_unset": _terms("persistentDisposition_unset", "disposition"),
    "EQ_errorReason": _terms("errorReason", "errorReason"),
    "EQ_type": _terms("measurement", "measurement"),
    "EQ_booleanValue": _truth,
    "EXISTS_errorDeclaration": _present("errorDeclaration"),
    "EXISTS_sensorElementList": _present("sensorElementList"),
    "EXISTS_sensorElement": _present("sensorElementList"),
    **{
        f"EQ_{name}": _one_of_uris(name)
        for name in (
            "readPoint", "bizLocation", "transformationID", "eventID", "correctiveEventID", "deviceID",
            "dataProcessingMethod", "microorganism", "chemicalSubstance", "bizRules", "uriValue",
        )
    },
    **{f"EQ_{name}": _one_of_texts(name) for name in ("stringValue", "hexBinaryValue")},
    **{f"WD_{name}": _descends(name) for name in ("readPoint", "bizLocation")},
    **{
        f"{operator}_{name}": _since(name, operator)
        for operator in ("GE", "LT")
        for name in ("eventTime", "recordTime", "errorDeclarationTime", "time", "startTime", "endTime")
    },
    **{
        f"{operator}_errorDeclaration_Time": _since("errorDeclarationTime", operator)
        for operator in ("GE", "LT")
    },
    **{f"{one}_quantity": _numbered("quantity", one) for one in ("EQ", "GT", "GE", "LT", "LE")},
    **{f"{operator}_percRank": _numbered("percRank", operator) for operator in ("GT", "GE", "LT", "LE")},
    "MATCH_epc": _named(*INSTANCE_LISTS),
    "MATCH_parentID": _named("parentID"),
    "MATCH_inputEPC": _named("inputEPCList"),
    "MATCH_outputEPC": _named("outputEPCList"),
    "MATCH_anyEPC": _named(*INSTANCE_LISTS, "parentID", "inputEPCList", "outputEPCList"),
    "MATCH_epcClass": _named(*CLASS_LISTS),
    "MATCH_inputEPCClass": _named("inputQuantityList"),
    "MATCH_outputEPCClass": _named("outputQuantityList"),
    "MATCH_anyEPCClass": _named(*ALL_CLASS_LISTS),
}  # fmt: skip

_SENSOR: Final = "SENSORELEMENT|SENSORMETADATA|SENSORREPORT"
# No prefix begins with a word that says where to look.
_NAME: Final = (
    rf"(?P<prefix>(?!(?:INNER|ILMD|ERROR_DECLARATION|{_SENSOR})_)[A-Za-z][\w.\-]*):(?P<local>[\w.\-]+)"
)
_OWN_FIELD = re.compile(
    r"(?P<operator>EQ|GT|GE|LT|LE)_(?P<inner>INNER_)?"
    rf"(?:(?P<container>ILMD|ERROR_DECLARATION|{_SENSOR})_)?{_NAME}"
)
_OF_PLACE = re.compile(rf"(?P<operator>EQ)_(?P<inner>INNER_)?(?P<container>readPoint|bizLocation)_{_NAME}")
_OWN_EXISTS = re.compile(
    rf"EXISTS_(?:(?P<inner>INNER_)?(?:(?P<container>ILMD|ERROR_DECLARATION)_)?|(?P<sensor>{_SENSOR})_){_NAME}"
)
_HAS_ATTRIBUTE = re.compile(rf"HASATTR_{_NAME}")
_ATTRIBUTE = re.compile(
    r"EQ_ATTR_(?:(?P<prefix>[A-Za-z][\w.\-]*):)?(?P<local>[\w.\-]+?)_"
    r"(?P<attribute>[\w.\-]+(?::[\w.\-]+)?)"
)
_LINKED = re.compile(r"EQ_(?P<list>bizTransaction|source|destination)_(?P<type>\S+)")
_MEASURED = re.compile(
    r"(?:(?P<operator>GT|GE|LT|LE)_(?P<member>value|minValue|maxValue|meanValue|sDev|percValue|quantity)"
    r"|(?P<equal>EQ)_(?P<equals>value|quantity))_(?P<unit>[A-Z0-9]{2,4})"
)
_TYPES_OF: Final = {
    "bizTransaction": "bizTransactionType",
    "source": "sourceDestType",
    "destination": "sourceDestType",
}


def predicate_of(raw: Raw, around: Surroundings) -> Predicate | None:
    """What a parameter asks, or None where its value says that it asks nothing (``EXISTS_…=false``).

    Raises ``ParameterRefused`` for an unknown name or an impossible value.
    """
    if raw.parameter in FIXED:
        return FIXED[raw.parameter](raw, around)
    for pattern, build in _PATTERNS:
        found = pattern.fullmatch(raw.parameter) if len(raw.parameter) <= 300 else None
        if found:
            return build(raw, found, around)
    raise ParameterRefused(raw.parameter, "there is no such query parameter")


def _extension(found: re.Match[str], around: Surroundings) -> Extension:
    groups = found.groupdict()
    return Extension(
        groups["prefix"] or "",
        groups["local"],
        around.prefixes.get(groups["prefix"] or "", ""),
        groups.get("container") or groups.get("sensor") or "",
        inner=bool(groups.get("inner")),
    )


def _own_field(raw: Raw, found: re.Match[str], around: Surroundings) -> Predicate:
    operator = found["operator"]
    values = raw.values() if operator == "EQ" else (raw.ordered(),)
    return Compared(raw.parameter, _extension(found, around), operator, values)


def _own_exists(raw: Raw, found: re.Match[str], around: Surroundings) -> Predicate | None:
    return Present(raw.parameter, _extension(found, around)) if raw.flag() else None


def _has_attribute(raw: Raw, found: re.Match[str], around: Surroundings) -> Predicate:
    return Attributed(raw.parameter, _extension(found, around), frozenset(raw.texts()))


def _attribute(raw: Raw, found: re.Match[str], around: Surroundings) -> Predicate:
    return Attributed(raw.parameter, _extension(found, around), frozenset({found["attribute"]}), raw.values())


def _linked(raw: Raw, found: re.Match[str], around: Surroundings) -> Predicate:
    del around
    name = found["list"]
    kind = to_word(_TYPES_OF[name], found["type"])
    place = f"{name}List"
    return Linked(raw.parameter, place, name, kind, _uris(raw))


def _measured(raw: Raw, found: re.Match[str], around: Surroundings) -> Predicate:
    del around
    operator = found["operator"] or found["equal"]
    member = found["member"] or found["equals"]
    containers = ALL_CLASS_LISTS if member == "quantity" else ()
    numbers = raw.numbers() if operator == "EQ" else frozenset({raw.number()})
    return Measured(raw.parameter, containers, member, operator, numbers, found["unit"])


_PATTERNS: Final[
    tuple[tuple[re.Pattern[str], Callable[[Raw, re.Match[str], Surroundings], Predicate | None]], ...]
] = (
    (_MEASURED, _measured),
    (_OF_PLACE, _own_field),
    (_LINKED, _linked),
    (_HAS_ATTRIBUTE, _has_attribute),
    (_ATTRIBUTE, _attribute),
    (_OWN_EXISTS, _own_exists),
    (_OWN_FIELD, _own_field),
)
