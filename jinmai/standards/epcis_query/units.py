"""Units of measure by their UN/ECE Recommendation 20 codes, as EPCIS writes them, and their conversion.

Each unit is ``value * factor + offset`` in the base unit of its dimension; all are exact fractions, so that
26 degrees Celsius are 78.8 degrees Fahrenheit and not almost.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

# Factors by dimension. Where a unit has no name of its own the code is its name: 2M is a centimetre a second.
_FACTORS: Final[dict[str, dict[str, str]]] = {
    "mass": {
        "KGM": "1", "GRM": "0.001", "MGM": "0.000001", "MC": "0.000000001", "TNE": "1000", "DTN": "100",
        "LBR": "0.45359237", "ONZ": "0.028349523125", "STI": "6.35029318", "STN": "907.18474",
        "LTN": "1016.0469088",
    },
    "length": {
        "MTR": "1", "KMT": "1000", "DMT": "0.1", "CMT": "0.01", "MMT": "0.001", "4H": "0.000001",
        "C45": "0.000000001", "INH": "0.0254", "FOT": "0.3048", "YRD": "0.9144", "SMI": "1609.344",
        "NMI": "1852",
    },
    "area": {
        "MTK": "1", "KMK": "1000000", "DMK": "0.01", "CMK": "0.0001", "MMK": "0.000001", "HAR": "10000",
        "FTK": "0.09290304", "INK": "0.00064516",
    },
    "volume": {
        "MTQ": "1", "DMQ": "0.001", "CMQ": "0.000001", "MMQ": "0.000000001", "LTR": "0.001", "HLT": "0.1",
        "DLT": "0.0001", "CLT": "0.00001", "MLT": "0.000001", "4G": "0.000000001", "GLL": "0.003785411784",
        "GLI": "0.00454609", "FTQ": "0.028316846592", "INQ": "0.000016387064",
    },
    "time": {
        "SEC": "1", "C26": "0.001", "B98": "0.000001", "MIN": "60", "HUR": "3600", "DAY": "86400",
        "WEE": "604800",
    },
    "speed": {"MTS": "1", "KMH": "5/18", "HM": "0.44704", "KNT": "463/900", "2M": "0.01"},
    "acceleration": {"MSK": "1", "K40": "9.80665"},
    "pressure": {
        "PAL": "1", "A97": "100", "KPA": "1000", "MPA": "1000000", "BAR": "100000", "MBR": "100",
        "ATM": "101325", "HN": "133.322387415",
    },
    "energy": {
        "JOU": "1", "KJO": "1000", "3B": "1000000", "WHR": "3600", "KWH": "3600000", "MWH": "3600000000",
    },
    "power": {"WTT": "1", "C31": "0.001", "KWT": "1000", "MAW": "1000000"},
    "force": {"NEW": "1", "B47": "1000"},
    "voltage": {"VLT": "1", "2Z": "0.001", "KVT": "1000"},
    "current": {"AMP": "1", "4K": "0.001", "B84": "0.000001"},
    "frequency": {"HTZ": "1", "KHZ": "1000", "MHZ": "1000000", "A86": "1000000000"},
    "concentration": {
        "KMQ": "1", "GL": "1", "A93": "0.001", "23": "1000", "M1": "0.001", "H29": "0.000001",
        "GP": "0.000001", "GQ": "0.000000001",
    },
    "flow": {"MQS": "1", "MQH": "1/3600", "L2": "1/60000", "G51": "0.001"},
    "conductivity": {"D10": "1", "H61": "0.1", "G42": "0.0001"},
    "ratio": {"C62": "1", "P1": "0.01", "NX": "0.001", "59": "0.000001", "61": "0.000000001"},
    "pieces": {"EA": "1", "H87": "1", "DZN": "12", "GRO": "144"},
    "temperature": {"KEL": "1", "CEL": "1", "FAH": "5/9"},
}  # fmt: skip
_OFFSETS: Final = {"CEL": Fraction("273.15"), "FAH": Fraction("273.15") - Fraction(32) * Fraction(5, 9)}

DIMENSION_OF: Final = {unit: name for name, units in _FACTORS.items() for unit in units}
FACTOR_OF: Final = {unit: Fraction(text) for units in _FACTORS.values() for unit, text in units.items()}


def convert(value: Fraction, source: str, target: str, *, difference: bool = False) -> Fraction | None:
    """The value in another unit, or None where no conversion is known.

    A ``difference`` (a standard deviation) has no zero point: 1 degree Celsius more is 1.8 Fahrenheit more.
    """
    if source == target:
        return value
    dimension = DIMENSION_OF.get(source)
    if dimension is None or dimension != DIMENSION_OF.get(target):
        return None
    scaled = value * FACTOR_OF[source]
    if not difference:
        scaled += _OFFSETS.get(source, Fraction(0)) - _OFFSETS.get(target, Fraction(0))
    return scaled / FACTOR_OF[target]
