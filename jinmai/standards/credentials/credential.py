"""Verifiable credentials of the W3C data model 2.0: what a document must be before its proof is looked at.

Source: W3C Verifiable Credentials Data Model 2.0, section 4. Contexts are compared, never loaded: this
house verifies without a network.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NamedTuple

from jinmai.standards.credentials.documents import Document, pointer
from jinmai.standards.credentials.timestamps import date_time_stamp

CONTEXT = "https://www.w3.org/ns/credentials/v2"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_LANGUAGE_VALUE = {"@value", "@language", "@direction"}
# Members whose objects must say their type; an id is required where the model requires one.
_TYPED = {
    "credentialStatus": False,
    "credentialSchema": True,
    "refreshService": False,
    "termsOfUse": False,
    "evidence": False,
}


class Fault(NamedTuple):
    """What is wrong, and where: ``place`` is a JSON pointer."""

    place: str
    words: str

    def __str__(self) -> str:
        return f"{self.place or '/'}: {self.words}"


def faults(document: Document) -> list[Fault]:
    """Everything that keeps ``document`` from being a credential; empty where nothing does."""
    found = [
        *_context_faults(document),
        *_type_faults(document),
        *_issuer_faults(document),
        *_subject_faults(document),
        *_time_faults(document),
        *_text_faults(document, ""),
    ]
    if "id" in document and not is_url(document["id"]):
        found.append(Fault("/id", "is not a URL"))
    for name, needs_id in _TYPED.items():
        found += _typed_faults(document, name, needs_id=needs_id)
    return found


def is_url(value: Any) -> bool:
    """Whether ``value`` is one absolute address."""
    return isinstance(value, str) and _URL.fullmatch(value) is not None


def as_list(value: Any) -> list[Any]:
    """A member that may be one object or several, as several."""
    return value if isinstance(value, list) else [value]


def issuer(document: Document) -> str:
    """The issuer's address of a document without faults."""
    told = document["issuer"]
    return str(told["id"] if isinstance(told, dict) else told)


def valid_at(document: Document, moment: datetime) -> str:
    """Why a document without faults is not in force at ``moment``; empty where it is."""
    begin, end = (date_time_stamp(document.get(name)) for name in ("validFrom", "validUntil"))
    if begin is not None and moment < begin:
        return f"in force only from {begin.isoformat()}"
    if end is not None and moment > end:
        return f"expired on {end.isoformat()}"
    return ""


def _context_faults(document: Document) -> list[Fault]:
    told = document.get("@context")
    if not isinstance(told, list) or not told or told[0] != CONTEXT:
        return [Fault("/@context", f"must be a list that begins with {CONTEXT}")]
    return [
        Fault(pointer("/@context", number), "is neither a URL nor an object")
        for number, one in enumerate(told)
        if not isinstance(one, dict) and not is_url(one)
    ]


def _type_faults(document: Document) -> list[Fault]:
    told = as_list(document.get("type"))
    if not all(isinstance(one, str) and one for one in told):
        return [Fault("/type", "must be the names of types")]
    if "VerifiableCredential" not in told:
        return [Fault("/type", "does not contain VerifiableCredential")]
    return []


def _issuer_faults(document: Document) -> list[Fault]:
    told = document.get("issuer")
    if isinstance(told, dict):
        inner = [] if is_url(told.get("id")) else [Fault("/issuer/id", "is not a URL")]
        return inner + _text_faults(told, "/issuer")
    return [] if is_url(told) else [Fault("/issuer", "is neither a URL nor an object with one")]


def _subject_faults(document: Document) -> list[Fault]:
    told = document.get("credentialSubject")
    found = []
    for number, one in enumerate(as_list(told)):
        place = pointer("/credentialSubject", number) if isinstance(told, list) else "/credentialSubject"
        if not isinstance(one, dict) or not one:
            found.append(Fault(place, "must be an object that claims something"))
        elif "id" in one and not is_url(one["id"]):
            found.append(Fault(f"{place}/id", "is not a URL"))
    if told == []:
        found.append(Fault("/credentialSubject", "must claim something"))
    return found


def _time_faults(document: Document) -> list[Fault]:
    found = [
        Fault(f"/{name}", "is not a date and time with its zone")
        for name in ("validFrom", "validUntil")
        if name in document and date_time_stamp(document[name]) is None
    ]
    begin, end = (date_time_stamp(document.get(name)) for name in ("validFrom", "validUntil"))
    if begin is not None and end is not None and end < begin:
        found.append(Fault("/validUntil", "lies before validFrom"))
    return found


def _text_faults(holder: Document, place: str) -> list[Fault]:
    return [
        Fault(f"{place}/{name}", "is neither a text nor texts with their languages")
        for name in ("name", "description")
        if name in holder and not all(_is_text(one) for one in as_list(holder[name]))
    ]


def _is_text(value: Any) -> bool:
    if isinstance(value, str):
        return True
    if not isinstance(value, dict) or not isinstance(value.get("@value"), str):
        return False
    language, direction = value.get("@language"), value.get("@direction")
    return (
        set(value) <= _LANGUAGE_VALUE
        and (language is None or (isinstance(language, str) and _LANGUAGE.fullmatch(language) is not None))
        and direction in (None, "ltr", "rtl")
    )


def _typed_faults(document: Document, name: str, *, needs_id: bool) -> list[Fault]:
    if name not in document:
        return []
    told = document[name]
    found: list[Fault] = []
    for number, one in enumerate(as_list(told)):
        place = f"/{name}/{number}" if isinstance(told, list) else f"/{name}"
        if not isinstance(one, dict):
            found.append(Fault(place, "must be an object"))
            continue
        if not one.get("type") or not all(isinstance(kind, str) and kind for kind in as_list(one["type"])):
            found.append(Fault(f"{place}/type", "must be the name of a type"))
        if ("id" in one or needs_id) and not is_url(one.get("id")):
            found.append(Fault(f"{place}/id", "is not a URL"))
    return found
