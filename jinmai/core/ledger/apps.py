from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    """Append-only entries, their Merkle log, its signed checkpoints and proofs."""

    name = "jinmai.core.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Guard the tables after every migration: SQLite drops triggers when it rebuilds a table."""
        from jinmai.core.ledger.immutability import guard_tables  # noqa: PLC0415 - models load first

        post_migrate.connect(guard_tables, sender=self)
