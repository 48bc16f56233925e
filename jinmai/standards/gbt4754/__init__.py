"""GB/T 4754, the industrial classification of China: form of its codes, its divisions, its two editions."""

from __future__ import annotations

from jinmai.standards.gbt4754.classification import (
    DIVISIONS,
    SECTIONS,
    IndustryCodeError,
    Names,
    ancestors,
    names,
    normalise,
    to_2017,
)

__all__ = [
    "DIVISIONS",
    "SECTIONS",
    "IndustryCodeError",
    "Names",
    "ancestors",
    "names",
    "normalise",
    "to_2017",
]
