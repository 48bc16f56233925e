"""JSON-LD contexts: which prefixes a document declares.

Contexts are never fetched. Those of GS1 are known by their address; of any other address nothing can be
known here, so its prefixes count as declared elsewhere.
"""

from __future__ import annotations

import re
from typing import Any, Final

STANDARD_CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

# Prefixes that GS1's own context declares.
STANDARD_PREFIXES: Final = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "gs1": "https://gs1.org/voc/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}

_STANDARD = re.compile(
    r"^https?://(?:ref\.gs1\.org/standards/epcis|gs1\.github\.io/EPCIS|origin\.gs1\.org)/.*\.jsonld$"
)
_PREFIX = re.compile(r"^[A-Za-z_][\w.\-]*$")


def is_standard_context(entry: Any) -> bool:
    """Whether this entry of a context is GS1's own context for EPCIS."""
    return isinstance(entry, str) and bool(_STANDARD.match(entry))


def as_list(context: Any) -> list[Any]:
    """The ``@context`` as a list, whichever of its forms it has."""
    if context is None:
        return []
    return list(context) if isinstance(context, list) else [context]


def prefixes_of(context: list[Any]) -> dict[str, str]:
    """The prefixes that the objects of a context declare, with their namespaces, later ones winning."""
    declared: dict[str, str] = {}
    for entry in context:
        if isinstance(entry, dict):
            for name, meaning in entry.items():
                address = meaning.get("@id") if isinstance(meaning, dict) else meaning
                if isinstance(address, str) and _PREFIX.match(name):
                    declared[name] = address
    return declared


def has_unknown_context(context: list[Any]) -> bool:
    """Whether a context is referred to which is not GS1's, so that its terms cannot be known here."""
    return any(isinstance(entry, str) and not is_standard_context(entry) for entry in context)
