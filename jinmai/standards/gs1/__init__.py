"""GS1 identification: application identifiers, check digits, element strings, EPC URNs and Digital Links.

Two spellings of one object are compared through :func:`canonical`. Sources: GS1 General Specifications,
GS1 Digital Link, EPC Tag Data Standard 2.0, all freely published at ref.gs1.org.
"""

from __future__ import annotations

from jinmai.standards.gs1.application_identifiers import (
    APPLICATION_IDENTIFIERS,
    ApplicationIdentifier,
    identifier,
)
from jinmai.standards.gs1.canonical import (
    canonical,
    canonical_gtins,
    canonical_or_none,
    elements_of,
    to_digital_link,
    to_urn,
)
from jinmai.standards.gs1.check_digits import check_digit, check_pair, has_check_digit
from jinmai.standards.gs1.company_prefixes import PREFIXES, prefix_length, read_prefix_list
from jinmai.standards.gs1.element_strings import (
    Elements,
    carrier_faults,
    format_bracketed,
    format_scanned,
    pairing_faults,
    parse,
)
from jinmai.standards.gs1.epc import read_urn, write_urn
from jinmai.standards.gs1.errors import Gs1Error
from jinmai.standards.gs1.prefix_ranges import PrefixRange, check_prefix, prefix_range, prefix_ranges

__all__ = [
    "APPLICATION_IDENTIFIERS",
    "PREFIXES",
    "ApplicationIdentifier",
    "Elements",
    "Gs1Error",
    "PrefixRange",
    "canonical",
    "canonical_gtins",
    "canonical_or_none",
    "carrier_faults",
    "check_digit",
    "check_pair",
    "check_prefix",
    "elements_of",
    "format_bracketed",
    "format_scanned",
    "has_check_digit",
    "identifier",
    "pairing_faults",
    "parse",
    "prefix_length",
    "prefix_range",
    "prefix_ranges",
    "read_prefix_list",
    "read_urn",
    "to_digital_link",
    "to_urn",
    "write_urn",
]
