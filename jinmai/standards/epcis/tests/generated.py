"""Generated events: every field of every type, with values that each form has its own trouble with."""

from __future__ import annotations

from typing import Any, Final, Literal

from hypothesis import strategies as st

from jinmai.standards.epcis.event_fields import FIELDS, METADATA_FIELDS, ORDER, REPORT_FIELDS
from jinmai.standards.epcis.vocabulary import TERMS

_NAMES = st.builds(
    "{}:{}{}".format,
    st.sampled_from(["example", "other"]),
    st.sampled_from("aZ_鱼"),
    st.text("b.-9é", max_size=3),
)
_SURROGATES: Final[tuple[Literal["Cs"]]] = ("Cs",)
_TEXT = st.text(
    st.characters(exclude_categories=_SURROGATES, exclude_characters="\ufffe\uffff", min_codepoint=0x20)
    | st.sampled_from("\t\n\r"),
    max_size=12,
)
_NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
_SCALARS = _TEXT | _NUMBERS | st.booleans()
_VALUES: st.SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: (
        st.dictionaries(_NAMES, inner, min_size=1, max_size=3)
        | st.lists(inner.filter(lambda value: not isinstance(value, list)), min_size=2, max_size=3)
    ),
    max_leaves=6,
)
_EXTENSIONS = st.dictionaries(_NAMES, _VALUES, max_size=3)
_URIS = st.integers(0, 99).map("https://example.com/it's?a={}&b=1".format)
_TIMES = st.datetimes().map(lambda time: time.isoformat(timespec="milliseconds") + "+08:00")
_EPCS = st.integers(1, 10**6).map(lambda serial: f"urn:epc:id:sgtin:0614141.107346.{serial}")
_CLASSES = st.integers(1, 10**6).map(lambda lot: f"urn:epc:class:lgtin:4012345.011111.{lot}")
_AMOUNTS = st.integers(0, 10**9) | st.floats(0, 1e12, allow_nan=False)


def _term(kind: str) -> st.SearchStrategy[str]:
    return st.sampled_from(TERMS[kind][0]) | _URIS


def _with_extensions(known: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(known, _EXTENSIONS).map(lambda both: both[0] | both[1])


_PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "time": _TIMES,
    "offset": st.sampled_from(["+08:00", "-06:00"]),
    "uri": _URIS,
    "uris": _URIS,
    "text": _TEXT,
    "number": st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "hex": st.binary(min_size=1, max_size=4).map(bytes.hex),
    "measurement": _term("measurement"),
    "alert": _term("alert"),
    "component": _term("component"),
    "action": st.sampled_from(["ADD", "OBSERVE", "DELETE"]),
    "bizStep": _term("bizStep"),
    "disposition": _term("disposition"),
    "epcs": st.lists(_EPCS, min_size=1, max_size=3, unique=True),
}


def _sensor_part(fields: dict[str, str]) -> st.SearchStrategy[dict[str, Any]]:
    optional = {name: _PLAIN[kind] for name, kind in fields.items() if name not in ("percRank", "uom")}
    if "uom" in fields:
        optional["uom"] = st.sampled_from(["CEL", "A93"])
    for period in ("startTime", "endTime"):
        optional.pop(period, None)
    known = st.fixed_dictionaries({}, optional=optional)
    return st.tuples(known, st.dictionaries(_NAMES, _TEXT, max_size=2)).map(lambda both: both[0] | both[1])


_REPORTS = _sensor_part(REPORT_FIELDS).map(
    lambda report: (
        {key: value for key, value in report.items() if key not in ("minValue", "maxValue")}
        | ({"type": "Temperature"} if not report.keys() & {"type", "exception"} else {})
    )
)


def _entries(item: str, kind: str) -> st.SearchStrategy[list[dict[str, str]]]:
    return st.lists(st.fixed_dictionaries({"type": _term(kind), item: _URIS}), min_size=1, max_size=2)


_KINDS: dict[str, st.SearchStrategy[Any]] = {
    **_PLAIN,
    "error": _with_extensions(
        st.fixed_dictionaries(
            {"declarationTime": _TIMES},
            optional={
                "reason": _term("errorReason"),
                "correctiveEventIDs": st.lists(_URIS, min_size=1, max_size=2),
            },
        )
    ),
    "quantities": st.lists(
        st.fixed_dictionaries({"epcClass": _CLASSES, "quantity": _AMOUNTS}, optional={"uom": st.just("KGM")}),
        min_size=1,
        max_size=2,
    ),
    "persistent": st.fixed_dictionaries(
        {"set": st.lists(_term("disposition"), min_size=1, max_size=2, unique=True)}
    ),
    "place": _with_extensions(st.fixed_dictionaries({"id": _URIS})),
    "transactions": _entries("bizTransaction", "bizTransactionType"),
    "sources": _entries("source", "sourceDestType"),
    "destinations": _entries("destination", "sourceDestType"),
    "sensors": st.lists(
        _with_extensions(
            st.fixed_dictionaries(
                {"sensorReport": st.lists(_REPORTS, min_size=1, max_size=2)},
                optional={"sensorMetadata": _sensor_part(METADATA_FIELDS)},
            )
        ),
        min_size=1,
        max_size=2,
    ),
    "ilmd": st.dictionaries(_NAMES, _VALUES, min_size=1, max_size=3),
}
_ALWAYS = ("eventTime", "eventTimeZoneOffset", "bizTransactionList", "parentID", "childEPCs", "epcList")
_ALWAYS_TOO = ("inputEPCList", "outputEPCList", "action")


def _mended(event: dict[str, Any]) -> dict[str, Any]:
    if "ilmd" in event and event["type"] == "ObjectEvent":
        event["action"] = "ADD"
    return event


def events() -> st.SearchStrategy[dict[str, Any]]:
    """Events without faults, of all five types."""
    kinds = []
    for kind, names in ORDER.items():
        demanded = {name: _KINDS[FIELDS[name]] for name in names if name in (*_ALWAYS, *_ALWAYS_TOO)}
        optional = {name: _KINDS[FIELDS[name]] for name in names if name not in demanded}
        fields = st.fixed_dictionaries({"type": st.just(kind), **demanded}, optional=optional)
        kinds.append(_with_extensions(fields).map(_mended))
    return st.one_of(kinds)
