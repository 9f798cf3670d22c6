"""The site as `manage.py bench` and `page_weight` measure it: the real settings, a bare view, one database."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403

DEBUG = False
# the same few texts come again and again, as fast as they can: that is measured, not held
HOLD_POSTS = False
DATABASES["default"]["NAME"] = os.environ["PEERDESK_BENCH_DATABASE"]  # noqa: F405
# A search index of its own, for it is another database.
SEARCH_DIR = Path(os.environ.get("PEERDESK_BENCH_SEARCH") or DATA_DIR / "search_bench")  # noqa: F405
ROOT_URLCONF = "config.bench_urls"

# Files as production serves them: with their hash in the name, packed, kept for ever.
if collected := os.environ.get("PEERDESK_BENCH_STATIC"):
    STATIC_ROOT = Path(collected)
    STORAGES["staticfiles"]["BACKEND"] = "config.staticfiles.HashedStorage"  # noqa: F405
    WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = False
    INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "whitenoise.runserver_nostatic"]  # noqa: F405

# A load of requests in a second is what is measured here, not refused; the trial of the limits sets one for all.
EVERY_LIMIT = int(os.environ.get("PEERDESK_BENCH_LIMITS") or 0)
LIMITS_FACTOR = 1 if EVERY_LIMIT else 1_000_000
