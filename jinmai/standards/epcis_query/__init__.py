"""EPCIS queries: what the parameters of SimpleEventQuery ask of an event.

    query = read_query({"EQ_bizStep": ["shipping"], "LT_value_CEL": -18})
    query.matches(event)

All fixed parameters and all patterns of GS1's query schema; a wrong name or value is refused with the
parameter named. Source: GS1 EPCIS 2.0.1, freely published at ref.gs1.org.
"""

from __future__ import annotations

from jinmai.standards.epcis_query.query import Order, Query, read_query
from jinmai.standards.epcis_query.values import ParameterRefused

__all__ = ["Order", "ParameterRefused", "Query", "read_query"]
