"""The ASGI door, for servers that speak it."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_asgi_application()

from community.checks import refuse_demo_logins  # noqa: E402 - needs Django to be set up
from community.search.following import start_in_background  # noqa: E402

refuse_demo_logins()
start_in_background()  # one process of a machine keeps the search index, the others stand by
