"""The register's tables: who and what there is, and dated facts about it. Facts are added, never changed."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from jinmai.core.register.choices import (
    HANDLE,
    PROTECTED,
    Bound,
    DatumChoice,
    ImportState,
    PartyKind,
    Period,
    PlaceKind,
    SizeClass,
    TextForm,
    ThingKind,
    ValueType,
)
from jinmai.core.web.api import in_language


class NeverChangedError(Exception):
    """Somebody tried to change or delete a fact. A correction is a new fact."""

    def __init__(self) -> None:
        super().__init__("a fact is never changed or deleted; enter a correction")


class FactQuerySet(models.QuerySet[Any]):
    """Facts can be read and added."""

    def update(self, **_values: Any) -> NoReturn:
        """Refused."""
        raise NeverChangedError

    def delete(self) -> NoReturn:
        """Refused."""
        raise NeverChangedError


class Named(models.Model):
    """Something with a name in both languages."""

    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language; Chinese where there is no English one."""
        return in_language(self)


class District(Named):
    """A district or county of the city by its code (GB/T 2260)."""

    code = models.CharField(_("code"), max_length=6, primary_key=True)

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("district")
        verbose_name_plural = _("districts")


class Industry(Named):
    """An industry of GB/T 4754-2017 that the city pack names: groups and classes below the divisions."""

    code = models.CharField(_("code"), max_length=5, primary_key=True)

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("industry")
        verbose_name_plural = _("industries")


class Party(Named):
    """A firm, sole trader, institution, bureau or person, under one code for the whole city.

    ``industry_code`` is as it was handed in, with its edition; ``industry`` is the code of the 2017 edition,
    empty where it is not known. ``illustrative`` says that the party, or the use of its name, is invented.
    """

    code = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=PartyKind)
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        verbose_name=_("district"),
        null=True,
        blank=True,
        db_index=False,
        related_name="parties",
    )
    industry_code = models.CharField(_("industry code"), max_length=5, blank=True)
    industry_edition = models.CharField(_("edition"), max_length=4, blank=True)
    industry = models.CharField(_("industry (2017)"), max_length=5, blank=True)
    size = models.CharField(_("size"), max_length=6, choices=SizeClass, blank=True)
    illustrative = models.BooleanField(_("illustrative"), default=False, db_default=False)
    entered_at = models.DateTimeField(_("entered"), db_default=Now())

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=PartyKind.values), name="party_kind_is_known"),
        ]
        verbose_name = _("party")
        verbose_name_plural = _("parties")

    @property
    def protected(self) -> bool:
        """Whether the party is a person before the law on personal information."""
        return self.kind in PROTECTED

    @property
    def handle(self) -> str:
        """How addresses of pages name it: the code, for the protected a number that says nothing."""
        return f"{HANDLE}{self.pk}" if self.protected else self.code

    @property
    def subject(self) -> str:
        """Its key in the ledger, which is public: the code, for the protected a number that says nothing."""
        return f"party:{self.pk}" if self.protected else f"party:{self.code}"

    @property
    def personal(self) -> str:
        """What is masked of a protected party, for the entry that records an unmasking."""
        return self.name_zh


class Place(Named):
    """A place of the city. Coordinates are whole 1e-7 degrees and mean nothing without their datum."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=PlaceKind)
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        verbose_name=_("district"),
        null=True,
        blank=True,
        related_name="places",
    )
    party = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        verbose_name=_("whose"),
        null=True,
        blank=True,
        related_name="places",
    )
    longitude_e7 = models.BigIntegerField(_("longitude"), null=True, blank=True)
    latitude_e7 = models.BigIntegerField(_("latitude"), null=True, blank=True)
    datum = models.CharField(_("datum"), max_length=6, choices=DatumChoice, blank=True)
    illustrative = models.BooleanField(_("illustrative"), default=False)

    class Meta:
        ordering: ClassVar = ["kind", "key"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(longitude_e7__isnull=True, latitude_e7__isnull=True, datum="")
                | (Q(longitude_e7__isnull=False, latitude_e7__isnull=False) & ~Q(datum="")),
                name="place_position_is_whole",
            ),
        ]
        verbose_name = _("place")
        verbose_name_plural = _("places")

    @property
    def subject(self) -> str:
        """Its key in the ledger."""
        return f"place:{self.key}"


class Thing(Named):
    """A thing of a party at a place: equipment, a vehicle, a pond, a design."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=ThingKind)
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, verbose_name=_("whose"), null=True, related_name="things"
    )
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, verbose_name=_("where"), null=True, related_name="things"
    )
    illustrative = models.BooleanField(_("illustrative"), default=False)

    class Meta:
        ordering: ClassVar = ["key"]
        verbose_name = _("thing")
        verbose_name_plural = _("things")

    @property
    def subject(self) -> str:
        """Its key in the ledger."""
        return f"thing:{self.key}"


class Source(Named):
    """A source register: who says so (tax bureau, statistics, a newspaper page, our own rule)."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    rank = models.SmallIntegerField(_("rank"), default=50)
    reference = models.CharField(_("reference"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["rank", "key"]
        verbose_name = _("source register")
        verbose_name_plural = _("source registers")


class FactKind(Named):
    """What can be said: the type of the value, its unit, and which registers may say it.

    A number is kept as whole multiples of ``10 ** -decimals`` units (money: fen), below nought only where
    ``signed``. ``sources`` empty: any register. ``protected`` values are masked for persons and sole traders.
    ``text_form`` names a standard that the words keep, or they are refused.
    """

    key = models.SlugField(_("key"), max_length=60, unique=True)
    value_type = models.CharField(_("type"), max_length=6, choices=ValueType)
    period = models.CharField(_("period"), max_length=4, choices=Period)
    unit_zh = models.CharField(_("unit"), max_length=20, blank=True)
    unit_en = models.CharField(_("unit in English"), max_length=30, blank=True)
    decimals = models.SmallIntegerField(_("decimals"), default=0)
    codes = models.JSONField(_("codes"), default=dict, blank=True)
    sources = models.JSONField(_("sources"), default=list, blank=True)
    protected = models.BooleanField(_("protected"), default=False)
    text_form = models.CharField(_("form of the words"), max_length=20, choices=TextForm, blank=True)
    signed = models.BooleanField(_("may be below nought"), default=False)

    class Meta:
        ordering: ClassVar = ["key"]
        verbose_name = _("kind of fact")
        verbose_name_plural = _("kinds of facts")

    @property
    def unit(self) -> str:
        """The unit in the reader's language."""
        return in_language(self, "unit")


class Import(models.Model):
    """One file handed in. Its rows are committed to by digest before the first of them is written."""

    key = models.CharField(_("idempotency key"), max_length=80, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=ImportState, default=ImportState.CHECKING)
    file_name = models.CharField(_("file"), max_length=200)
    file_size = models.BigIntegerField(_("bytes"))
    file_digest = models.CharField(_("SHA-256 of the file"), max_length=64)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, verbose_name=_("source"), null=True)
    as_of = models.DateField(_("as of"), null=True)
    illustrative = models.BooleanField(_("illustrative"), default=False)
    actor = models.CharField(_("by"), max_length=200)
    refusal = models.JSONField(_("why the file was refused"), null=True)
    rows_good = models.BigIntegerField(_("good rows"), default=0)
    rows_refused = models.BigIntegerField(_("refused rows"), default=0)
    rows_written = models.BigIntegerField(_("rows written"), default=0)
    facts_written = models.BigIntegerField(_("facts written"), default=0)
    facts_known = models.BigIntegerField(_("facts known already"), default=0)
    parties_new = models.BigIntegerField(_("new parties"), default=0)
    root = models.CharField(_("digest of the good rows"), max_length=64, blank=True)
    report_digest = models.CharField(_("SHA-256 of the report"), max_length=64, blank=True)
    started_at = models.DateTimeField(_("handed in"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.file_name

    @property
    def subject(self) -> str:
        """Its key in the ledger."""
        return f"import:{self.pk}"


class ImportChunk(models.Model):
    """Rows of an import written in one transaction; ``known``: place and number of facts there already."""

    batch = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="chunks")
    number = models.IntegerField(_("number"))
    lines_digest = models.CharField(_("digest of the rows"), max_length=64)
    facts_digest = models.CharField(_("digest of the facts"), max_length=64)
    rows = models.IntegerField(_("rows"))
    first_fact = models.BigIntegerField(null=True)
    last_fact = models.BigIntegerField(null=True)
    known = models.JSONField(_("facts known already"), default=list)

    class Meta:
        ordering: ClassVar = ["batch", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_chunk_per_number")
        ]
        verbose_name = _("chunk of an import")
        verbose_name_plural = _("chunks of imports")

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"


class Fact(models.Model):
    """One thing that one source said about one subject, for one time, as of one day.

    The effective period is half open (``effective_to`` None: until further notice). ``entered_at`` is when
    this house came to know it. ``corrects``: the fact replaced from then on; without a value, withdrawn, or
    ``erased`` because the law demanded it.
    """

    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="facts", db_index=False)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="facts", db_index=False)
    thing = models.ForeignKey(Thing, models.PROTECT, null=True, related_name="facts", db_index=False)
    kind = models.ForeignKey(FactKind, on_delete=models.PROTECT, db_index=False, verbose_name=_("kind"))
    number = models.BigIntegerField(_("number"), null=True)
    bound = models.CharField(_("meant as"), max_length=8, choices=Bound, blank=True, db_default="")
    text = models.CharField(_("words"), max_length=500, blank=True, db_default="")
    withdrawn = models.BooleanField(_("withdrawn"), default=False, db_default=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False, verbose_name=_("source"))
    as_of = models.DateField(_("as of"))
    effective_from = models.DateField(_("effective from"))
    effective_to = models.DateField(_("effective before"), null=True)
    entered_at = models.DateTimeField(_("entered"))
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections", db_index=False
    )
    batch = models.ForeignKey(Import, on_delete=models.PROTECT, null=True, db_index=False)
    illustrative = models.BooleanField(_("illustrative"), default=False, db_default=False)
    note = models.CharField(_("note"), max_length=300, blank=True, db_default="")
    erased = models.BooleanField(_("erased"), default=False, db_default=False)

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["party", "kind"], name="fact_of_party", condition=Q(party__isnull=False)),
            models.Index(fields=["place", "kind"], name="fact_of_place", condition=Q(place__isnull=False)),
            models.Index(fields=["thing", "kind"], name="fact_of_thing", condition=Q(thing__isnull=False)),
            models.Index(fields=["corrects"], name="fact_correcting", condition=Q(corrects__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(party__isnull=False, place__isnull=True, thing__isnull=True)
                | Q(party__isnull=True, place__isnull=False, thing__isnull=True)
                | Q(party__isnull=True, place__isnull=True, thing__isnull=False),
                name="fact_has_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
                name="fact_period_is_not_empty",
            ),
        ]
        verbose_name = _("fact")
        verbose_name_plural = _("facts")

    def __str__(self) -> str:
        return f"{self.kind_id} · {self.effective_from}"

    def save(self, *arguments: Any, **options: Any) -> None:
        """Insert; a second save is refused."""
        if not self._state.adding:
            raise NeverChangedError
        super().save(*arguments, **(options | {"force_insert": True}))

    def delete(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refused."""
        raise NeverChangedError


class FactBasis(models.Model):
    """That a derived fact rests on another fact, by a dated rule."""

    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="bases")
    basis = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="derived", db_index=False)
    rule = models.CharField(_("rule"), max_length=60)

    class Meta:
        verbose_name = _("basis of a fact")
        verbose_name_plural = _("bases of facts")

    def __str__(self) -> str:
        return f"{self.rule}: {self.fact_id} ← {self.basis_id}"
