from importlib import import_module

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Layout, tables, charts, the portal. It knows no other room: navigation is passed in."""

    name = "jinmai.core.web"
    label = "web"

    def ready(self) -> None:
        """Check what manifests declare for the big screen at each start."""
        import_module("jinmai.core.web.checks")
