"""Closes the demo's logins, so that production starts."""

from typing import Any

from django.core.management.base import BaseCommand

from community.actions.demo_people import remove_demo_logins


class Command(BaseCommand):
    help = "Closes the demo's logins (their posts stay). Production refuses to start while there are any."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        names = remove_demo_logins()
        if names:
            self.stdout.write(f"Closed {len(names)} demo logins: {', '.join(names)}")
        else:
            self.stdout.write("There are no demo logins.")
