"""What each kind of notice says. `WRITERS` is the table: a new kind adds its line there.

Every writer gets the notification, what it shows (with the thread, the answer and their people loaded) and its reader,
whose language and time zone are active, and asks the database for as little as it can.
"""

import re
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community import permissions
from community.content.text import key
from community.mails.letters import Button, Choice, Heading, Part, Words, isolated
from community.models import Answer, Notification, Thread, ThreadEvent, User
from community.notices import known_issues, milestones, reminders
from community.notices.notifiables import Shown
from community.notices.saying import (
    REMINDING,
    Said,
    answer_post,
    day_of,
    first_words,
    in_question,
    passage_post,
    question_post,
    read_on,
    titled,
)
from community.notices.solved import not_yet_address, solved_address
from community.reading.people_helped import people_helped, solved_for

Writer = Callable[[Notification, Shown, User], Said]

#: Characters around a mention that a mail brings.
AROUND = 1500
#: Characters of an answer that was mailed before.
REMINDED = 1000
_MENTION = re.compile(r'class="mention">@([^<]*)</a>')
#: An edit belongs to the news of it.
_AT_ONCE = timedelta(minutes=1)


def write_said(row: Notification, shown: Shown, reader: User) -> Said:
    """What this notice says; a kind without words of its own says what the inbox says.

    settings.NOTICE_WRITERS lists the registries.
    """
    writer: Writer = _plain
    for path in settings.NOTICE_WRITERS:
        writer = import_string(path).get(shown.kind, writer)
    return writer(row, shown, reader)


def _plain(row: Notification, shown: Shown, reader: User) -> Said:
    if shown.thread is None:
        return Said((Heading(shown.sentence), Words(isolated(shown.title)), read_on(shown, _("Read it on the site"))))
    parts = (Heading(shown.sentence), in_question(shown), read_on(shown, _("Open the question")))
    return Said(parts, shown.sentence)


def _answered(row: Notification, shown: Shown, reader: User) -> Said:
    thread, answer = shown.thread, shown.answer
    if thread is None or answer is None:
        return _plain(row, shown, reader)
    parts: list[Part] = [Heading(shown.sentence), in_question(shown), answer_post(answer, thread)]
    if may_confirm(reader, thread):
        parts += [did_it_solve(reader, answer), read_on(shown, _("Read it on the site, or write back"), is_quiet=True)]
    else:
        parts.append(read_on(shown, _("Read it on the site")))
    return Said(tuple(parts), first_words(answer.body_html, thread), shown.actor)


def may_confirm(reader: User, thread: Thread) -> bool:
    """Whether the two buttons make sense: it is the reader's own question, and it waits for a solution."""
    return thread.asker_id == reader.pk and thread.solved_at is None and permissions.can_accept(reader, thread)


def did_it_solve(reader: User, answer: Answer) -> Choice:
    """The two buttons below an answer."""
    yes = Button(_("Yes, solved"), solved_address(reader, answer))
    return Choice(_("Did this solve it?"), (yes, Button(_("Not yet"), not_yet_address(reader, answer))))


def _accepted(row: Notification, shown: Shown, reader: User) -> Said:
    thread, answer = shown.thread, shown.answer
    if thread is None or answer is None:
        return _plain(row, shown, reader)
    if answer.author_id == reader.pk:
        return _thanks(shown, thread, answer)
    post = answer_post(answer, thread)
    if row.reason == "me_too":
        parts: tuple[Part, ...] = (
            Heading(_("A problem you share is solved")),
            Words(_("This is the solution to “%(title)s”. Does it help you too?") % {"title": titled(thread)}),
            post,
            read_on(shown, _("This solved it for me")),
            Words(_("If it does not, say so below the answer: others will know more.")),
        )
    elif thread.asker_id == reader.pk:
        told = _("This answer was marked as the solution to your question “%(title)s”, as you were not there to do so.")
        parts = (
            Heading(_("Your question has a solution")),
            Words(told % {"title": titled(thread)}),
            post,
            Words(_("Is it right? On the site you confirm it, choose another answer, or say that it is not solved.")),
            read_on(shown, _("Look at the solution")),
        )
    else:
        parts = (Heading(shown.sentence), in_question(shown), post, read_on(shown, _("Read it on the site")))
    return Said(parts, first_words(answer.body_html, thread), shown.actor)


def _thanks(shown: Shown, thread: Thread, answer: Answer) -> Said:
    if shown.actor_id == thread.asker_id:
        told = _("%(actor)s accepted your answer to “%(title)s”. Now everybody with the same question finds it first.")
    else:
        told = _("Your answer to “%(title)s” is marked as the solution. Now everybody with the same question finds it.")
    told %= {"actor": isolated(shown.actor) or _("Somebody"), "title": titled(thread)}
    parts: list[Part] = [Heading(_("Thank you: your answer is the solution")), Words(told)]
    if count := _helped_by(shown, answer):
        parts.append(Words(f"{solved_for(count)}."))
    parts += [answer_post(answer, thread, REMINDING), read_on(shown, _("See your answer"))]
    return Said(tuple(parts), told, shown.actor)


def _withdrawn(row: Notification, shown: Shown, reader: User) -> Said:
    thread, answer = shown.thread, shown.answer
    if thread is None or answer is None:
        return _plain(row, shown, reader)
    if answer.author_id == reader.pk:
        told = _("Your answer still stands, only no longer as the solution. Perhaps one detail is missing.")
    elif thread.solved_at is not None:
        told = _("Another answer is marked as the solution now.")
    else:
        told = _("The question is open again, and others may answer.")
    parts = (Heading(shown.sentence), in_question(shown), Words(told), read_on(shown, _("Look at the question")))
    return Said(parts, told, shown.actor)


def _mentioned(row: Notification, shown: Shown, reader: User) -> Said:
    thread, answer = shown.thread, shown.answer
    if thread is None:
        return _plain(row, shown, reader)
    html = _around(answer.body_html if answer else thread.body_html, reader)
    post = passage_post(answer, thread, html, AROUND) if answer else question_post(thread, AROUND, html=html)
    parts = (Heading(shown.sentence), in_question(shown), post, read_on(shown, _("Read it on the site, or write back")))
    return Said(parts, first_words(html, thread), shown.actor)


def _around(html: str, reader: User) -> str:
    """The part of a body where the reader is named: from its beginning, unless that is far above."""
    names = (found for found in _MENTION.finditer(html) if key(found[1]) == reader.username_key)
    at = next((found.start() for found in names), 0)
    if at < AROUND:
        return html
    start = max(html.rfind("<p>", 0, at), html.rfind("<li>", 0, at), 0)
    return f"<p>…</p>{html[start:]}"


def _info_requested(row: Notification, shown: Shown, reader: User) -> Said:
    told = _(
        "People want to help with “%(title)s” and need to know more: which product and version you have, what you "
        "tried, and what exactly happens. A sentence or a picture is often enough."
    ) % {"title": isolated(shown.title)}
    return Said((Heading(shown.sentence), Words(told), read_on(shown, _("Add what is missing"))), told, shown.actor)


def _info_given(row: Notification, shown: Shown, reader: User) -> Said:
    thread = shown.thread
    parts: list[Part] = [Heading(shown.sentence), in_question(shown)]
    if thread is not None and thread.edited_at and abs(thread.edited_at - shown.happened_at) < _AT_ONCE:
        parts += [Words(_("The question as it stands now:")), question_post(thread)]
    parts.append(read_on(shown, _("Read it on the site")))
    return Said(tuple(parts), shown.sentence, shown.actor)


def _helped(row: Notification, shown: Shown, reader: User) -> Said:
    parts: list[Part] = [Heading(shown.sentence), in_question(shown)]
    answer = shown.answer
    if answer is not None and (count := _helped_by(shown, answer)) > 1:
        parts.append(Words(f"{solved_for(count)}."))
    parts += [Words(_("Thank you for writing it down.")), read_on(shown, _("See your answer"))]
    return Said(tuple(parts), shown.title, shown.actor)


def _helped_by(shown: Shown, answer: Answer) -> int:
    """How many people it has helped so far. One query."""
    return people_helped([answer.pk]).get(answer.pk, 0) if shown.helped is None else shown.helped


def _step(row: Notification, shown: Shown, reader: User) -> Said:
    told = _("Each of them had the same problem as in “%(title)s” and did not have to wait for help. Thank you.")
    told %= {"title": isolated(shown.title)}
    return Said((Heading(shown.sentence), Words(told), read_on(shown, _("See your answer"))), told)


def _outdated(row: Notification, shown: Shown, reader: User) -> Said:
    thread, answer = shown.thread, shown.answer
    if thread is None or answer is None:
        return _plain(row, shown, reader)
    told = _("It helped when you wrote it. If you know what has changed since, an edit or a new answer helps the next.")
    post = answer_post(answer, thread, REMINDING)
    parts = (Heading(shown.sentence), in_question(shown), post, Words(told), read_on(shown, _("Look at your answer")))
    return Said(parts, told, shown.actor)


def _asked(row: Notification, shown: Shown, reader: User) -> Said:
    thread = shown.thread
    if thread is None:
        return _plain(row, shown, reader)
    told = _("%(actor)s asks on the board %(board)s:")
    told %= {"actor": isolated(shown.actor) or _("Somebody"), "board": isolated(thread.board.name)}
    parts = (
        Heading(thread.title, thread.language),
        Words(told),
        question_post(thread),
        read_on(shown, _("Read it on the site, or answer")),
    )
    return Said(parts, first_words(thread.body_html, thread), shown.actor)


def _escalated(row: Notification, shown: Shown, reader: User) -> Said:
    told = _("There is nothing you have to do: staff have “%(title)s” on their list, and you are told of their answer.")
    told %= {"title": isolated(shown.title)}
    return Said((Heading(shown.sentence), Words(told), read_on(shown, _("Open the question"))), told)


def _closed(row: Notification, shown: Shown, reader: User) -> Said:
    told = _("It can still be read, but those who help no longer see it in their lists. You can reopen it.")
    parts = (Heading(shown.sentence), in_question(shown), Words(told), read_on(shown, _("Open the question")))
    return Said(parts, told, shown.actor)


def _merged(row: Notification, shown: Shown, reader: User) -> Said:
    told = _("It is the same as “%(title)s”. What is answered there is an answer to you, and you are told of it.")
    told %= {"title": isolated(shown.title)}
    return Said((Heading(shown.sentence), Words(told), read_on(shown, _("Read the answers there"))), told)


def _not_solved(row: Notification, shown: Shown, reader: User) -> Said:
    thread, answer = shown.thread, shown.answer
    if thread is None or answer is None:
        return _plain(row, shown, reader)
    told = _(
        "%(actor)s has read your answer and says that it is not solved yet. Perhaps one detail is missing, or you know "
        "what to try next. If not, others see that the question waits."
    ) % {"actor": isolated(shown.actor) or _("Somebody")}
    post = answer_post(answer, thread, REMINDING)
    parts = (Heading(shown.sentence), in_question(shown), Words(told), post, read_on(shown, _("Look at the question")))
    return Said(parts, told, shown.actor)


def _reminder(row: Notification, shown: Shown, reader: User) -> Said:
    thread, answer = shown.thread, shown.answer
    if thread is None or answer is None:
        return _plain(row, shown, reader)
    told = _("%(actor)s answered your question “%(title)s” on %(day)s, and would like to know whether it helped.")
    actor, day = isolated(shown.actor) or _("Somebody"), day_of(answer.answered_at)
    told %= {"actor": actor, "title": titled(thread), "day": day}
    parts: list[Part] = [Heading(shown.sentence), Words(told), answer_post(answer, thread, REMINDED)]
    if more := max(0, thread.peer_answer_count - 1):
        others = ngettext("There is %(count)d more answer.", "There are %(count)d more answers.", more)
        parts.append(Words(others % {"count": more}))
    parts += [
        did_it_solve(reader, answer),
        read_on(shown, _("Read everything on the site"), is_quiet=True),
        Words(_("You need not sign in, and we do not ask again about this question.")),
    ]
    return Said(tuple(parts), told)


_KIND = ThreadEvent.Kind
#: By `Shown.kind`.
WRITERS: dict[str, Writer] = {
    _KIND.ANSWERED: _answered,
    _KIND.ACCEPTED: _accepted,
    _KIND.WITHDRAWN: _withdrawn,
    _KIND.MENTIONED: _mentioned,
    _KIND.INFO_REQUESTED: _info_requested,
    _KIND.INFO_GIVEN: _info_given,
    _KIND.HELPED: _helped,
    _KIND.OUTDATED: _outdated,
    _KIND.ASKED: _asked,
    _KIND.ESCALATED: _escalated,
    _KIND.CLOSED: _closed,
    _KIND.MERGED: _merged,
    _KIND.NOT_SOLVED: _not_solved,
    milestones.KIND: _step,
    reminders.KIND: _reminder,
    known_issues.KNOWN: known_issues.write_known,
    known_issues.NEWS: known_issues.write_news,
    known_issues.FIXED: known_issues.write_news,
}
