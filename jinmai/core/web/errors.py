"""What a person reads when a page cannot be shown."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be read."""
    del request, exception
    return HttpResponse(status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: this page is not for this person."""
    del request, exception
    return HttpResponse(status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing stands at this address."""
    del request, exception
    return HttpResponse(status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    del request
    return HttpResponse(status=500)
