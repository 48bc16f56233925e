"""What facts say in Chinese, in English: renderings of the city pack, shown to readers of English.

The words of the source are the fact and stay what the ledger records; a rendering is ours, changes nothing,
and is missing where the pack has none: then the source's own words are shown.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec
from django.conf import settings

from jinmai.core.web.api import Words, in_chinese


class RenderingsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``register/renderings.toml`` of a city pack."""

    renderings: list[Words]


def rendered(words: str) -> str:
    """Words of a fact in the reader's language where the pack has them so, else as they are."""
    if in_chinese():
        return words
    return renderings_of(Path(settings.JINMAI_CITY)).get(words, words)


@lru_cache(maxsize=4)
def renderings_of(pack: Path) -> dict[str, str]:
    """The renderings of a pack by their Chinese. Raises ``ValueError`` naming the file."""
    path = pack / "register" / "renderings.toml"
    try:
        rows = msgspec.toml.decode(path.read_bytes(), type=RenderingsFile).renderings
    except FileNotFoundError:
        return {}
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
    return {row.zh: row.en for row in rows}
