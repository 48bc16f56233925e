"""One table for every list of the house: sorted, filtered, paged in the address, exported to xlsx."""

from jinmai.core.web.tables.columns import Column
from jinmai.core.web.tables.filters import ChoiceFilter, DayFilter, Filter, SearchFilter
from jinmai.core.web.tables.page import table_page
from jinmai.core.web.tables.table import Table, TableView

__all__ = [
    "ChoiceFilter",
    "Column",
    "DayFilter",
    "Filter",
    "SearchFilter",
    "Table",
    "TableView",
    "table_page",
]
