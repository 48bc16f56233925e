from django.urls import path

from jinmai.core.register.views import facts, imports, parties, places

urlpatterns = [
    path("places/", places.place_list, name="places"),
    path("places/<slug:key>/", places.place_page, name="place"),
    path("parties/", parties.party_list, name="parties"),
    path("parties/imports/", imports.import_list, name="imports"),
    path("parties/imports/new/", imports.new_import, name="new_import"),
    path("parties/imports/template.xlsx", imports.template, name="import_template"),
    path("parties/imports/<int:number>/", imports.import_page, name="import"),
    path("parties/imports/<int:number>/progress/", imports.progress, name="import_progress"),
    path("parties/imports/<int:number>/decision/", imports.decide, name="import_decision"),
    path("parties/imports/<int:number>/resumption/", imports.resume, name="import_resumption"),
    path("parties/imports/<int:number>/report.csv", imports.report, name="import_report"),
    path("parties/<str:code>/", parties.party_page, name="party"),
    path("parties/<str:code>/personal/", parties.personal, name="party_personal"),
    path("parties/<str:code>/facts/<slug:kind>/", facts.fact_history, name="fact_history"),
]
