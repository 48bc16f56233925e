"""Parts of pages that look the same to all who may see the same: put together once, shown to many.

Who may see a page is asked at each request. What it then shows is kept for a second or so under a key that
names everything it depends on: the person's standing (``settings.JINMAI_STANDING``), the language (always
part of the key), the object, the query. A token against forged requests and the address of the page are put
in for each reader apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from jinmai.core.web.remembered import remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from django.http import HttpRequest

# Stand in a kept part where a reader's own token and the address of the page go; no page has them otherwise.
TOKEN = "token-of-the-reader-against-forged-requests"  # noqa: S105 - a placeholder
ADDRESS = "address-of-the-page-with-its-query"


def fragment(
    request: HttpRequest,
    template: str,
    context: Callable[[], dict[str, Any]],
    *,
    key: Hashable,
    seconds: float = 1.0,
) -> SafeString:
    """The rendered ``template``; ``context`` is asked for only where it must be put together anew."""

    def make() -> str:
        replaced = {"csrf_token": TOKEN, "page_address": ADDRESS}
        return render_to_string(template, context() | replaced, request=request)

    full_key = ("fragment", template, get_language(), key)
    kept = remembered(full_key, make, unchanged=timezone.now, seconds=seconds)
    if ADDRESS in kept:
        kept = kept.replace(ADDRESS, escape(request.get_full_path()))
    return SafeString(kept.replace(TOKEN, get_token(request)) if TOKEN in kept else kept)


def standing(request: HttpRequest) -> Hashable:
    """What this person's permissions depend on, for keys; None for a visitor.

    Without a room that names it, nobody shares anything with anybody else.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    hook = getattr(settings, "JINMAI_STANDING", "")
    if not hook:
        return ("person", user.pk)
    named: Hashable = import_string(hook)(user)
    return named
