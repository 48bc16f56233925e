from importlib import import_module

from django.apps import AppConfig


class TraceabilityConfig(AppConfig):
    """Follows sea cucumbers from the hatchery to the hand, each animal under its own code."""

    name = "jinmai.systems.traceability"
    label = "traceability"

    def ready(self) -> None:
        """Read the temperatures in what others capture."""
        receivers = import_module("jinmai.systems.traceability.receivers")
        ledger = import_module("jinmai.core.ledger.api")
        ledger.follow("traceability.sensor_data", [receivers.EVENTS_CAPTURED], receivers.events_captured)
