"""The WSGI door (gunicorn config.wsgi)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from community.checks import refuse_demo_logins  # noqa: E402 - needs Django to be set up
from community.search.following import start_in_background  # noqa: E402

refuse_demo_logins()
start_in_background()  # one process of a machine keeps the search index, the others stand by
