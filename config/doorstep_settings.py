"""The site as `manage.py receive_mail` needs it: a mail server starts one process for each mail.

The administration's pages and the worker's jobs stay out of it; they are two thirds of the time that starting takes.
"""

from config.settings import *  # noqa: F403

INSTALLED_APPS = [
    "config.apps.UnregisteredAdminConfig" if app == "config.apps.PeerdeskAdminConfig" else app
    for app in INSTALLED_APPS  # noqa: F405
]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
