"""Whether an item's code holds, judged with a keys file alone."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from datetime import UTC, datetime
from typing import Any, NamedTuple

from jinmai.standards import sm2
from jinmai.standards.credentials import items, keys_file, multikey

UNREADABLE = "unreadable"
UNKNOWN_KEY = "unknown_key"
ALTERED = "altered"
REVOKED = "revoked"
NOT_IN_MANIFEST = "not_in_manifest"
_MANIFEST_BITS = 14  # a serial's 50 bits and its manifest's number share one word of 64


class ItemVerdict(NamedTuple):
    """What can be said about a code. ``reason`` is empty where it holds; ``detail`` says it for people."""

    valid: bool
    reason: str = ""
    detail: str = ""
    code: items.ItemCode | None = None
    key: keys_file.Key | None = None
    manifest: keys_file.Manifest | None = None

    def as_json(self) -> dict[str, Any]:
        """One JSON value, the same names whatever the verdict."""
        return {
            "valid": self.valid,
            "reason": self.reason or None,
            "detail": self.detail or None,
            "gtin": self.code and self.code.gtin,
            "serial": self.code and self.code.serial,
            "key": self.code and self.code.tag,
            "holder": self.key and self.key.holder,
            "lot": self.manifest and self.manifest.lot,
            "minted": self.manifest and self.manifest.minted.astimezone(UTC).isoformat(),
        }


class OfflineVerifier:
    """Judges codes one after the other with one keys file that has been read and verified."""

    def __init__(self, file: keys_file.KeysFile) -> None:
        self.file = file
        self._keys = {one.tag: one for one in file.keys}
        self._public: dict[str, multikey.PublicKey] = {}
        self._minted = array(
            "Q",
            sorted(
                serial << _MANIFEST_BITS | number
                for number, manifest in enumerate(file.manifests)
                for serial in keys_file.unpack_serials(manifest.serials)
            ),
        )
        self._revoked_items = {
            (one.gtin, one.serial): one for one in file.revoked if isinstance(one, keys_file.RevokedItem)
        }
        self._revoked_lots = {
            (one.gtin, one.lot): one for one in file.revoked if isinstance(one, keys_file.RevokedLot)
        }

    def verify(self, text: str) -> ItemVerdict:
        """Judge one scanned code. Of several faults the first is told, in the order of this module."""
        try:
            code = items.read_code(text)
        except items.ItemCodeError as error:
            return ItemVerdict(valid=False, reason=UNREADABLE, detail=str(error))
        key = self._keys.get(code.tag)
        if key is None:
            return ItemVerdict(False, UNKNOWN_KEY, f"the keys file knows no key {code.tag}", code)
        try:
            holds = self._public_key(key).verify(code.signature, code.message)
        except (multikey.MultikeyError, sm2.Sm2Absent) as error:
            return ItemVerdict(False, UNKNOWN_KEY, str(error), code, key)
        if not holds:
            return ItemVerdict(
                False, ALTERED, "the signature does not hold for this GTIN and serial", code, key
            )
        return self._in_force(code, key)

    def _in_force(self, code: items.ItemCode, key: keys_file.Key) -> ItemVerdict:
        manifest = self._manifest(code)
        withdrawn = self._revoked_items.get((code.gtin, code.serial))
        if withdrawn is not None:
            return ItemVerdict(False, REVOKED, f"this item: {withdrawn.reason}", code, key, manifest)
        minted = manifest.minted if manifest is not None else datetime.max.replace(tzinfo=UTC)
        if key.revoked is not None and minted >= key.revoked.since:
            return ItemVerdict(False, REVOKED, f"the key: {key.revoked.reason}", code, key, manifest)
        if manifest is None:
            words = "the signature holds, but no minted lot of the keys file lists this serial"
            return ItemVerdict(False, NOT_IN_MANIFEST, words, code, key)
        lot = self._revoked_lots.get((manifest.gtin, manifest.lot))
        if lot is not None:
            return ItemVerdict(False, REVOKED, f"the lot: {lot.reason}", code, key, manifest)
        if minted < key.valid_from or (key.valid_until is not None and minted > key.valid_until):
            words = f"the lot was minted when the key {key.tag} was not in use"
            return ItemVerdict(False, NOT_IN_MANIFEST, words, code, key, manifest)
        return ItemVerdict(valid=True, code=code, key=key, manifest=manifest)

    def _manifest(self, code: items.ItemCode) -> keys_file.Manifest | None:
        """The manifest that lists the item under this product and this key."""
        serial = items.serial_number(code.serial)
        at = bisect_left(self._minted, serial << _MANIFEST_BITS)
        while at < len(self._minted) and self._minted[at] >> _MANIFEST_BITS == serial:
            manifest = self.file.manifests[self._minted[at] & (1 << _MANIFEST_BITS) - 1]
            if (manifest.gtin, manifest.tag) == (code.gtin, code.tag):
                return manifest
            at += 1
        return None

    def _public_key(self, key: keys_file.Key) -> multikey.PublicKey:
        if key.tag not in self._public:
            self._public[key.tag] = multikey.public_key(key.key)[1]
        return self._public[key.tag]
