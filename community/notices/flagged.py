"""What came of a report, for whoever raised it: a calm line in the inbox, never a mail."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from community.actions.flags import RIGHT
from community.actions.reviews import NOTICE
from community.models import Review, Thread, User
from community.notices.notifiables import Shown


def show_settled(ids: Iterable[int], reader: User) -> dict[int, Shown]:
    """Review -> what its flaggers are told, once it is decided and as long as they may see the question. Two queries.

    What was hidden has no address any more: the line leads to its question, and for a question to the inbox itself.
    """
    rows = Review.objects.filter(
        pk__in=list(ids), settled_at__isnull=False, flags__person=reader, flags__withdrawn_at__isnull=True
    )
    reviews = {review.pk: review for review in rows.select_related("thread__board", "answer").distinct()}
    seen = set(Thread.objects.visible_to(reader).filter(reviews__in=reviews).values_list("pk", flat=True))
    shown = {}
    for pk, review in reviews.items():
        thread, answer = review.thread, review.answer
        if thread is None or review.settled_at is None:
            continue
        is_seen = thread.pk in seen
        post = answer if answer is not None and answer.hidden_at is None else thread
        shown[pk] = Shown(
            sentence=_sentence(review),
            title=thread.title if is_seen else "",
            url=post.get_absolute_url() if is_seen else reverse("inbox"),
            happened_at=review.settled_at,
            actor="",
            kind=NOTICE,
        )
    return shown


def _sentence(review: Review) -> str:
    if review.outcome in ("hide", "keep_hidden"):
        return _("Thank you for your report: a moderator agreed, and the post is out of sight")
    if review.outcome in RIGHT:
        return _("Thank you for your report: a moderator has put it right")
    return _("Thank you for your report: a moderator looked at the post and left it")


NOTIFIABLES = {NOTICE: show_settled}
