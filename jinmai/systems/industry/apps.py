from django.apps import AppConfig


class IndustryConfig(AppConfig):
    """The industrial internet platform: plants, their devices, telemetry, energy and alarms."""

    name = "jinmai.systems.industry"
    label = "industry"
