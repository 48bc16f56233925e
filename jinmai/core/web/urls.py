from django.urls import path
from django.views.i18n import set_language

from jinmai.core.web import views
from jinmai.core.web.authorization import public
from jinmai.core.web.styleguide import views as styleguide

urlpatterns = [
    path("", views.portal, name="portal"),
    path("live/portal", views.live_portal, name="live_portal"),
    path("screen/", views.screen, name="screen"),
    path("screen/live", views.live_screen, name="live_screen"),
    path("language", public(set_language), name="set_language"),
    path("theme", views.set_theme, name="set_theme"),
    path("styleguide/", styleguide.gallery, name="styleguide"),
    path("styleguide/charts/<slug:name>.json", styleguide.chart, name="styleguide_chart"),
    path("styleguide/live", styleguide.live, name="styleguide_live"),
]
