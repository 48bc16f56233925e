from django.urls import path

from jinmai.core.fieldwork import views

urlpatterns = [
    path("field/", views.field, name="field"),
    path("field/who", views.who, name="field_who"),
    path("field/deeds", views.deeds, name="field_deeds"),
    path("field/look", views.look, name="field_look"),
    path("field/app.webmanifest", views.web_manifest, name="field_manifest"),
    path("field/service-worker.js", views.service_worker, name="field_worker"),
]
