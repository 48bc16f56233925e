"""Addresses of this system, below ``/traceability/``."""

from __future__ import annotations

from django.urls import path

from jinmai.systems.traceability.views import (
    certificates,
    consumer,
    findings,
    labels,
    lot_deeds,
    lots,
    promises,
    reports,
    temperature,
    units,
)

app_name = "traceability"
urlpatterns = [
    path("", lots.overview, name="overview"),
    path("trace/", lots.trace, name="trace"),
    path("lots/new/", lot_deeds.new_lot, name="new_lot"),
    path("lots/<str:gtin>/<str:code>/", lots.lot_page, name="lot"),
    path("lots/<str:gtin>/<str:code>/treat/", lot_deeds.treat, name="treat"),
    path("lots/<str:gtin>/<str:code>/weigh/", lot_deeds.weigh, name="weigh"),
    path("lots/<str:gtin>/<str:code>/mint/", lot_deeds.give_codes, name="mint"),
    path("lots/<str:gtin>/<str:code>/pack/", lot_deeds.pack, name="pack"),
    path(
        "lots/<str:gtin>/<str:code>/batches/<int:batch>/labels/<int:first>.<str:form>",
        labels.labels,
        name="labels",
    ),
    path("lots/<str:gtin>/<str:code>/batches/<int:batch>/pins.csv", labels.pins, name="pins"),
    path(
        "lots/<str:gtin>/<str:code>/batches/<int:batch>/customer/",
        labels.as_customer,
        name="as_customer",
    ),
    path("lots/<str:gtin>/<str:code>/promises/new/", promises.new_promise, name="new_promise"),
    path("lots/<str:gtin>/<str:code>/promises/<int:number>/", promises.promise_page, name="promise"),
    path(
        "lots/<str:gtin>/<str:code>/promises/<int:number>.pdf", promises.print_promise, name="promise_paper"
    ),
    path("lots/<str:gtin>/<str:code>/state/", lot_deeds.state, name="lot_state"),
    path("lots/<str:gtin>/<str:code>/recall/", lot_deeds.call_back, name="start_recall"),
    path("pack/<str:gtin>/", consumer.product_page, name="product_published"),
    path("pack/<str:gtin>/lots/<str:code>/", consumer.lot_page, name="lot_published"),
    path("pack/<str:gtin>/<str:serial>/", consumer.item_page, name="pack_page"),
    path("pack/<str:gtin>/<str:serial>/claim/", consumer.item_claim, name="pack_claim"),
    path("pack/<str:gtin>/<str:serial>/place/", consumer.item_place, name="pack_place"),
    path("units/", units.unit_list, name="units"),
    path("units/pallet/", units.stack, name="stack"),
    path("units/<str:sscc>/", units.unit_page, name="unit"),
    path("units/<str:sscc>/ship/", units.send, name="ship"),
    path("units/<str:sscc>/receive/", units.take_in, name="receive"),
    path("units/<str:sscc>/unpack/", units.take_off, name="unpack"),
    path("units/<str:sscc>/sell/", units.sell_out, name="sell"),
    path("loggers/", temperature.logger_list, name="loggers"),
    path("loggers/new/", temperature.new_logger, name="new_logger"),
    path("loggers/<str:serial>/", temperature.logger_page, name="logger"),
    path("loggers/<str:serial>/chart.json", temperature.logger_chart, name="logger_chart"),
    path("loggers/<str:serial>/readings/", temperature.add_readings, name="add_readings"),
    path("exceptions/", findings.exception_list, name="exceptions"),
    path("exceptions/<int:pk>/", findings.exception_page, name="exception"),
    path("exceptions/<int:pk>/close/", findings.exception_close, name="close_exception"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/new/", reports.new_report, name="new_report"),
    path("reports/<str:number>/", reports.report_page, name="report"),
    path("reports/<str:number>.pdf", reports.print_report, name="report_pdf"),
    path("reports/<str:number>/results/", reports.results, name="report_results"),
    path("reports/<str:number>/results.xlsx", reports.results_template, name="results_template"),
    path("reports/<str:number>/issue/", reports.issue, name="issue_report"),
    path("reports/<str:number>/withdraw/", reports.withdraw, name="withdraw_report"),
    path("certificates/", certificates.certificate_list, name="certificates"),
    path("certificates/<uuid:identifier>/", certificates.certificate_page, name="certificate"),
    path(
        "certificates/<uuid:identifier>/revoke/", certificates.certificate_revoke, name="revoke_certificate"
    ),
    path("keys/", certificates.key_list, name="signing_keys"),
    path("keys/void/", certificates.void_code, name="void_code"),
    path("keys/<str:tag>/", certificates.key_page, name="signing_key"),
    path("keys/<str:tag>/rotate/", certificates.key_rotate, name="rotate_key"),
    path("keys/<str:tag>/revoke/", certificates.key_revoke, name="revoke_key"),
    path("recalls/", findings.recall_list, name="recalls"),
    path("recalls/<int:pk>/", findings.recall_page, name="recall"),
    path("recalls/<int:pk>/animals/", findings.recalled_animals, name="recalled_animals"),
    path("recalls/<int:pk>/close/", findings.recall_close, name="close_recall"),
]
