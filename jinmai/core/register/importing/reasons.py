"""Why a cell, a row or a file is refused, in both languages. Codes are kept, words are made when shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext, gettext_noop, override

from jinmai.core.register.choices import PartyKind, SizeClass

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CELL = {
    "formula": gettext_noop("The cell holds a formula. Put its value in instead."),
    "merged": gettext_noop("The cell is merged with others. Split it and fill each cell."),
    "error_value": gettext_noop("The cell holds an error: %(detail)s."),
    "precision": gettext_noop(
        "The code was typed as a number and has lost its last digits. Format the column as text."
    ),
    "too_long": gettext_noop("The cell has %(detail)s characters, more than are taken."),
    "control": gettext_noop("The cell holds a character that nobody can see: %(detail)s."),
    "blank": gettext_noop("The cell is empty and must not be."),
    "name": gettext_noop("A name has 1 to 120 characters."),
    "code_length": gettext_noop("A unified social credit code has 18 characters."),
    "code_letters": gettext_noop(
        "A unified social credit code has digits and letters, but no I, O, S, V, Z."
    ),
    "code_check_digit": gettext_noop("The check digit is wrong: a character was mistyped."),
    "code_authority": gettext_noop("No registration authority has codes that begin so."),
    "kind_unknown": gettext_noop("Not a kind of party. There are: %(detail)s."),
    "kind_code": gettext_noop("By its code the party is of another kind: %(detail)s."),
    "district_unknown": gettext_noop("Not a district of this city, neither by code nor by name."),
    "industry_form": gettext_noop("An industry code is a letter with two to four digits, such as C3140."),
    "industry_section": gettext_noop("The letter and the digits of the industry code do not fit."),
    "industry_division": gettext_noop("There is no such division in GB/T 4754."),
    "industry_edition": gettext_noop("The edition of GB/T 4754 is 2011 or 2017."),
    "size_unknown": gettext_noop("Not a size class. There are: %(detail)s."),
    "source_unknown": gettext_noop("There is no such source register."),
    "source_may_not": gettext_noop("This source does not say this. It comes from: %(detail)s."),
    "day": gettext_noop("Not a day. Write it as 2024-04-09."),
    "day_range": gettext_noop("The day lies outside the years that are taken: %(detail)s."),
    "year": gettext_noop("Not a year. Write it as 2024."),
    "period_empty": gettext_noop("The period ends before it begins."),
    "period_missing": gettext_noop("The number is of a year: fill in which."),
    "as_of_missing": gettext_noop("Fill in as of which day this is said."),
    "as_of_future": gettext_noop("The as-of day lies in the future."),
    "number": gettext_noop("Not a number."),
    "too_precise": gettext_noop("More decimals than are kept: %(detail)s."),
    "too_large": gettext_noop("The number is too large."),
    "below_nought": gettext_noop("This number is never below nought."),
    "period_to_come": gettext_noop("The year had not begun on the as-of day."),
    "flag": gettext_noop("Write yes or no."),
    "value_code": gettext_noop("Not in the list. There are: %(detail)s."),
    "licence": gettext_noop(
        "Not a food production licence: SC and 14 digits. Character %(detail)s is the first that cannot be."
    ),
    "licence_check_digit": gettext_noop(
        "The check digit of this food production licence would be %(detail)s: a digit was mistyped."
    ),
    "text_too_long": gettext_noop("The text has more than %(detail)s characters."),
    "differs": gettext_noop("The register says otherwise of this party. Change it there, with a reason."),
    "differs_in_file": gettext_noop("The same party stands in row %(detail)s with another value."),
    "duplicate": gettext_noop("The same party, period and source stand in row %(detail)s."),
    "unknown_party": gettext_noop("The party is not in the register yet, so its name is needed."),
}
FILE = {
    "empty": gettext_noop("The file is empty."),
    "too_big": gettext_noop("The file is too big: %(detail)s bytes."),
    "unpacks_too_big": gettext_noop("The file unpacks to far more than it holds: %(detail)s."),
    "binary": gettext_noop("This is no table but another kind of file: %(detail)s."),
    "old_workbook": gettext_noop("An old or encrypted workbook. Save it as .xlsx without a password."),
    "macros": gettext_noop("The workbook holds macros. Save it as .xlsx."),
    "not_a_workbook": gettext_noop("This zip file is no workbook."),
    "damaged": gettext_noop("The workbook is damaged: %(place)s %(detail)s."),
    "encoding": gettext_noop("The text is neither UTF-8 nor GB 18030 (%(place)s)."),
    "wrong_name": gettext_noop("The file's name says something else than its content: %(detail)s."),
    "too_many_rows": gettext_noop("The table has more rows than are taken (row %(place)s)."),
    "too_many_columns": gettext_noop("The table has more columns than are taken (row %(place)s)."),
    "quotes": gettext_noop("The quotation marks do not match (row %(place)s)."),
    "entities": gettext_noop("The workbook declares a document type (%(place)s), which none needs."),
    "no_rows": gettext_noop("There is a head and no row below it."),
    "header_fault": gettext_noop("The head has a formula, a merged or an unreadable cell at %(place)s."),
    "header_unknown": gettext_noop("%(place)s: “%(detail)s” is no column of the register."),
    "header_twice": gettext_noop("%(place)s: the column “%(detail)s” stands there twice."),
    "header_missing": gettext_noop("The column “%(detail)s” is missing."),
    "header_unit": gettext_noop("%(place)s: the unit is not the register's, which is %(detail)s."),
    "fault": gettext_noop("The import stopped at a fault: %(detail)s."),
    "lost": gettext_noop("The file was lost before it was checked. Hand it in again."),
}


# Reasons whose detail is codes of a closed list.
LISTS: dict[str, dict[str, StrOrPromise]] = {
    "size_unknown": dict(SizeClass.choices),
    "kind_unknown": dict(PartyKind.choices),
    "kind_code": dict(PartyKind.choices),
}


class Spoken(NamedTuple):
    """One reason in both languages."""

    zh: str
    en: str


def spoken(reason: str, detail: str = "", place: str = "") -> Spoken:
    """The words of a reason."""
    words = CELL.get(reason) or FILE[reason]
    with override("zh-hans"):
        chinese = gettext(words) % {"detail": _choices(reason, detail, "、"), "place": place}
    with override("en"):
        return Spoken(chinese, gettext(words) % {"detail": _choices(reason, detail, ", "), "place": place})


def _choices(reason: str, detail: str, between: str) -> str:
    """Codes of a closed list as the page calls them, which the table may say too."""
    labels = LISTS.get(reason)
    if labels is None:
        return detail
    return between.join(str(labels.get(code, code)) for code in detail.split(", "))
