"""What the letters of notices are put together from: posts as they stand in a mail, whole addresses, titles, days."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from community import clock
from community.content.mail_html import Names, for_mail
from community.content.plain import beginning
from community.content.text import excerpt
from community.mails.letters import Button, Part, Post, Words, isolated
from community.mails.sending import site_address
from community.models import Answer, Board, Thread, User
from community.notices.notifiables import Shown

#: Characters of an answer that a mail brings at most; of one's own, by which one knows it again.
WHOLE = 3000
REMINDING = 300
#: Characters of the first words, beside a subject or in a list.
FIRST_WORDS = 160
_PICTURE = re.compile(r"<img [^>]*>")
_FILE = re.compile(r'<a href="/attachments/[^>]*>.*?</a>', re.DOTALL)


@dataclass(frozen=True)
class Said:
    """What one kind of notice says. `first_words` are what a list of mails shows; `sender` "" is the site itself.

    Of what is in no question: `answered_to` is what a reply is about, as in reply addresses, and `by_word` what the
    foot says of such replies.
    """

    parts: tuple[Part, ...]
    first_words: str = ""
    sender: str = ""
    answered_to: tuple[str, int] | None = None
    by_word: tuple[str, ...] = ()


def absolute(path: str) -> str:
    """The whole address of one of our pages."""
    return site_address() + path


def name_of(person: User | None) -> str:
    """The name as it may stand in a sentence."""
    return isolated(person.display_name) if person and person.display_name else _("Somebody")


def titled(thread: Thread) -> str:
    """The title as it may stand in a sentence."""
    return isolated(thread.title)


def day_of(moment: datetime) -> str:
    """A day of the reader's calendar; the year only where it is another one."""
    day = timezone.localdate(moment)
    is_this_year = day.year == timezone.localdate(clock.now()).year
    return date_format(day, "MONTH_DAY_FORMAT" if is_this_year else "DATE_FORMAT")


def in_question(shown: Shown) -> Words:
    """Which question it happened in."""
    return Words(_("In the question “%(title)s”") % {"title": isolated(shown.title)})


def read_on(shown: Shown, label: str, *, is_quiet: bool = False) -> Button:
    """The way to where it happened."""
    return Button(label, absolute(shown.url), is_quiet=is_quiet)


def _post(author: User, when: datetime, html: str, thread: Thread, most: int) -> Post:
    made = for_mail(
        html,
        site_address=site_address(),
        names=Names(picture=_("Picture"), file=_("File")),
        most=most,
        shows_files=_shows_files(thread),
    )
    return Post(author.display_name or _("Somebody"), when, made.html, made.text, thread.language)


def answer_post(answer: Answer, thread: Thread, most: int = WHOLE) -> Post:
    """An answer as a mail brings it."""
    return _post(answer.author, answer.answered_at, answer.body_html, thread, most)


def question_post(thread: Thread, most: int = WHOLE, *, html: str = "") -> Post:
    """A question as a mail brings it; `html` is a part of it."""
    return _post(thread.asker, thread.asked_at, html or thread.body_html, thread, most)


def passage_post(answer: Answer, thread: Thread, html: str, most: int) -> Post:
    """A part of an answer."""
    return _post(answer.author, answer.answered_at, html, thread, most)


def first_words(html: str, thread: Thread) -> str:
    """What was written there begins so."""
    if not _shows_files(thread):
        html = _PICTURE.sub(f"[{_('Picture')}]", _FILE.sub(f"[{_('File')}]", html))
    return excerpt(beginning(html, FIRST_WORDS * 6), FIRST_WORDS)


def _shows_files(thread: Thread) -> bool:
    """A mail may be forwarded to anybody; what is on a closed board is for those who may open it."""
    return thread.board.audience == Board.Audience.PUBLIC
