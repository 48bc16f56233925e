from django.apps import AppConfig


class TraceabilityConfig(AppConfig):
    """Follows sea cucumbers from the hatchery to the hand, each animal under its own code."""

    name = "jinmai.systems.traceability"
    label = "traceability"
