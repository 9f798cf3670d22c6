"""`manage.py worker`: notifications and periodic jobs, in the foreground."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from community.notices.worker import run


class Command(BaseCommand):
    help = "Runs the worker: tells people what happened and runs the periodic jobs. Stops with Ctrl+C or SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("The worker is running.")
        run(stop)
        self.stdout.write("The worker has stopped.")
