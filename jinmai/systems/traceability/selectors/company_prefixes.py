"""How long the company prefixes are that this house knows: China's, those of a list from GS1, stated ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from jinmai.standards.gs1 import PREFIXES, prefix_length, read_prefix_list
from jinmai.systems.traceability.models import Product
from jinmai.systems.traceability.selectors.kept import Kept

_known: Final = Kept(60)


def known_prefixes() -> Mapping[str, int]:
    """Prefix to length. What the owner of a product states holds before any list."""
    return _known.get("known", _all_known)


def prefix_of(product: Product) -> int | None:
    """The length of the company prefix in a product's GTIN, None where nobody says it."""
    return product.company_prefix_length or prefix_length(product.gtin[1:], known_prefixes())


def forget() -> None:
    """Look everything up anew, as after a restart."""
    _known.clear()


def _all_known() -> Mapping[str, int]:
    stated = Product.objects.filter(company_prefix_length__isnull=False)
    own = {
        gtin[1 : 1 + length]: length
        for gtin, length in stated.values_list("gtin", "company_prefix_length")
        if length
    }
    path = settings.JINMAI_COMPANY_PREFIXES
    return {**PREFIXES, **(_listed(path) if path else {}), **own}


@lru_cache(maxsize=1)
def _listed(path: Path) -> Mapping[str, int]:
    return read_prefix_list(path.read_bytes())
