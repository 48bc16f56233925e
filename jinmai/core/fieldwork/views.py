"""The page of field work, the interface of its queue, and what makes the page an app on a phone."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import msgspec
from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jinmai.core.fieldwork.deeds import FieldEarlyError, deeds_for, look_up
from jinmai.core.fieldwork.services import KeyTakenError, Sent, take_in
from jinmai.core.web.api import public, signed_in

if TYPE_CHECKING:
    from jinmai.core.access.api import User

LONGEST_CODE = 2_000
# WebAssembly is compiled under this source alone; it lets no text run as script. Only the page
# with the camera has it.
WASM = "'wasm-unsafe-eval'"
# What the page needs without network, besides itself.
KEPT = (
    "app.css",
    "app.js",
    "field.js",
    "camera.js",
    "zxing_reader.wasm",
    "icons.svg",
    "favicon.svg",
    "icon-192.png",
)


# Bounds of what a phone sends, far beyond every form; PostgreSQL keeps no text with a NUL.
FIRST_YEAR, LAST_YEAR = 1900, 2200
DeedKey = Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=r"\A[^\x00]*\Z")]
FieldName = Annotated[str, msgspec.Meta(max_length=100)]
FieldText = Annotated[str, msgspec.Meta(max_length=10_000, pattern=r"\A[^\x00]*\Z")]
Fields = Annotated[dict[FieldName, FieldText], msgspec.Meta(max_length=100)]


class SentDeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a deed. ``person`` is who made it; nobody sends one that another made."""

    key: UUID
    person: int
    deed: DeedKey
    at: datetime
    fields: Fields


@csp_replace({"script-src": [SELF, WASM]})
@signed_in
@require_safe
def field(request: HttpRequest) -> HttpResponse:
    """``/field/``: large buttons, one scan field, the queue. All of it works from the copy on the phone."""
    user: User = request.user  # type: ignore[assignment]  # signed_in lets nobody else in
    found = [(deed, deed.form(user)) for deed in deeds_for(user)]
    titles = {deed.key: deed.title for deed, _ in found}
    return render(request, "fieldwork/field.html", {"deeds": found, "titles": titles})


@signed_in
@never_cache
@require_safe
def who(request: HttpRequest) -> JsonResponse:
    """Who is signed in: asked before anything is sent."""
    return JsonResponse({"person": request.user.pk})


@signed_in
@require_POST
def deeds(request: HttpRequest) -> JsonResponse:
    """Take one deed in. 200 tells what became of it; any other answer leaves it on the phone."""
    user: User = request.user  # type: ignore[assignment]  # as above
    try:
        told = msgspec.json.decode(request.body, type=SentDeed)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return JsonResponse({"error": "malformed", "text": str(error)}, status=400)
    if told.person != user.pk:
        return JsonResponse({"error": "other_person"}, status=409)
    if fault := _fault_of(told.at):
        return JsonResponse({"error": "malformed", "text": f"{fault} - at `$.at`"}, status=400)
    try:
        row = take_in(sent=Sent(told.key, told.deed, told.at, told.fields), by=user)
    except FieldEarlyError as early:
        return JsonResponse({"state": "early", "text": str(early)})
    except KeyTakenError:
        return JsonResponse({"error": "key_taken"}, status=422)
    return JsonResponse({"state": row.state, "recorded_at": row.recorded_at.isoformat(), **row.answer})


def _fault_of(at: datetime) -> str:
    """Why this is no moment that could be kept; empty where it is one."""
    if at.tzinfo is None:
        return "at has no offset"
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return f"at lies outside {FIRST_YEAR} to {LAST_YEAR}"
    return ""


@signed_in
@never_cache
@require_safe
def look(request: HttpRequest) -> JsonResponse:
    """What a scanned code stands for, and which deeds fit it now."""
    user: User = request.user  # type: ignore[assignment]  # as above
    code = request.GET.get("code", "")[:LONGEST_CODE]
    known = look_up(code, user)
    if known is None:
        words = gettext("Not known here: %(code)s") % {"code": code[:60]}
        return JsonResponse({"known": False, "title": words})
    may = {deed.key for deed in deeds_for(user)}
    told = {"title": known.title, "detail": known.detail, "href": known.href, "tone": known.tone}
    return JsonResponse({"known": True, **told, "deeds": [key for key in known.deeds if key in may]})


@public
@require_safe
def web_manifest(request: HttpRequest) -> JsonResponse:
    """What a phone installs: name, icons, where it starts."""
    del request
    told: dict[str, Any] = {
        "id": reverse("field"),
        "name": gettext("Jinmai field work"),
        "short_name": gettext("Field work"),
        "description": gettext("Scan, record, go on; what could not be sent is sent later."),
        "start_url": reverse("field"),
        # The sign-in page and the pages of what was scanned belong to the app too.
        "scope": "/",
        "display": "standalone",
        "background_color": "#fafaf7",
        "theme_color": "#0f5c6e",
        "icons": [
            {"src": static("web/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": static("web/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": static("web/icon-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
    }
    return JsonResponse(
        told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )


@public
@never_cache
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script between the page and the network, told which files to keep.

    It lies below ``/field/`` and so governs nothing else. Another set of files is another version.
    """
    del request
    files = [static(f"web/{name}") for name in KEPT]
    source = _worker_source()
    version = hashlib.sha256(json.dumps(files).encode() + source).hexdigest()[:16]
    told = json.dumps({"version": version, "files": files, "page": reverse("field")})
    script = f"self.KEPT = {told};\n".encode() + source
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


def _worker_source() -> bytes:
    found = finders.find("web/field_worker.js")
    if not isinstance(found, str):
        raise FileNotFoundError("web/field_worker.js: the front end is not built")
    return Path(found).read_bytes()
