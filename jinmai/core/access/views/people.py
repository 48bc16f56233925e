"""People: the list of those one may know of, a person's page, and what an administrator does there."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinmai.core.access import selectors
from jinmai.core.access.forms import PersonForm, ReasonForm, RoleForm
from jinmai.core.access.models import Membership, User
from jinmai.core.access.people import role_name
from jinmai.core.access.reach import memberships
from jinmai.core.access.roles import roles
from jinmai.core.access.services import people as verbs
from jinmai.core.access.services.refusal import Refused
from jinmai.core.access.unmasking import unmask
from jinmai.core.access.views.history import history
from jinmai.core.access.views.signed_in_person import signed_in_person
from jinmai.core.access.views.tables import PEOPLE, says_illustrative
from jinmai.core.web.api import requires, table_page


@require_safe
@requires("access.view_staff")
def people(request: HttpRequest) -> HttpResponseBase:
    """``/people/``: everybody of one's own organisation; for an administrator everybody."""
    rows = selectors.people_seen_by(signed_in_person(request))
    may_add = request.user.has_perm("access.give_role")
    return table_page(
        request, says_illustrative(PEOPLE, rows), rows, "access/people.html", {"may_add": may_add}
    )


@require_safe
@requires("access.view_staff", get=selectors.person)
def person(request: HttpRequest, person: User) -> HttpResponse:
    """``/people/<id>/``: who this is, roles, what was recorded about the account."""
    return _page(request, person)


@never_cache
@require_http_methods(["GET", "POST"])
@requires("access.give_role")
def add_person(request: HttpRequest) -> HttpResponse:
    """``/people/add``: a new person; the temporary password is shown once, on the page that answers."""
    form = PersonForm(request.POST or None, giver=signed_in_person(request))
    if request.method == "POST" and form.is_valid():
        try:
            made, password = verbs.add_person(actor=signed_in_person(request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _password_page(request, made, password)
    return render(request, "access/person_add.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
@requires("access.give_role", get=selectors.person)
def give_role(request: HttpRequest, person: User) -> HttpResponse:
    """A further role."""
    form = RoleForm(request.POST, giver=signed_in_person(request))
    if not form.is_valid():
        return _page(request, person, role_form=form)
    return _do(
        request,
        person,
        lambda: verbs.give_role(actor=signed_in_person(request), person=person, **form.cleaned_data),
        _("The role is given. A first role ends earlier passwords: issue a new one."),
    )


@require_POST
@requires("access.manage_people", get=selectors.person)
def take_role(request: HttpRequest, person: User) -> HttpResponse:
    """A role less."""
    number = request.POST.get("membership", "")
    held = get_object_or_404(Membership, user=person, pk=int(number) if number.isdecimal() else 0)
    return _do(
        request,
        person,
        lambda: verbs.take_role(
            actor=signed_in_person(request), person=person, organisation=held.organisation, role=held.role
        ),
        _("The role is taken away."),
    )


@require_POST
@requires("access.manage_people", get=selectors.person)
def close_account(request: HttpRequest, person: User) -> HttpResponse:
    """Close it, with the reason."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, person, close_form=form)
    reason = form.cleaned_data["reason"]
    return _do(
        request,
        person,
        lambda: verbs.disable_person(actor=signed_in_person(request), person=person, reason=reason),
        _("The account is closed; its sessions have ended."),
    )


@require_POST
@requires("access.manage_people", get=selectors.person)
def open_account(request: HttpRequest, person: User) -> HttpResponse:
    """Open it again."""
    return _do(
        request,
        person,
        lambda: verbs.enable_person(actor=signed_in_person(request), person=person),
        _("The account is open again."),
    )


@never_cache
@require_POST
@requires("access.give_role", get=selectors.person)
def issue_password(request: HttpRequest, person: User) -> HttpResponse:
    """A temporary password in place of a lost one, shown once."""
    try:
        password = verbs.issue_password(actor=signed_in_person(request), person=person)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("person", pk=person.pk)
    return _password_page(request, person, password)


@require_POST
@requires("access.give_role", get=selectors.person)
def remove_second_factors(request: HttpRequest, person: User) -> HttpResponse:
    """For somebody who lost the telephone or the passkey."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, person)
    reason = form.cleaned_data["reason"]
    return _do(
        request,
        person,
        lambda: verbs.remove_second_factors(actor=signed_in_person(request), person=person, reason=reason),
        _("The second factor is removed; its sessions have ended."),
    )


@never_cache
@require_POST
@requires("access.view_contact", get=selectors.person)
def contact(request: HttpRequest, person: User) -> HttpResponse:
    """Telephone and e-mail in full, after the reason was recorded; for this one answer only."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, person, contact_form=form)
    told = {
        field: unmask(
            request,
            of=person,
            field=field,
            permission="access.view_contact",
            case=f"user:{person.pk}",
            reason=form.cleaned_data["reason"],
        )
        for field in ("phone", "email")
        if getattr(person, field)
    }
    return _page(request, person, told=told)


def _do(request: HttpRequest, person: User, verb: Callable[[], None], done: str) -> HttpResponse:
    """Do a verb, say how it went, come back to the person's page."""
    try:
        verb()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("person", pk=person.pk)


def _page(  # noqa: PLR0913 - each form of the page that may come back with its faults
    request: HttpRequest,
    person: User,
    *,
    told: dict[str, str] | None = None,
    role_form: RoleForm | None = None,
    close_form: ReasonForm | None = None,
    contact_form: ReasonForm | None = None,
) -> HttpResponse:
    viewer = signed_in_person(request)
    language = get_language() or ""
    seen = selectors.people_seen_by(viewer).get(pk=person.pk)
    held = [
        {"pk": row.pk, "role": role_name(row.role), "organisation": row.organisation.name(language)}
        for row in getattr(seen, "seen_memberships", [])
    ]
    # Accounts that check the others are opened by none of them.
    apart = any(roles()[row.role].given_apart for row in memberships(person) if row.role in roles())
    may_give = viewer.has_perm("access.give_role", person) and not apart
    wrong = any(form is not None for form in (role_form, close_form, contact_form))
    context = {
        "shown": person,
        "held": held,
        "told": told or {},
        "may_manage": viewer.has_perm("access.manage_people", person) and viewer.pk != person.pk,
        "may_give": may_give and viewer.pk != person.pk,
        "may_see_contact": viewer.has_perm("access.view_contact", person),
        "role_form": role_form or RoleForm(giver=viewer),
        "close_form": close_form or ReasonForm(),
        "contact_form": contact_form or ReasonForm(),
        "entries": history(selectors.entries_about(person)),
    }
    return render(request, "access/person.html", context, status=400 if wrong else 200)


def _password_page(request: HttpRequest, person: User, password: str) -> HttpResponse:
    return render(request, "access/password_issued.html", {"shown": person, "password": password})
