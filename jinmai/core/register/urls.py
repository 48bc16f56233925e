from django.urls import path

from jinmai.core.register.views import changes, corrections, facts, imports, parties, places, things

urlpatterns = [
    path("places/", places.place_list, name="places"),
    path("places/<slug:key>/", places.place_page, name="place"),
    path("places/<slug:key>/facts/<slug:kind>/", facts.place_fact_history, name="place_fact_history"),
    path("things/", things.thing_list, name="things"),
    path("things/<slug:key>/", things.thing_page, name="thing"),
    path("things/<slug:key>/facts/<slug:kind>/", facts.thing_fact_history, name="thing_fact_history"),
    path("facts/<int:number>/correction/", corrections.correct, name="fact_correction"),
    path("facts/<int:number>/withdrawal/", corrections.withdraw, name="fact_withdrawal"),
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
    path("parties/<str:code>/change/", changes.change, name="party_change"),
    path("parties/<str:code>/changes/", changes.history, name="party_changes"),
    path("parties/<str:code>/personal/", parties.personal, name="party_personal"),
    path("parties/<str:code>/facts/<slug:kind>/", facts.fact_history, name="fact_history"),
]
