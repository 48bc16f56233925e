from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The house itself: its commands that belong to no single room."""

    name = "jinmai.config"
    label = "config"
