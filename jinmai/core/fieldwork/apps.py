from importlib import import_module

from django.apps import AppConfig


class FieldworkConfig(AppConfig):
    """Work away from a desk: the installed web app, its queue, and the inbox that takes each deed once."""

    name = "jinmai.core.fieldwork"
    label = "fieldwork"

    def ready(self) -> None:
        """Check the deeds of all manifests at each start."""
        import_module("jinmai.core.fieldwork.checks")
