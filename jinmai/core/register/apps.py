from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RegisterConfig(AppConfig):
    """Parties, places, things, and their dated facts with source."""

    name = "jinmai.core.register"
    label = "register"

    def ready(self) -> None:
        """Declare the permissions, erase facts with their payloads, guard them after every migration.

        SQLite drops triggers in some.
        """
        from jinmai.core.register import permissions  # noqa: F401, PLC0415 - once the apps are ready
        from jinmai.core.register.immutability import guard_tables  # noqa: PLC0415 - as above
        from jinmai.core.register.services import erasing  # noqa: PLC0415 - as above

        erasing.erase_with_payloads()
        post_migrate.connect(guard_tables, sender=self)
