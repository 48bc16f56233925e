from django.urls import path

from jinmai.core.operations import views

urlpatterns = [path("healthz", views.healthz, name="healthz")]
