"""Closed lists of the register."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartyKind(models.TextChoices):
    """What a party is. Persons and sole traders are protected: they are shown masked."""

    ENTERPRISE = "enterprise", _("enterprise")
    SOLE_TRADER = "sole_trader", _("sole trader")
    INSTITUTION = "institution", _("institution")
    BUREAU = "bureau", _("bureau")
    PERSON = "person", _("person")


PROTECTED = frozenset({PartyKind.SOLE_TRADER, PartyKind.PERSON})
# The source of facts that follow by a rule: nobody hands them in.
DERIVED = "derived"
# Of the times that facts speak of; what is derived from a year reaches into the next one.
FIRST_YEAR, LAST_YEAR = 1949, 2100
# Before the number by which addresses name a protected party; no code begins so.
HANDLE = "no-"


class SizeClass(models.TextChoices):
    """Size after the statistical classification of 2017; the empty value is unknown."""

    LARGE = "large", _("large")
    MEDIUM = "medium", _("medium")
    SMALL = "small", _("small")
    MICRO = "micro", _("micro")


class PlaceKind(models.TextChoices):
    """What a place is."""

    CITY = "city", _("city")
    DISTRICT = "district", _("district or county")
    ZONE = "zone", _("development zone")
    TOWN = "town", _("town or street")
    VILLAGE = "village", _("village")
    COMMUNITY = "community", _("community")
    SITE = "site", _("works site")
    BASE = "base", _("innovation base")
    CAR_PARK = "car_park", _("car park")
    ROAD = "road", _("road")
    MARKET = "market", _("market")
    RIVER_POINT = "river_point", _("river point")
    SCENIC = "scenic", _("scenic spot")
    COAST = "coast", _("coast")
    STUDIO = "studio", _("studio")
    HALL = "hall", _("hall")


class ThingKind(models.TextChoices):
    """What a thing is."""

    EQUIPMENT = "equipment", _("equipment")
    VEHICLE = "vehicle", _("vehicle")
    POND = "pond", _("pond")
    COLD_STORE = "cold_store", _("cold store")
    WORK = "work", _("design work")
    GOODS = "goods", _("kind of goods")


class DatumChoice(models.TextChoices):
    """The datum of a coordinate, by the name that data files use."""

    WGS_84 = "WGS-84", "WGS-84"
    GCJ_02 = "GCJ-02", "GCJ-02"
    BD_09 = "BD-09", "BD-09"


class ValueType(models.TextChoices):
    """How a value is kept: whole multiples of a scale, words, a code of a list, a day, yes or no."""

    NUMBER = "number", _("number")
    TEXT = "text", _("text")
    CODE = "code", _("code")
    DAY = "day", _("day")
    FLAG = "flag", _("yes or no")


class TextForm(models.TextChoices):
    """A form that the words of a kind of fact must have; the empty value is any words."""

    FOOD_LICENCE = "food_licence", _("number of a food production licence")


class Bound(models.TextChoices):
    """How a number is meant; the empty value is exactly so."""

    AT_LEAST = "at_least", _("at least")
    AT_MOST = "at_most", _("at most")
    ABOUT = "about", _("about")


class Period(models.TextChoices):
    """Over which time a fact of a kind speaks."""

    YEAR = "year", _("a year")
    SPAN = "span", _("a span of time")
    DAY = "day", _("one day")


class ImportState(models.TextChoices):
    """Where an import stands. Only ``writing`` changes the register, and it goes on to ``done``.

    ``failed`` is an import that stopped at a fault which another try would meet again; what it wrote
    stands, and somebody may let it go on.
    """

    CHECKING = "checking", _("being checked")
    REFUSED = "refused", _("file refused")
    CHECKED = "checked", _("waiting for a decision")
    WRITING = "writing", _("being imported")
    DONE = "done", _("imported")
    DROPPED = "dropped", _("dropped")
    FAILED = "failed", _("stopped at a fault")
