"""The addresses below ``/.well-known/``."""

from __future__ import annotations

from django.urls import path

from jinmai.systems.traceability.rest_api import published

urlpatterns = [path("gs1resolver", published.description, name="traceability.published.resolver")]
