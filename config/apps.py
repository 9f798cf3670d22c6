"""The admin site of this project, as Django finds it."""

from django.contrib.admin.apps import AdminConfig


class PeerdeskAdminConfig(AdminConfig):
    default_site = "config.admin.PeerdeskAdminSite"
