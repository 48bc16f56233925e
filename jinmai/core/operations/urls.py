from django.urls import path

from jinmai.core.operations import trust, views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.prometheus, name="metrics"),
    path("trust/", trust.trust, name="trust"),
    path("trust/jinmai-authority.crt", trust.authority, name="trust_authority"),
    path("operations/", views.operations, name="operations"),
    path("operations/state", views.operations_state, name="operations_state"),
    path("operations/jobs/<str:name>/run", views.run_now, name="run_now"),
    path("operations/tasks/<uuid:task>/again", views.try_again, name="try_again"),
]
