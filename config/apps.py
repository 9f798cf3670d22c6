"""The apps of config: the admin site of this project, and the commands that put everything together."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig, SimpleAdminConfig


class SetupConfig(AppConfig):
    """Holds the commands that need every app: demo, runserver. No models."""

    name = "config"
    label = "setup"


class PeerdeskAdminConfig(AdminConfig):
    default_site = "config.admin.PeerdeskAdminSite"


class UnregisteredAdminConfig(SimpleAdminConfig):
    """The administration without its pages, for processes that show none."""

    default_site = "config.admin.PeerdeskAdminSite"
