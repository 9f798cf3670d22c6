"""Posts of mail lists as mails with made-up facts, for the administrators' page of mails."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy

from community import clock
from community.models import ThreadEvent
from community.notices.letters import Written
from community.notices.list_letters import Place, put_post
from community.notices.samples import Sample, sample_answer, sample_people, sample_row, sample_shown, sample_thread
from community.notices.stops import Stop

_KIND = ThreadEvent.Kind


@dataclass(frozen=True)
class _Post:
    """What happened, and who did it: 0 the asker, 1 who answered. A third reads, or the asker."""

    kind: str
    actor: int
    reader: int = 2

    def __call__(self) -> Written:
        people, thread = sample_people(), sample_thread()
        thread.board.mail_name = "routers"
        if self.kind == _KIND.ACCEPTED:
            thread.solved_at = clock.now()
        answer = None if self.kind == _KIND.ASKED else sample_answer(thread)
        shown = sample_shown(self.kind, thread, answer, people[self.actor], people[self.reader])
        stop = Stop("unwatch", "board", thread.board.pk, thread.board.name)
        followed_at = clock.now() - timedelta(days=40)
        row = sample_row(self.kind, "list")
        return put_post(row, shown, thread, people[self.reader], stop, followed_at, Place())


SAMPLES: dict[str, Sample] = {
    "list-asked": Sample(gettext_lazy("A question on a board one follows as a mail list"), _Post(_KIND.ASKED, 0)),
    "list-answered": Sample(gettext_lazy("An answer on such a board"), _Post(_KIND.ANSWERED, 1)),
    "list-answered-asker": Sample(gettext_lazy("An answer to one's own question there"), _Post(_KIND.ANSWERED, 1, 0)),
    "list-solved": Sample(gettext_lazy("A question on such a board is solved"), _Post(_KIND.ACCEPTED, 0)),
}
