"""Keys of machines: the list, making one, revoking one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinmai.core.access import selectors
from jinmai.core.access.forms import ApiKeyForm
from jinmai.core.access.models import ApiKey
from jinmai.core.access.services.api_keys import create_api_key, revoke_api_key
from jinmai.core.access.services.refusal import Refused
from jinmai.core.access.views.history import history
from jinmai.core.access.views.signed_in_person import signed_in_person
from jinmai.core.access.views.tables import API_KEYS
from jinmai.core.ledger.api import entries_for
from jinmai.core.web.api import requires, table_page


@require_safe
@requires("access.manage_api_keys")
def api_keys(request: HttpRequest) -> HttpResponseBase:
    """``/api-keys/``: the keys within reach, never their secrets."""
    viewer = signed_in_person(request)
    context = {"may_issue": viewer.has_perm("access.issue_api_key")}
    return table_page(request, API_KEYS, selectors.api_keys_seen_by(viewer), "access/api_keys.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@requires("access.issue_api_key")
def add_api_key(request: HttpRequest) -> HttpResponse:
    """``/api-keys/add``: a new key; its text is shown once, on the page that answers."""
    form = ApiKeyForm(request.POST or None, issuer=signed_in_person(request))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            key, secret = create_api_key(
                actor=f"user:{signed_in_person(request).pk}",
                scopes=asked["scopes"].split(),
                organisation=asked["organisation"],
                name=asked["name"],
            )
        except Refused as refusal:
            form.add_error("scopes", str(refusal))
        else:
            return render(request, "access/api_key_made.html", {"key": key, "secret": secret})
    return render(request, "access/api_key_add.html", {"form": form}, status=400 if form.errors else 200)


@require_safe
@requires("access.manage_api_keys", get=selectors.api_key)
def api_key(request: HttpRequest, key: ApiKey) -> HttpResponse:
    """``/api-keys/<id>/``: what it opens, what was recorded about it."""
    entries = history(entries_for(f"api_key:{key.public_id}"))
    return render(request, "access/api_key.html", {"key": key, "entries": entries})


@require_POST
@requires("access.manage_api_keys", get=selectors.api_key)
def revoke(request: HttpRequest, key: ApiKey) -> HttpResponse:
    """End it."""
    revoke_api_key(actor=f"user:{signed_in_person(request).pk}", key=key)
    messages.success(request, _("The key is revoked; the next call with it is refused."))
    return redirect("api_keys")
