from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccessConfig(AppConfig):
    """People, their organisations and roles, sign-in, and who may do what."""

    name = "jinmai.core.access"
    label = "access"

    def ready(self) -> None:
        """Learn every folder's permissions, and check them against the manifests at each start."""
        autodiscover_modules("permissions")
        import_module("jinmai.core.access.checks")
        import_module("jinmai.core.access.receivers")
