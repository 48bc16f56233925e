"""One page for one deed: what it does, its form, one button. A refusal comes back beside what was typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4, uuid5

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jinmai.core.fieldwork.api import once
from jinmai.systems.traceability.services.certificates import CertificateRefusedError
from jinmai.systems.traceability.services.laboratory import ReportRefusedError
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.services.signing_keys import KeyRefusedError

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from jinmai.core.access.api import User


@dataclass(frozen=True)
class Deed:
    """What the page says: its heading, a sentence, the button, and where one came from.

    ``sheet`` tells this page from the next one with the same form.
    """

    title: StrOrPromise
    lead: StrOrPromise
    button: StrOrPromise
    back: str
    back_label: StrOrPromise
    facts: Sequence[tuple[StrOrPromise, StrOrPromise]] = ()
    danger: bool = False
    files: bool = False
    rows: Sequence[Form] = field(default_factory=list)
    sheet: UUID = field(default_factory=uuid4)

    @property
    def rows_filled(self) -> bool:
        """Whether more than the first row is filled in; else the others stand folded."""
        return any(row.is_bound and row.has_changed() for row in self.rows[1:])


def deed_page(request: HttpRequest, deed: Deed, form: Form) -> HttpResponse:
    """The page; with 422 where the form was refused."""
    refused = bool(form.errors) or any(row.errors for row in deed.rows)
    return render(
        request, "traceability/deed.html", {"deed": deed, "form": form}, status=422 if refused else 200
    )


def done(form: Form, do: Callable[[], Any], *, by: User | None = None) -> bool:
    """Do what a valid form asks. A refusal becomes an error of the form, at its field where it names one.

    With ``by`` a form that was sent twice from the same page, with the same words in it, is done once; the
    second is answered like the first.
    """
    key = _key(form)
    try:
        if by is None or key is None:
            do()
        else:
            once(key=key, deed=f"desk.{type(form).__name__}", by=by, do=do)
    except ChainRefusedError as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    except (ReportRefusedError, CertificateRefusedError, KeyRefusedError) as refused:
        form.add_error(None, str(refused))
    except ValidationError as wrong:
        for name, messages in getattr(wrong, "message_dict", {"": wrong.messages}).items():
            form.add_error(name if name in form.fields else None, messages)
    else:
        return True
    return False


def _key(form: Form) -> UUID | None:
    """What was typed, on which sheet: another amount on a page that one came back to is another deed."""
    try:
        sheet = UUID(form.data.get("sheet", ""))
    except ValueError:
        return None
    typed = sorted((name, value) for name, value in form.data.items() if name != "csrfmiddlewaretoken")
    return uuid5(sheet, repr(typed))
