"""Tables that people hand in: CSV (RFC 4180) and XLSX (ECMA-376), as text, each fault at its cell."""

from __future__ import annotations

from jinmai.standards.tabular.reading import read_rows
from jinmai.standards.tabular.rows import Fault, Limits, Row, TableRefused, cell_name, column_letters

__all__ = ["Fault", "Limits", "Row", "TableRefused", "cell_name", "column_letters", "read_rows"]
