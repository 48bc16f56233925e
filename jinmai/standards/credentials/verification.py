"""Whether a credential holds: shape, proof, who signed, time and status, without a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from jinmai.standards import sm2
from jinmai.standards.credentials import data_integrity, multikey, status_list
from jinmai.standards.credentials.credential import faults, issuer, valid_at
from jinmai.standards.credentials.documents import Document

# Reasons, in the order in which they are looked for. Everything but VALID and UNKNOWN_STATUS means: do
# not trust.
MALFORMED = "malformed"
ALTERED = "altered"
UNKNOWN_KEY = "unknown_key"
NOT_IN_FORCE = "not_in_force"
REVOKED = "revoked"
UNKNOWN_STATUS = "unknown_status"

MaySpeak = Callable[[str, str], bool]


class Verdict(NamedTuple):
    """``reason`` is empty where the credential holds. ``place`` is a JSON pointer where there is one."""

    valid: bool
    reason: str = ""
    detail: str = ""
    place: str = ""
    signed_by: tuple[data_integrity.Proven, ...] = ()


def verify_credential(
    document: Document, *, now: datetime, may_speak: MaySpeak, status_lists: Mapping[str, Document]
) -> Verdict:
    """Check ``document`` with what is at hand.

    ``may_speak(issuer, multikey)`` says whether a key belongs to an issuer. ``status_lists`` are
    published lists by their address; each is verified itself. A credential whose list is not at hand is
    not valid: its status is unknown.
    """
    if found := faults(document):
        return Verdict(valid=False, reason=MALFORMED, detail=found[0].words, place=found[0].place)
    try:
        proven = data_integrity.verify(document, now=now)
    except data_integrity.ProofError as error:
        return Verdict(valid=False, reason=ALTERED, detail=str(error), place=error.place)
    except sm2.Sm2Absent as absent:
        return Verdict(valid=False, reason=UNKNOWN_KEY, detail=str(absent), place="/proof")
    for one in proven:
        if not may_speak(issuer(document), one.multikey):
            words = f"{multikey.did_key(one.multikey)} does not speak for {issuer(document)}"
            return Verdict(valid=False, reason=UNKNOWN_KEY, detail=words, place="/proof")
    if words := valid_at(document, now):
        return Verdict(valid=False, reason=NOT_IN_FORCE, detail=words)
    return _status(document, tuple(proven), now, may_speak, status_lists)


def _status(
    document: Document,
    proven: tuple[data_integrity.Proven, ...],
    now: datetime,
    may_speak: MaySpeak,
    status_lists: Mapping[str, Document],
) -> Verdict:
    try:
        for wanted in status_list.entries(document):
            published = status_lists.get(wanted.list_address)
            if published is None:
                words = f"the list {wanted.list_address} is not at hand"
                return Verdict(valid=False, reason=UNKNOWN_STATUS, detail=words, place="/credentialStatus")
            checked = verify_credential(published, now=now, may_speak=may_speak, status_lists={})
            if not checked.valid or issuer(published) != issuer(document):
                words = checked.detail or "it has another issuer"
                return Verdict(
                    valid=False, reason=UNKNOWN_STATUS, detail=f"the status list does not hold: {words}"
                )
            if status_list.is_set(wanted, published) and wanted.purpose in (
                status_list.REVOCATION,
                "suspension",
            ):
                return Verdict(valid=False, reason=REVOKED, detail=f"{wanted.purpose}, bit {wanted.place}")
    except status_list.StatusError as error:
        return Verdict(valid=False, reason=UNKNOWN_STATUS, detail=str(error), place=error.place)
    return Verdict(valid=True, signed_by=proven)
