"""An edit of a post that everybody sees: a link added to an old post is an old trick.

What an edit adds is weighed as a new post's words would be. Under the threshold of its author's level nothing happens.
Above it, the post goes before the moderators, and out of sight until one has looked, with one exception: where hiding
would take other people's words or a solution along, and a link of somebody new is all there is, it stays in sight
meanwhile. (Keeping two texts, one shown and one waiting, would need a second truth about every post.)
"""

import re

from community.actions.compose import Composed
from community.actions.decisions import decide
from community.actions.flags import may_hide_by_itself
from community.actions.hiding import put_away
from community.actions.record import record_audit
from community.actions.reviews import open_review
from community.actions.suspecting import renew_print, weigh
from community.content.suspicion import Reason, Verdict, suspect, verdict_of
from community.models import Answer, Decision, Ground, Hiding, Review, Solution, Thread, User
from community.roles import STAFF
from community.trust import HELD_FROM

_LINK = re.compile(r'<a [^>]*href="(https?://[^"]{1,2000})"')
#: Found again on every look at the same words, or no matter of the words at all.
_NOT_ADDED = {Reason.NEW_LINKS, Reason.NEW_PICTURES, Reason.BRAKE, Reason.REPEATED, Reason.QUICK}


def check_edit(
    *, actor: User, thread: Thread, answer: Answer | None, composed: Composed, title: str, before: tuple[str, str]
) -> bool:
    """Weigh what the author's edit added to `before` (title and source, HTML); True when the post is hidden for it.

    The caller holds the thread's lock and has stored the new words. One statement; for staff, or an edit of somebody
    else's post, none.
    """
    post = thread if answer is None else answer
    author = thread.asker_id if answer is None else (answer.author_id)
    if actor.effective_roles & STAFF or actor.pk != author or post.hidden_at is not None:
        return False
    where = (thread.pk, answer.pk if answer else None)
    weighed = weigh(actor=actor, composed=composed, title=title, own_question=answer is None, itself=where)
    renew_print(weighed, thread_id=where[0], answer_id=where[1])
    added = _added(weighed.verdict, composed, before)
    if not added.reasons or added.weight < HELD_FROM[weighed.level]:
        return False
    reasons = [str(reason) for reason in added.reasons]
    review = open_review(
        kind=Review.Kind.FLAGGED, thread=thread, answer=answer, person=actor, reasons=reasons, weight=added.weight
    )
    only_a_link = added.reasons == (Reason.ADDED_LINKS,)
    if (only_a_link and _carries_others(thread, answer)) or not may_hide_by_itself(thread, answer):
        return False
    if not put_away(actor=None, thread=thread, answer=answer, why=Hiding.FLAGS):
        return False
    record_audit("hidden", actor=None, target=post)
    decide(
        actor=None,
        outcome=Decision.Outcome.HIDDEN,
        ground=Ground.SPAM,
        thread=thread,
        answer=answer,
        person=actor,
        review=review,
    )
    return True


def _added(now: Verdict, composed: Composed, before: tuple[str, str]) -> Verdict:
    """What was not there before the edit."""
    source, html = before
    links = _LINK.findall(html)
    was = suspect(source, links).reasons
    reasons = {reason for reason in now.reasons if reason not in was and reason not in _NOT_ADDED}
    if Reason.NEW_LINKS in now.reasons and set(composed.links) - {link.replace("&amp;", "&") for link in links}:
        reasons.add(Reason.ADDED_LINKS)
    return verdict_of(reasons)


def _carries_others(thread: Thread, answer: Answer | None) -> bool:
    """Whether hiding it takes something of other people's along."""
    if answer is None:
        return thread.peer_answer_count > 0
    return Solution.objects.filter(answer=answer, withdrawn_at__isnull=True).exists()
