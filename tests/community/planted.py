"""A thread with words planted wherever words about a post can come to stand: for redaction and for purges."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile

from community import clock
from community.actions import answers, moderation, private_notes, threads
from community.actions.attachments import add_attachment
from community.actions.decisions import decide
from community.actions.drafts import save_draft
from community.actions.record import record_audit
from community.content.markdown import quote
from community.mails.outbox import store
from community.models import Answer, Appeal, Flag, IllegalReport, IncomingMail, OldAddress, Thread, User
from tests.factories import board, moderator, person, reply, thread

#: What each trace is -> the words of it, found nowhere else.
PLACES = (
    *("body", "revision", "draft", "quote", "revision of a quote", "note of the audit", "flag", "decision", "appeal"),
    *("report", "file", "file name", "mail of the demo", "log", "asked anew"),
    *("mail that came", "what a mail quoted"),
)


def word(place: str) -> str:
    """The planted words of one place."""
    return f"zq{place.replace(' ', '')}trace77"


@dataclass
class Planted:
    """What was planted, in whose posts: `target` is the answer that must go (None: the question itself)."""

    thread: Thread
    target: Answer | None
    author: User
    asker: User
    helper: User
    traces: dict[str, str]


def plant(*, in_question: bool) -> Planted:
    """A question and its answers, lived through the actions; every trace stems from the post that must go."""
    anna, ben, boss = person("anna"), person("ben"), moderator("mona")
    author, other = (anna, ben) if in_question else (ben, anna)
    first = f"It blinks.\n\n{word('revision')} stood here once."
    said = f"It blinks.\n\n{word('body')} is the number. {word('quote')} was told me."
    product = board("Routers")
    with clock.at(clock.now() - timedelta(hours=2)):
        log = add_attachment(
            actor=author, upload=SimpleUploadedFile(f"{word('file name')}.txt", f"x {word('file')} y".encode())
        )
        with_file = f"{first}\n\n[log]({log.get_absolute_url()})"
        asked = thread(anna, product, title="It blinks red", body=with_file if in_question else "Why?")
        target = None if in_question else reply(asked, ben, with_file)
        _edit(anna if in_question else ben, asked, target, f"{said}\n\n[log]({log.get_absolute_url()})")
        quoted = quote(str(author), f"/threads/{asked.pk}/", f"{said}\n{word('revision of a quote')}")
        _edit_quote(asked, other, target, quoted, said, author)
        save_draft(actor=other, place=f"answer:{asked.pk}", body=quote(str(author), "/x/", f"{word('draft')}\n{said}"))
    post = asked if target is None else target
    _words_beside(asked, target, author, other, boss)
    _outside(asked)
    where: dict[str, Any] = {"thread": asked} if target is None else {"answer": target}
    OldAddress.objects.create(path=f"/questions/12/{word('body')}", **where)
    assert private_notes.write(actor=author, thread=asked, text="Kept for staff.").pk
    assert moderation and post.pk
    traces = {place: word(place) for place in PLACES}
    return Planted(Thread.objects.get(pk=asked.pk), target, author, anna, ben, traces)


def _edit(actor: User, asked: Thread, target: Answer | None, body: str) -> None:
    if target is None:
        threads.edit_thread(actor=actor, thread_id=asked.pk, version=1, title=asked.title, body=body)
    else:
        answers.edit_answer(actor=actor, answer_id=target.pk, version=1, body=body)


def _edit_quote(asked: Thread, other: User, target: Answer | None, quoted: str, said: str, author: User) -> None:
    """Somebody quotes the post, then less of it; and asks anew beside it."""
    # What is quoted stood in the post at one time: its own earlier version says so.
    post = asked if target is None else target
    version = type(post)._default_manager.get(pk=post.pk).version
    kept = type(post)._default_manager.get(pk=post.pk).body
    both = f"{said}\n{word('revision of a quote')}\n{word('draft')}\n{word('asked anew')} it said"
    for number, body in ((version, both), (version + 1, kept)):
        if target is None:
            threads.edit_thread(actor=author, thread_id=asked.pk, version=number, title=asked.title, body=body)
        else:
            answers.edit_answer(actor=author, answer_id=target.pk, version=number, body=body)
    given = reply(asked, other, f"{quoted}I see.")
    answers.edit_answer(actor=other, answer_id=given.pk, version=1, body=f"> {word('quote')}\n\nI see.")
    # "quote" stands within a longer line of the post: a quote cut by hand counts from twelve letters on.
    threads.ask(
        actor=other,
        board_id=asked.board_id,
        kind="problem",
        title="Still blinking",
        body=f"> [**x**](/t/{asked.pk}/):\n> {word('asked anew')} it said…\n\nSame here.",
        linked_from=asked,
    )


def _words_beside(asked: Thread, target: Answer | None, author: User, other: User, boss: User) -> None:
    post = asked if target is None else target
    Flag.objects.create(thread=asked, answer=target, person=other, ground="private", words=word("flag"))
    record_audit("looked_at", actor=boss, target=post, note=word("note of the audit"))
    decision = decide(
        actor=boss, outcome="kept", ground="private", thread=asked, answer=target, person=author, words=word("decision")
    )
    Appeal.objects.create(decision=decision, person=author, words=word("appeal"))
    IncomingMail.objects.create(
        received_at=clock.now(),
        door=IncomingMail.Door.PIPE,
        target_kind="b" if target is None else "t",
        thread=asked,
        answer=target,
        kept=word("mail that came"),
        cut=f"> {word('what a mail quoted')}",
        end=IncomingMail.End.ACCEPTED,
        reason=IncomingMail.Reason.POSTED,
    )
    IllegalReport.objects.create(
        place=f"/t/{asked.pk}/",
        thread=asked,
        answer=target,
        category="person",
        explanation=word("report"),
        in_good_faith=True,
        token_hash="x" * 64,
    )


def _outside(asked: Thread) -> None:
    from django.conf import settings

    where = f"https://x/t/{asked.pk}/"
    store(f"Subject: News\nContent-Type: text/plain\n\n{word('mail of the demo')} {where}\n".encode())
    log = settings.DATA_DIR / "worker.log"
    log.write_text(f"fine\nwarning at {where} {word('log')}\n")


VISITOR = AnonymousUser()
