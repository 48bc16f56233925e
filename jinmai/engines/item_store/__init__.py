"""Where the identities of single animals live: hundreds of millions of random serials, found in a moment.

    store = ItemStore(data_folder / "items")
    serials = store.mint(batch, 10_000)  # durable on return; the same batch asked for again is the same
    store.find(serials[41])                         # Item(batch, number=41)

A serial is a number of 50 random bits, written elsewhere as ten letters. The store knows no lot and no
firm: a batch has a name of the caller's (a UUID, so that no restored database gives it to another one), an
animal is its number within the batch in the order of minting.
"""

from jinmai.engines.item_store.store import SERIAL_BITS, Item, ItemStore, OtherCountError

__all__ = ["SERIAL_BITS", "Item", "ItemStore", "OtherCountError"]
