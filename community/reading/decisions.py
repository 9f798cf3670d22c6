"""How a decision reads to the person it is about: what happened, to which text, why, by whom, what follows, and how to
appeal. One place for its page, its line in the inbox and its mail, so that they cannot disagree."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.actions.decisions import APPEAL_FOR, is_about_an_appeal, may_appeal
from community.models import Answer, Appeal, Decision, Ground, Hiding, Thread

Outcome = Decision.Outcome
_PICTURE = re.compile(r"<img [^>]*>")
_FILE = re.compile(r'<a href="/attachments/[^>]*>.*?</a>', re.DOTALL)
#: A post as the reader's own, in the middle of a page: "question", "answer" or "account".
_ASKED, _ANSWERED, _ACCOUNT = "question", "answer", "account"

#: What happened, by outcome and by what it happened to.
_HEADLINES: Mapping[str, Mapping[str, str | Promise]] = {
    Outcome.HIDDEN: {
        _ASKED: gettext_lazy("Your question was hidden"),
        _ANSWERED: gettext_lazy("Your answer was hidden"),
    },
    Outcome.RESTORED: {
        _ASKED: gettext_lazy("Your question is back"),
        _ANSWERED: gettext_lazy("Your answer is back"),
    },
    Outcome.REFUSED: {
        _ASKED: gettext_lazy("Your question was not published"),
        _ANSWERED: gettext_lazy("Your answer was not published"),
    },
    Outcome.RELEASED: {
        _ASKED: gettext_lazy("Your question is published"),
        _ANSWERED: gettext_lazy("Your answer is published"),
    },
    Outcome.BANNED: {_ACCOUNT: gettext_lazy("Your account was closed to posting")},
    Outcome.UNBANNED: {_ACCOUNT: gettext_lazy("Your account is open again")},
    Outcome.REDACTED: {
        _ASKED: gettext_lazy("Private data was removed from your question"),
        _ANSWERED: gettext_lazy("Private data was removed from your answer"),
    },
    Outcome.PURGED: {
        _ASKED: gettext_lazy("Your question was removed for good"),
        _ANSWERED: gettext_lazy("Your answer was removed for good"),
    },
    Outcome.SENT_BACK: {
        _ASKED: gettext_lazy("Your words were sent back to you"),
        _ANSWERED: gettext_lazy("Your answer was sent back to you"),
    },
    Outcome.LOCKED: {_ASKED: gettext_lazy("Your question was locked")},
    Outcome.MOVED: {_ASKED: gettext_lazy("Your question was moved"), _ANSWERED: gettext_lazy("Your answer was moved")},
}
_APPEAL_KEPT = gettext_lazy("Your appeal was looked at: the decision stands")
_APPEAL_WON = gettext_lazy("Your appeal was right: the decision was taken back")

#: What follows from it for its author.
_FOLLOWS: Mapping[str, str | Promise] = {
    Outcome.HIDDEN: gettext_lazy(
        "Only moderators see it now. Nothing else changes: you can go on asking and answering as before."
    ),
    Outcome.RESTORED: gettext_lazy("Everybody sees it again as it was, with the votes and thanks it had."),
    Outcome.REFUSED: gettext_lazy(
        "Nobody but you and the moderators has seen it. You can change what is wrong and post it anew."
    ),
    Outcome.RELEASED: gettext_lazy("Everybody sees it, as if you had posted it at that moment."),
    Outcome.BANNED: gettext_lazy(
        "You can no longer sign in or post here, and what you wrote is out of sight. Nothing of it is deleted."
    ),
    Outcome.UNBANNED: gettext_lazy("You can sign in and post again, and what you wrote is back."),
    Outcome.REDACTED: gettext_lazy(
        "The rest of it stands as you wrote it. What was removed is gone from earlier versions too."
    ),
    Outcome.PURGED: gettext_lazy("Its words and files are deleted. Nothing else changes for you."),
    Outcome.SENT_BACK: gettext_lazy("It does not show yet. Change it and propose it again."),
    Outcome.LOCKED: gettext_lazy("It can still be read. Nobody can answer it or change it for now."),
    Outcome.MOVED: gettext_lazy("Everything in it came along, and old links still lead to it."),
}
_CANNOT_COME_BACK = gettext_lazy("What was removed is gone and cannot be shown again. You may write it anew.")

#: The rule behind each ground, in plain words.
_RULES: Mapping[str, str | Promise] = {
    Ground.SPAM: gettext_lazy(
        "Posts here help somebody with a question. Advertising, repeated links and made-up support numbers do not."
    ),
    Ground.RUDE: gettext_lazy("We talk to each other as we would at a table: about the matter, never at the person."),
    Ground.PRIVATE: gettext_lazy(
        "Addresses, phone numbers, serial and card numbers do not belong in public: yours or anybody else's."
    ),
    Ground.OFF_TOPIC: gettext_lazy("Each board has its subject, so that people find what helps them."),
    Ground.WRONG: gettext_lazy("Advice that can hurt somebody or break something is taken out of sight."),
    Ground.ILLEGAL: gettext_lazy("What is against the law cannot stand here."),
    Ground.IMPERSONATION: gettext_lazy("Nobody speaks here as somebody else, least of all as our support."),
    Ground.DUPLICATE: gettext_lazy("The same words once are enough: several copies make it harder to find an answer."),
    Ground.OTHER: gettext_lazy("The moderator's own words say why."),
}


@dataclass(frozen=True)
class Told:
    """One decision as its author reads it. `words` are the moderator's own; `post` is the author's text as HTML.

    `stage` of an appeal: "" (cannot be made), "open" (may be made until `until`), "waits", "settled".
    """

    decision: Decision
    headline: str
    what: str
    when: datetime
    ground: str
    rule: str
    words: str
    follows: str
    by: str
    title: str
    url: str
    post: SafeString
    stage: str
    until: datetime
    appeal: Appeal | None
    undone_by: Decision | None

    @property
    def tone(self) -> str:
        """How it is shown: as something given back, or as something taken."""
        return "success" if self.decision.outcome in _GOOD else "info" if self.decision.outcome in _MILD else "warning"

    @property
    def icon(self) -> str:
        """Beside the headline."""
        return _ICONS.get(self.decision.outcome, "info")


_GOOD = frozenset({Outcome.RESTORED, Outcome.RELEASED, Outcome.UNBANNED})
_MILD = frozenset({Outcome.MOVED, Outcome.KEPT, Outcome.LOCKED, Outcome.REDACTED})
_ICONS: Mapping[str, str] = {
    Outcome.HIDDEN: "eye-off",
    Outcome.RESTORED: "eye",
    Outcome.RELEASED: "check-circle",
    Outcome.BANNED: "ban",
    Outcome.LOCKED: "lock",
    Outcome.MOVED: "arrow-right",
}


def about(decision: Decision) -> str:
    """ "question", "answer" or "account"."""
    if decision.answer_id is not None:
        return _ANSWERED
    return _ASKED if decision.thread_id is not None else _ACCOUNT


def headline(decision: Decision) -> str:
    """What happened, in one sentence to its author."""
    if answers_own_appeal(decision):
        return str(_APPEAL_KEPT if decision.outcome == Outcome.KEPT else _APPEAL_WON)
    if decision.outcome == Outcome.RESTORED and any(each.outcome == Outcome.LOCKED for each in decision.undoes.all()):
        return _("Your question takes answers again")
    found = _HEADLINES.get(decision.outcome, {})
    return str(found.get(about(decision)) or next(iter(found.values()), _("We looked at it, and it stays as it is")))


def answers_own_appeal(decision: Decision) -> bool:
    """Whether it is the answer to an appeal of the person it is about."""
    if decision.review is None or not is_about_an_appeal(decision):
        return False
    return any(appeal.person_id == decision.person_id for appeal in decision.review.appeals.all())


def what_it_is(decision: Decision) -> str:
    """The post, without any of its words: what may stand in lists and mails whatever became of it."""
    if decision.answer is not None:
        return _("Your answer of %(day)s") % {"day": _day(decision.answer.answered_at)}
    if decision.thread is not None:
        return _("Your question of %(day)s") % {"day": _day(decision.thread.asked_at)}
    return _("Your account")


def told(decision: Decision) -> Told:
    """The decision as its author reads it; two or three queries. Load it with `with_post`."""
    appeal = (
        Appeal.objects.filter(decision=decision, person=decision.person).select_related("answered_by__said").first()
    )
    words = getattr(decision, "said", None)
    title, url = _place(decision)
    return Told(
        decision=decision,
        headline=headline(decision),
        what=what_it_is(decision),
        when=decision.decided_at,
        ground=str(Ground(decision.ground).label) if decision.ground else "",
        rule=str(_RULES[decision.ground]) if decision.ground else "",
        words=words.text if words else "",
        follows=_follows(decision),
        by=_by(decision),
        title=title,
        url=url,
        post=own_words(decision),
        stage=_stage(decision, appeal),
        until=decision.decided_at + APPEAL_FOR,
        appeal=appeal,
        undone_by=decision.undone_by,
    )


def _stage(decision: Decision, appeal: Appeal | None) -> str:
    if appeal is not None:
        return "settled" if appeal.answered_by_id else "waits"
    return "open" if may_appeal(decision) else ""


def _follows(decision: Decision) -> str:
    if decision.outcome == Outcome.KEPT:
        return _("Nothing changes by it. A second person has looked at it, so this is the last word here.")
    if decision.outcome == Outcome.RESTORED and _is_gone(decision):
        return str(_CANNOT_COME_BACK)
    return str(_FOLLOWS.get(decision.outcome, ""))


def _is_gone(decision: Decision) -> bool:
    post = decision.answer or decision.thread
    return post is not None and post.hidden_for == Hiding.PURGED


def _by(decision: Decision) -> str:
    if decision.decided_by_id is None:
        return _("A rule decided this by itself; no person has looked at it yet.")
    return _("A person from our team decided this.")


def _place(decision: Decision) -> tuple[str, str]:
    """The question's title and its address, as far as whoever it is about may see them now."""
    if decision.thread_id is None:
        return "", ""
    person = type(decision.person).objects.with_standing().get(pk=decision.person_id)
    if decision.answer_id is not None:
        answer = Answer.objects.visible_to(person).filter(pk=decision.answer_id).select_related("thread").first()
        if answer is not None:
            return answer.thread.title, answer.get_absolute_url()
    thread = Thread.objects.visible_to(person).filter(pk=decision.thread_id).first()
    return (thread.title, thread.get_absolute_url()) if thread is not None else ("", "")


def own_words(decision: Decision) -> SafeString:
    """The author's text, as it is now: hidden from others, never from whoever wrote it. Pictures and files by name.

    Nothing of what was destroyed, and nothing of a post that somebody else wrote.
    """
    post = decision.answer or decision.thread
    if post is None or post.hidden_for == Hiding.PURGED:
        return SafeString("")
    author = post.author_id if isinstance(post, Answer) else post.asker_id
    if author != decision.person_id:
        return SafeString("")
    html = _PICTURE.sub(f"[{_('Picture')}]", _FILE.sub(f"[{_('File')}]", post.body_html))
    body = mark_safe(html)  # noqa: S308 - rendered and sanitised when it was written
    if isinstance(post, Thread):
        return format_html("<p><strong>{}</strong></p>{}", post.title, body)
    return body


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")
