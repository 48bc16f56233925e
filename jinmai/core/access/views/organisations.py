"""Organisations whose staff sign in: the list, and adding one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jinmai.core.access import selectors
from jinmai.core.access.forms import OrganisationForm
from jinmai.core.access.services.organisations import add_organisation
from jinmai.core.access.services.refusal import Refused
from jinmai.core.access.views.signed_in_person import signed_in_person
from jinmai.core.access.views.tables import ORGANISATIONS, says_illustrative
from jinmai.core.web.api import requires, table_page


@require_safe
@requires("access.manage_people")
def organisations(request: HttpRequest) -> HttpResponseBase:
    """``/organisations/``: each with the number of its people."""
    rows = selectors.organisations_with_staff()
    return table_page(request, says_illustrative(ORGANISATIONS, rows), rows, "access/organisations.html")


@require_http_methods(["GET", "POST"])
@requires("access.manage_people")
def add(request: HttpRequest) -> HttpResponse:
    """``/organisations/add``: a new one; then people are added to it."""
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_organisation(actor=signed_in_person(request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("code", str(refusal))
        else:
            messages.success(request, _("The organisation is added. Add its people now."))
            return redirect("add_person")
    return render(request, "access/organisation_add.html", {"form": form}, status=400 if form.errors else 200)
