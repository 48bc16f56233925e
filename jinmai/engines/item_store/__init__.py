"""Where the identities of single animals live: hundreds of millions of random serials, found in a moment.

    store = ItemStore(data_folder / "items")
    serials = store.mint(batch=12, count=10_000)  # durable on return; batch 12 asked for again is the same
    store.find(serials[41])                         # Item(batch=12, number=41)

A serial is a number of 50 random bits, written elsewhere as ten letters. The store knows no lot and no
firm: a batch is a number that the caller owns, an animal its number within the batch in the order of minting.
"""

from jinmai.engines.item_store.store import SERIAL_BITS, Item, ItemStore, OtherCountError

__all__ = ["SERIAL_BITS", "Item", "ItemStore", "OtherCountError"]
