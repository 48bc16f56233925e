from django.apps import AppConfig


class AccessConfig(AppConfig):
    """People, their organisations and roles, sign-in, and who may do what."""

    name = "jinmai.core.access"
    label = "access"
