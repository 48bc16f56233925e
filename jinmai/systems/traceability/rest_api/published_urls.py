"""The addresses below ``/trace/``: documents with which anybody verifies what the chain says."""

from __future__ import annotations

from django.urls import path

from jinmai.systems.traceability.rest_api import published

urlpatterns = [
    path("issuers/<slug:key>", published.issuer, name="traceability.published.issuer"),
    path("status/<slug:key>", published.status_list, name="traceability.published.status_list"),
    path(
        "certificates/<uuid:identifier>.json",
        published.certificate,
        name="traceability.published.certificate",
    ),
    path(
        "certificates/<uuid:identifier>.pdf",
        published.certificate_paper,
        name="traceability.published.certificate_paper",
    ),
    path("keys/<str:gtin>/<str:code>.json", published.keys, name="traceability.published.keys"),
    path(
        "master_data/<str:code>/<str:value>.json",
        published.master_data,
        name="traceability.published.master_data",
    ),
]
