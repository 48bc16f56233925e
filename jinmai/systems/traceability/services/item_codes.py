"""The codes of a batch as they stand on labels, each with the signature of its animal."""

from __future__ import annotations

from django.utils.translation import gettext as _

from jinmai.standards.credentials.items import sign_items, write_code
from jinmai.systems.traceability.models import MintBatch, SigningKey
from jinmai.systems.traceability.selectors.addresses import public_address
from jinmai.systems.traceability.selectors.stores import item_store
from jinmai.systems.traceability.selectors.trace import serial_letters
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.services.signing_keys import KeyRefusedError, signer_of


def codes_of(batch: MintBatch, first: int = 0, count: int | None = None) -> list[str]:
    """QR texts of a filled batch, from number ``first`` on, ``count`` of them or all that follow.

    They are signed anew each time under the key that the batch was minted with; Ed25519 gives the same
    bytes again, so that nothing but the serial is stored.

    Raises:
        ChainRefusedError: the codes are still being made, or the key's private half is not on this machine.
    """
    serials = item_store().serials(batch.request, first, batch.count if count is None else count)
    if serials is None or batch.filled_at is None:
        raise ChainRefusedError(_("The codes of this batch are still being made."))
    letters = [serial_letters(serial) for serial in serials]
    key = SigningKey.objects.filter(tag=batch.key_id).first()
    if key is None:
        raise ChainRefusedError(_("This batch was minted without a key; its codes cannot be signed."))
    try:
        signer = signer_of(key)
    except KeyRefusedError as refused:
        raise ChainRefusedError(str(refused)) from refused
    address, gtin = public_address(), batch.lot.product.gtin
    signatures = sign_items(signer, gtin, letters)
    return [
        write_code(address, gtin, serial, key.tag, signature)
        for serial, signature in zip(letters, signatures, strict=True)
    ]
