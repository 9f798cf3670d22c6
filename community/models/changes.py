"""Change rows: what changed, for those who follow along (page cache, search index, fan-out).

A row carries the id of the transaction that wrote it, so that followers can ask snapshots what they saw (snapshots.py).
"""

from datetime import timedelta

from django.db import models
from django.db.models import Func

from community import clock

#: Followers and page caches look back no further than this; older change rows are dropped (tasks.py).
KEEP_CHANGES = timedelta(days=7)


class CurrentTransaction(Func):
    """The writing transaction's id, as a bigint that never wraps."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class ChangeRow(models.Model):
    """Something a page shows has changed: a thread, a board's list, or (neither given) the whole site."""

    xid = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    thread_id = models.BigIntegerField(null=True)
    board_id = models.BigIntegerField(null=True)
    #: by the real clock: how long a row is kept must not depend on the time an import or a demo lives in
    recorded_at = models.DateTimeField(default=clock.wall)

    class Meta:
        indexes = [
            # read by: followers, in order
            models.Index(fields=["xid", "id"], name="change_order"),
            # read by: the page cache, for one thread and for the site as a whole
            models.Index(fields=["thread_id", "xid"], name="change_thread"),
            # read by: the page cache, for a board's list
            models.Index(fields=["board_id", "xid"], name="change_board"),
        ]

    def __str__(self) -> str:
        return f"{self.xid}: thread {self.thread_id}, board {self.board_id}"


class Follower(models.Model):
    """How far one follower has read (snapshots.py): everything `snapshot` saw is done.

    While a long stretch is read in batches, `reading` is the snapshot at its end, (xid, row) the last row handed out.
    """

    name = models.CharField(max_length=60, primary_key=True)
    snapshot = models.TextField(blank=True)
    reading = models.TextField(blank=True)
    xid = models.BigIntegerField(default=0)
    row = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.snapshot}"
