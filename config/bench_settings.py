"""The site as `manage.py bench` measures it: the real settings, a database of its own, and one bare view beside it."""

import os

from config.settings import *  # noqa: F403

DEBUG = False
DATABASES["default"]["NAME"] = os.environ["PEERDESK_BENCH_DATABASE"]  # noqa: F405
ROOT_URLCONF = "config.bench_urls"
