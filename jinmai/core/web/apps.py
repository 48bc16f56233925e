from django.apps import AppConfig


class WebConfig(AppConfig):
    """Layout, tables, charts, the portal. It knows no other room: navigation is passed in."""

    name = "jinmai.core.web"
    label = "web"
