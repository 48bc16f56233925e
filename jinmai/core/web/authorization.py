"""Says at each view who may enter it: ``requires``, ``signed_in`` or ``public``.

A view that says none of the three is refused to everybody by ``access.middleware.DenyByDefault``. What a
permission means (role, organisation, district) is the business of the authentication backends; this module
asks ``user.has_perm`` and turns the answer into a response:

========================================  =========================================================
nobody is signed in                       to the sign-in page, or 401 where no page was asked for
signed in, permission held nowhere        403, before any object is looked up
permission held, object absent            404
permission held, but not for this object  404 as well: its existence is not told to strangers
========================================  =========================================================
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

View = TypeVar("View", bound=Callable[..., Any])
log = logging.getLogger("jinmai.authorization")


@dataclass(frozen=True)
class Authorization:
    """What a view declared: ``public``, ``signed_in``, ``api`` (each operation asks) or a permission."""

    audience: str
    permission: str = ""


def declared(view: Callable[..., Any]) -> Authorization | None:
    """The declaration of a view function, or None where it has none."""
    found = getattr(view, "authorization", None)
    return found if isinstance(found, Authorization) else None


def mark(view: View, authorization: Authorization) -> View:
    """Attach a declaration to a view that cannot be decorated, such as one of a library."""
    view.authorization = authorization  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Everybody may enter, signed in or not."""
    return mark(view, Authorization("public"))


def signed_in(view: View) -> View:
    """Whoever is signed in may enter; the page shows nothing but what is their own."""
    return mark(_guarded(view, lambda request, kwargs: _signed_in(request) or ((), kwargs)), SIGNED_IN)


def requires(permission: str, *, get: Callable[..., Any] | None = None) -> Callable[[View], View]:
    """Those who hold ``permission`` may enter; with ``get``, those who hold it for that object.

    ``get`` takes the arguments of the address and gives the object (None or ``DoesNotExist``: 404). The view
    is then called with the request and the object. Without ``get`` the permission must be held somewhere and
    the view filters what it shows by ``access.api.visible``.
    """

    def decorate(view: View) -> View:
        def admit(request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponseBase | _Arguments:
            return _signed_in(request) or _with_permission(request, permission, get, kwargs)

        return mark(_guarded(view, admit), Authorization("permission", permission))

    return decorate


SIGNED_IN = Authorization("signed_in")
_Arguments = tuple[tuple[Any, ...], dict[str, Any]]
_Admit = Callable[[HttpRequest, dict[str, Any]], HttpResponseBase | _Arguments]


def _guarded(view: View, admit: _Admit) -> View:
    """Wrap a view, synchronous or not, so that ``admit`` runs first."""
    if iscoroutinefunction(view):

        @wraps(view)
        async def awaited(request: HttpRequest, **kwargs: Any) -> Any:
            answer = await sync_to_async(admit)(request, kwargs)
            if isinstance(answer, HttpResponseBase):
                return answer
            return _private(await view(request, *answer[0], **answer[1]))

        return awaited  # type: ignore[return-value]

    @wraps(view)
    def called(request: HttpRequest, **kwargs: Any) -> Any:
        answer = admit(request, kwargs)
        if isinstance(answer, HttpResponseBase):
            return answer
        return _private(view(request, *answer[0], **answer[1]))

    return called  # type: ignore[return-value]


def _private(response: Any) -> Any:
    """Keep a guarded page out of every cache, so that the next person at this machine does not find it."""
    if isinstance(response, HttpResponseBase) and not response.has_header("Cache-Control"):
        response["Cache-Control"] = "private, no-store"
    return response


def _signed_in(request: HttpRequest) -> HttpResponseBase | None:
    """None where somebody is signed in, else the way to the sign-in page."""
    if request.user.is_authenticated:
        return None
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    address = reverse("sign_in") + (f"?{urlencode({'next': back})}" if back else "")
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("sign_in")})
    if not request.accepts("text/html"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="jinmai"'})
    return redirect(address)


def _with_permission(
    request: HttpRequest, permission: str, get: Callable[..., Any] | None, kwargs: dict[str, Any]
) -> _Arguments:
    if not request.user.has_perm(permission):
        log.info("refused: %s lacks %s at %s", request.user.pk, permission, request.path)
        raise PermissionDenied(permission)
    if get is None:
        return (), kwargs
    try:
        found = get(**kwargs)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    if found is None:
        raise Http404
    if not request.user.has_perm(permission, found):
        log.info("hidden: %s lacks %s for the object at %s", request.user.pk, permission, request.path)
        raise Http404
    return (found,), {}
