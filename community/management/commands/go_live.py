"""`manage.py go_live`: opens a site that was restored, and says first what will leave."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.actions.site import go_live, waiting
from community.care.standing import standing
from community.errors import Refused
from community.notices.fanout import fan_out_all


class Command(BaseCommand):
    help = """Lets mails, webhooks and periodic jobs run again after a restore. What waited for its mail when the backup
was taken has probably been mailed before the loss: say whether it leaves again (--send-old) or not (--drop-old)."""

    def add_arguments(self, parser: CommandParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--drop-old", action="store_true", help="leave out mails that are older than the backup")
        choice.add_argument("--send-old", action="store_true", help="send them, perhaps for the second time")
        parser.add_argument("--dry-run", action="store_true", help="only say what would leave")

    def handle(self, *args: Any, **options: Any) -> None:
        now = standing()
        if now.closed_at is None:
            raise CommandError("This site is live already.")
        # What people are still to be told of stands in their inboxes from here on; nothing leaves by it.
        fan_out_all()
        everything, old = waiting(), waiting(until=now.restored_from) if now.restored_from else None
        since = f", the oldest of {everything.oldest:%Y-%m-%d %H:%M} UTC" if everything.oldest else ""
        self.stdout.write(f"Waiting to leave: {everything.mails} mails and {everything.notices} notices{since}.")
        if old is not None:
            taken = f"{now.restored_from:%Y-%m-%d %H:%M} UTC"
            self.stdout.write(f"Of these, {old.count} are about what happened before the backup of {taken}.")
        if options["dry_run"]:
            return
        if old is not None and old.count and not (options["drop_old"] or options["send_old"]):
            raise CommandError("Say --drop-old or --send-old: those were perhaps mailed before the loss.")
        try:
            dropped = go_live(actor=None, drops_old=options["drop_old"])
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"The site is live. {everything.count - dropped} leave, {dropped} were left out.")
