"""The addresses below ``/01/``, ``/00/`` and ``/414/``: Digital Links as they stand on labels."""

from __future__ import annotations

from django.urls import path

from jinmai.systems.traceability.rest_api import resolver

urlpatterns = [path("<path:rest>", resolver.resolve, name="traceability.resolver")]
