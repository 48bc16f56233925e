from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """What keeps the house running: heartbeats of its parts, periodic jobs, health."""

    name = "jinmai.core.operations"
    label = "operations"
