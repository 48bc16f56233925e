"""Closed lists of the traceability system."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SiteKind(models.TextChoices):
    """What a site of the chain does with sea cucumbers."""

    HATCHERY = "hatchery", _("hatchery")
    FARM = "farm", _("farm")
    PROCESSOR = "processor", _("processor")
    COLD_STORE = "cold_store", _("cold store")
    TRADER = "trader", _("trader")
    SHOP = "shop", _("shop")
    LABORATORY = "laboratory", _("laboratory")


class ProductForm(models.TextChoices):
    """How the animals are sold: dried after SC/T 3307, salted after SC/T 3308."""

    SEED = "seed", pgettext_lazy("sea cucumber", "seed")
    FRESH = "fresh", pgettext_lazy("sea cucumber", "fresh")
    DRIED = "dried", pgettext_lazy("sea cucumber", "dried")
    INSTANT = "instant", pgettext_lazy("sea cucumber", "instant")
    SALTED = "salted", pgettext_lazy("sea cucumber", "salted")
    FROZEN = "frozen", pgettext_lazy("sea cucumber", "frozen")


class LotKind(models.TextChoices):
    """Where in its life a lot stands; only animals of a processed lot can carry a code of their own."""

    SEED = "seed", _("seed lot")
    HARVEST = "harvest", _("harvest lot")
    PROCESSED = "processed", _("processed lot")


class LotState(models.TextChoices):
    """What may be done with a lot."""

    OPEN = "open", pgettext_lazy("lot", "open")
    HELD = "held", pgettext_lazy("lot", "held")
    RELEASED = "released", pgettext_lazy("lot", "released")
    RECALLED = "recalled", pgettext_lazy("lot", "recalled")
    CLOSED = "closed", pgettext_lazy("lot", "closed")


class TreatmentKind(models.TextChoices):
    """What was given to the animals or to their water."""

    PROBIOTIC = "probiotic", _("probiotic")
    HERBAL = "herbal", _("herbal")
    FEED = "feed", _("feed")
    DISINFECTION = "disinfection", _("disinfection")
    MEDICINE = "medicine", _("medicine")


class ReportState(models.TextChoices):
    """Where a test report stands. Passed and failed are final; a mistaken one is withdrawn."""

    DRAFT = "draft", pgettext_lazy("report", "draft")
    PASSED = "passed", pgettext_lazy("report", "passed")
    FAILED = "failed", pgettext_lazy("report", "failed")
    WITHDRAWN = "withdrawn", pgettext_lazy("report", "withdrawn")


class PromiseBasis(models.TextChoices):
    """On what a promise certificate rests; the three that the rules name."""

    CONTROL = "control", _("our quality and safety control")
    OWN_TEST = "own_test", _("a test of our own that was passed")
    ORDERED_TEST = "ordered_test", _("a test by a laboratory that was passed")


class LimitBound(models.TextChoices):
    """On which side of its limit a value must lie."""

    AT_MOST = "at_most", _("at most")
    AT_LEAST = "at_least", _("at least")


class MeasuredItem(models.TextChoices):
    """What a laboratory measures in sea cucumbers. The order is that of the report."""

    CHLORAMPHENICOL = "chloramphenicol", _("chloramphenicol")
    NITROFURANS = "nitrofurans", _("nitrofuran metabolites")
    ENROFLOXACIN = "enrofloxacin", _("enrofloxacin and ciprofloxacin")
    MALACHITE_GREEN = "malachite_green", _("malachite green")
    LEAD = "lead", _("lead (Pb)")
    CADMIUM = "cadmium", _("cadmium (Cd)")
    INORGANIC_ARSENIC = "inorganic_arsenic", _("inorganic arsenic (As)")
    METHYLMERCURY = "methylmercury", _("methylmercury (Hg)")
    CHROMIUM = "chromium", _("chromium (Cr)")
    SULFITE = "sulfite", _("sulfite (as SO₂)")
    SALT = "salt", _("salt (as NaCl)")
    PROTEIN = "protein", _("protein")
    MOISTURE = "moisture", _("moisture")
    SUGAR = "sugar", _("water-soluble sugar")


class KeyPurpose(models.TextChoices):
    """What a signing key signs; none signs two kinds of things."""

    ITEMS = "items", _("codes of animals")
    CERTIFICATES = "certificates", _("certificates")
    HOUSE = "house", _("keys files")


class SignatureKind(models.TextChoices):
    """The algorithm of a key."""

    ED25519 = "ed25519", "Ed25519"
    SM2 = "sm2", "SM2"


class UnitKind(models.TextChoices):
    """What a serial shipping container code stands on."""

    BOX = "box", _("box")
    PALLET = "pallet", _("pallet")


class UnitState(models.TextChoices):
    """Where a box or pallet is on its way."""

    PACKED = "packed", pgettext_lazy("unit", "packed")
    SHIPPED = "shipped", pgettext_lazy("unit", "on its way")
    RECEIVED = "received", pgettext_lazy("unit", "received")
    SOLD = "sold", pgettext_lazy("unit", "sold")
    RECALLED = "recalled", pgettext_lazy("unit", "recalled")


class ExceptionKind(models.TextChoices):
    """What does not fit in the chain and waits for somebody."""

    BALANCE_BROKEN = "balance_broken", _("mass balance broken")
    EXCURSION = "excursion", _("temperature excursion")
    REPORT_FAILED = "report_failed", _("test report failed")
    CLONE_SUSPECTED = "clone_suspected", _("copied code suspected")


class ErrorBehaviour(models.TextChoices):
    """What a capture does with the good events beside a bad one (GS1-Capture-Error-Behaviour)."""

    ROLLBACK = "rollback", _("keep nothing")
    PROCEED = "proceed", _("keep the good events")


class MentionRole(models.IntegerChoices):
    """In which field an event names something."""

    EPC = 1, "epcList"
    CHILD = 2, "childEPCs"
    PARENT = 3, "parentID"
    INPUT = 4, "inputEPCList"
    OUTPUT = 5, "outputEPCList"
    CLASS = 6, "quantityList"
    CHILD_CLASS = 7, "childQuantityList"
    INPUT_CLASS = 8, "inputQuantityList"
    OUTPUT_CLASS = 9, "outputQuantityList"
    TRANSACTION = 10, "bizTransactionList"
    SOURCE = 11, "sourceList"
    DESTINATION = 12, "destinationList"
    TRANSFORMATION = 13, "transformationID"


class BroodstockSource(models.TextChoices):
    """Where a hatchery's parent animals come from; the values are GDST's."""

    DOMESTIC = "Domestic", _("bred in captivity")
    WILD = "Wild Sources", _("from the wild")


class WelfarePolicy(models.TextChoices):
    """Which human welfare policy covers the people of a site; the values are GDST's."""

    NONE = "None", _("no policy")
    INTERNAL = "Internal", _("own policy")
    AUDITED = "3P Audit", _("audited by a third party")


class ScanRule(models.TextChoices):
    """Why a code's scans do not fit one animal; the words are those for its reader."""

    IMPOSSIBLE_TRAVEL = "impossible_travel", _("seen at two places faster than anybody travels")
    BEFORE_SHIPPING = "before_shipping", _("scanned before it left the works")
    MOVED_TWICE = "moved_twice", _("seen back and forth between distant places")
    AFTER_CLAIM = "after_claim", _("seen far from where it was claimed")
