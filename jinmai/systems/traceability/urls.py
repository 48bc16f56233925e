"""Addresses of this system, below ``/traceability/``."""

from __future__ import annotations

from django.urls import path

from jinmai.systems.traceability.views import lots

app_name = "traceability"
urlpatterns = [path("", lots.overview, name="overview")]
