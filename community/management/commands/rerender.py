"""`manage.py rerender`: brings the stored HTML of posts up to the present renderer; killed, it goes on where it was."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import models, transaction
from tqdm import tqdm

from community.actions.compose import render_body
from community.actions.record import record_change
from community.content.markdown import RENDERER_VERSION
from community.models import Answer, KnownIssue, KnownIssueUpdate, Thread

BATCH = 200


class Command(BaseCommand):
    help = (
        "Renders every post anew that an earlier renderer made. Each batch is kept, so it may be stopped at any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = sum(self._rerender(model) for model in (Thread, Answer, KnownIssue, KnownIssueUpdate))
        self.stdout.write(self.style.SUCCESS(f"{done} posts rendered anew." if done else "Every post is up to date."))

    def _rerender(self, model: type[models.Model]) -> int:
        """One model in batches of its id. A row's own version says whether it is done; nothing else is remembered."""
        # Administrators' work on rows, hidden ones too: nobody is shown anything here.
        manager: models.Manager[Any] = model._default_manager
        old = manager.exclude(renderer_version=RENDERER_VERSION).order_by("pk")
        last, done = 0, 0
        with tqdm(total=old.count(), unit=model._meta.model_name, disable=None) as progress:
            while True:
                with transaction.atomic():
                    # An edit that comes between waits for the row, and then writes the newer words.
                    rows = list(old.filter(pk__gt=last).only("pk", "body").select_for_update(no_key=True)[:BATCH])
                    if not rows:
                        return done
                    for row in rows:
                        row.body_html, row.renderer_version = render_body(row.body)[0].html, RENDERER_VERSION
                    manager.bulk_update(rows, ["body_html", "renderer_version"])
                    record_change()
                last, done = rows[-1].pk, done + len(rows)
                progress.update(len(rows))
