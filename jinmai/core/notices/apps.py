from importlib import import_module

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Messages to people and to the machines of their organisations."""

    name = "jinmai.core.notices"
    label = "notices"

    def ready(self) -> None:
        """Compare the kinds of all manifests with what their words need, at each start."""
        import_module("jinmai.core.notices.checks")
