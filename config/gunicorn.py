"""How gunicorn serves Peerdesk: `gunicorn -c config/gunicorn.py config.wsgi`; options on its command line go first.

WEB_BIND     where to listen (default 127.0.0.1:8000), e.g. unix:/run/peerdesk/web.sock
WEB_WORKERS  how many processes (default: two and one more for each core)
"""

import os
from pathlib import Path

from config.logs import logging_settings

# The master's own lines pass the same masks, which ask the settings for the site's secrets.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS") or 2 + (os.cpu_count() or 1))
#: A page that takes longer is a fault; nginx gives up at the same time.
timeout = 30
#: Requests that are being answered are finished before a worker goes.
graceful_timeout = 30
#: A worker is made anew now and then, not all at the same time.
max_requests, max_requests_jitter = 20_000, 2_000
#: Beside nginx on the same machine a connection is cheap; behind it, keeping one costs a worker its freedom.
keepalive = 2
#: The one line for each request is the site's own (config/logs.py).
accesslog = None
#: Nothing is steered through a socket in somebody's home folder: systemd sends signals.
control_socket_disable = True
# In memory: on a slow disk a worker that tells it is alive would seem dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
_logs = logging_settings(form=os.environ.get("LOG_FORMAT") or "json", level="WARNING", logs_requests=True)
logconfig_dict = {
    "formatters": _logs["formatters"],
    "handlers": _logs["handlers"],
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "gunicorn.access": {"handlers": [], "level": "WARNING", "propagate": False},
    },
}
