"""Labels: QR symbols of item codes, sheets as PDF, print jobs for thermal printers.

Sources: ISO/IEC 18004 (QR, by segno); TSPL/TSPL2 and ZPL II programming manuals for SIZE, GAP, BITMAP,
TEXT and for ^GF, ~DG, ^XG, ^FO, ^A0.
"""

from jinmai.standards.labels.label import Label
from jinmai.standards.labels.sheet import A4, FontError, Layout, draw_symbol, fitted, typeface, write_sheet
from jinmai.standards.labels.symbol import LARGEST_VERSION, QUIET_MODULES, Symbol, SymbolError, symbol
from jinmai.standards.labels.thermal import Dots, Stock, tspl, zpl

__all__ = [
    "A4",
    "LARGEST_VERSION",
    "QUIET_MODULES",
    "Dots",
    "FontError",
    "Label",
    "Layout",
    "Stock",
    "Symbol",
    "SymbolError",
    "draw_symbol",
    "fitted",
    "symbol",
    "tspl",
    "typeface",
    "write_sheet",
    "zpl",
]
