"""`manage.py runserver`, with the worker inside, so that a newcomer needs no second process."""

from typing import Any

from whitenoise.runserver_nostatic.management.commands.runserver import Command as RunserverCommand

from community.incoming import local_server
from community.mails.sending import remember_served
from community.notices.worker import start_in_background
from config.demo_server import Address


class Command(RunserverCommand):
    """Django's development server; the worker and the server for incoming mail run as daemon threads of it."""

    def inner_run(self, *args: Any, **options: Any) -> None:
        """Called in the serving process only: the autoreloader's child, never its parent."""
        remember_served(Address(self.addr, int(self.port)).url)
        start_in_background()
        if told := local_server.start_in_background():
            self.stdout.write(f"  {told}\n")
        super().inner_run(*args, **options)
