"""The community app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CommunityConfig(AppConfig):
    name = "community"
    verbose_name = _("Community")

    def ready(self) -> None:
        from community import checks  # noqa: F401 - registers itself; models are there only once the apps are ready
        from community.defaults import make_all_defaults

        post_migrate.connect(make_all_defaults, sender=self)
