"""The words of the Core Business Vocabulary 2.0 and their three spellings.

JSON writes a standard term as a bare word (``shipping``), XML as a URN
(``urn:epcglobal:cbv:bizstep:shipping``) or as a web URI (``https://ref.gs1.org/cbv/BizStep-shipping``).
"""

from __future__ import annotations

from typing import Final

_CBV: Final = "https://ref.gs1.org/cbv/"
_VOC: Final = "https://gs1.org/voc/"

BIZ_STEPS: Final = (
    "accepting",
    "arriving",
    "assembling",
    "collecting",
    "commissioning",
    "consigning",
    "creating_class_instance",
    "cycle_counting",
    "decommissioning",
    "departing",
    "destroying",
    "disassembling",
    "dispensing",
    "encoding",
    "entering_exiting",
    "holding",
    "inspecting",
    "installing",
    "killing",
    "loading",
    "other",
    "packing",
    "picking",
    "receiving",
    "removing",
    "repackaging",
    "repairing",
    "replacing",
    "reserving",
    "retail_selling",
    "sampling",
    "sensor_reporting",
    "shipping",
    "staging_outbound",
    "stock_taking",
    "stocking",
    "storing",
    "transporting",
    "unloading",
    "unpacking",
    "void_shipping",
)
DISPOSITIONS: Final = (
    "active",
    "available",
    "completeness_inferred",
    "completeness_verified",
    "conformant",
    "container_closed",
    "container_open",
    "damaged",
    "destroyed",
    "dispensed",
    "disposed",
    "encoded",
    "expired",
    "in_progress",
    "in_transit",
    "inactive",
    "mismatch_class",
    "mismatch_instance",
    "mismatch_quantity",
    "needs_replacement",
    "no_pedigree_match",
    "non_conformant",
    "non_sellable_other",
    "partially_dispensed",
    "recalled",
    "reserved",
    "retail_sold",
    "returned",
    "sellable_accessible",
    "sellable_not_accessible",
    "stolen",
    "unavailable",
    "unknown",
)
TRANSACTION_TYPES: Final = (
    "bol",
    "cert",
    "desadv",
    "inv",
    "pedigree",
    "po",
    "poc",
    "prodorder",
    "recadv",
    "rma",
    "testprd",
    "testres",
    "upevt",
)
SOURCE_TYPES: Final = ("location", "owning_party", "possessing_party")
ERROR_REASONS: Final = ("did_not_occur", "incorrect_data")
COMPONENTS: Final = (
    "x",
    "y",
    "z",
    "axial_distance",
    "azimuth",
    "height",
    "spherical_radius",
    "polar_angle",
    "elevation_angle",
    "easting",
    "northing",
    "latitude",
    "longitude",
    "altitude",
)
ALERTS: Final = ("ALARM_CONDITION", "ERROR_CONDITION")
MEASUREMENTS: Final = (
    "AbsoluteHumidity",
    "AbsorbedDose",
    "AbsorbedDoseRate",
    "Acceleration",
    "Altitude",
    "AmountOfSubstance",
    "AmountOfSubstancePerUnitVolume",
    "Angle",
    "AngularAcceleration",
    "AngularMomentum",
    "AngularVelocity",
    "Area",
    "Capacitance",
    "Conductance",
    "Conductivity",
    "Count",
    "Density",
    "Dimensionless",
    "DoseEquivalent",
    "DoseEquivalentRate",
    "DynamicViscosity",
    "EffectiveDose",
    "EffectiveDoseRate",
    "ElectricCharge",
    "ElectricCurrent",
    "ElectricCurrentDensity",
    "ElectricFieldStrength",
    "Energy",
    "Exposure",
    "Force",
    "Frequency",
    "Illuminance",
    "Inductance",
    "Irradiance",
    "KinematicViscosity",
    "Length",
    "LinearMomentum",
    "Luminance",
    "LuminousFlux",
    "LuminousIntensity",
    "MagneticFlux",
    "MagneticFluxDensity",
    "MagneticVectorPotential",
    "Mass",
    "MassConcentration",
    "MassFlowRate",
    "MassPerAreaTime",
    "MemoryCapacity",
    "MolalityOfSolute",
    "MolarEnergy",
    "MolarMass",
    "MolarVolume",
    "Power",
    "Pressure",
    "RadiantFlux",
    "RadiantIntensity",
    "Radioactivity",
    "RelativeHumidity",
    "Resistance",
    "Resistivity",
    "SolidAngle",
    "SpecificVolume",
    "Speed",
    "SurfaceDensity",
    "SurfaceTension",
    "Temperature",
    "Time",
    "Torque",
    "Voltage",
    "Volume",
    "VolumeFlowRate",
    "VolumeFraction",
    "VolumetricFlux",
    "Wavenumber",
)

# For each kind of term: its words, the start of its URN (None where the vocabulary has none), of its web URI.
TERMS: Final[dict[str, tuple[tuple[str, ...], str | None, str]]] = {
    "bizStep": (BIZ_STEPS, "urn:epcglobal:cbv:bizstep:", f"{_CBV}BizStep-"),
    "disposition": (DISPOSITIONS, "urn:epcglobal:cbv:disp:", f"{_CBV}Disp-"),
    "bizTransactionType": (TRANSACTION_TYPES, "urn:epcglobal:cbv:btt:", f"{_CBV}BTT-"),
    "sourceDestType": (SOURCE_TYPES, "urn:epcglobal:cbv:sdt:", f"{_CBV}SDT-"),
    "errorReason": (ERROR_REASONS, "urn:epcglobal:cbv:er:", f"{_CBV}ER-"),
    "component": (COMPONENTS, None, f"{_CBV}Comp-"),
    "measurement": (MEASUREMENTS, None, _VOC),
    "alert": (ALERTS, None, _VOC),
}

# Where a term of the vocabulary would stand: a URI that starts so and is no known term is a mistake.
RESERVED: Final = (
    "urn:epcglobal:cbv:",
    "http://ref.gs1.org/cbv/",
    "https://ref.gs1.org/cbv/",
    "http://ns.gs1.org/cbv/",
    "https://ns.gs1.org/cbv/",
    "http://gs1.org/voc/",
    "https://gs1.org/voc/",
    "http://www.gs1.org/voc/",
    "https://www.gs1.org/voc/",
)


def _spellings(kind: str) -> dict[str, str]:
    words, urn, web = TERMS[kind]
    short = "gs1:" if web == _VOC else "cbv:" + web.removeprefix(_CBV)
    starts = [start for start in (urn, web, web.replace("https:", "http:"), short) if start]
    if kind == "bizStep":
        # So it is spelled in some of GS1's own examples.
        starts.append(f"{_CBV}Bizstep-")
    if web == _VOC:
        starts += ["https://www.gs1.org/voc/", "http://www.gs1.org/voc/"]
    return {start + word: word for start in starts for word in words}


WORD_OF: Final = {kind: _spellings(kind) for kind in TERMS}
URN_OF: Final = {
    kind: {word: urn + word for word in words} if urn else {} for kind, (words, urn, _) in TERMS.items()
}
_SHORT_OF: Final = {
    kind: {word: (web.replace(_CBV, "cbv:") if web != _VOC else "gs1:") + word for word in words}
    for kind, (words, _, web) in TERMS.items()
}
WEB_URI_OF: Final = {kind: {word: web + word for word in words} for kind, (words, _, web) in TERMS.items()}


def to_word(kind: str, value: str) -> str:
    """The bare word of a standard term in any spelling; any other value as it is."""
    return WORD_OF[kind].get(value, value)


def to_urn(kind: str, value: str) -> str:
    """The URN of a standard term, or its prefixed form where it has none; any other value as it is."""
    word = to_word(kind, value)
    return URN_OF[kind].get(word) or _SHORT_OF[kind].get(word, value)


def to_web_uri(kind: str, value: str) -> str:
    """The web URI of a standard term; any other value as it is."""
    return WEB_URI_OF[kind].get(to_word(kind, value), value)
