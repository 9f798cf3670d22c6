"""A question or an answer as the thread page shows it: HTML ready for the template's frames.

A page has twenty answers with up to nine controls each, and the template engine takes ten times as long as this for
each of their pieces. So a post is put together here: the author's line once per author, the controls once per language.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import TypedDict

from django.contrib.auth.models import AnonymousUser
from django.urls import get_script_prefix
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from community import permissions
from community.models import Answer, Attachment, Solution, Thread, User
from community.reading import addresses
from community.reading.people_helped import solved_for
from community.reading.thread_page import Author, May, Mine
from community.roles import STAFF
from community.templatetags.ui import avatar, badge, compact, icon, moment, tongue

Anyone = User | AnonymousUser


class Post(TypedDict, total=False):
    """What the template needs of one post, or of several plain ones in a `run`.

    `inner` is all but the frame; the rest is for special frames.
    """

    anchor: str
    number: int
    author: str
    inner: SafeString
    run: SafeString
    is_special: bool
    is_hidden: bool


@lru_cache(maxsize=8192)
def _who(
    name: str, address: str, role: str, is_asker: bool, is_imported: bool, is_official: bool, _language: str
) -> SafeString:
    """Avatar, name and badges, the line left open for the time; the role is the one held when posting."""
    kinds = [role if role in STAFF else "", "asker" if is_asker else "", "imported" if is_imported else ""]
    kinds.append("official" if is_official else "")
    badges = mark_safe("".join(badge(kind) for kind in kinds if kind))  # noqa: S308 - badges are escaped by their tag
    named = (
        '<a class="person" href="{1}"><bdi>{0}</bdi></a>' if address else '<span class="person"><bdi>{0}</bdi></span>'
    )
    return format_html(
        '{}<div class="post-who">{}{}',
        avatar(name),
        format_html(named, format_html("<bdi>{}</bdi>", name), address),
        badges,
    )


@lru_cache(maxsize=8192)
def _when(at: datetime, _language: str) -> SafeString:
    return moment(at)


def _line(
    person: User | Author, role: str, is_asker: bool, is_imported: bool, language: str, *, is_official: bool = False
) -> SafeString:
    address = "" if person.anonymised_at else addresses.person_address(person.id, person.username_key)
    return _who(person.display_name, address, role, is_asker, is_imported, is_official, language)


def _inner(*, who: str, when: str, aside: str, html: str, files: str, actions: str, tongue: str) -> SafeString:
    """A post without its frame. Every piece is escaped where it is made; `html` was sanitised when it was written."""
    below = f'\n<div class="post-actions">{actions}</div>' if actions else ""
    return mark_safe(  # noqa: S308
        f'<header class="post-head">{who}<span class="post-when">{when}</span></div>{aside}</header>\n'
        f'<div class="prose" dir="auto"{tongue}>{html}</div>{files}{below}'
    )


def _edited(at: datetime | None) -> str:
    return " · " + _("edited %(when)s") % {"when": moment(at)} if at is not None else ""


def _files(files: Iterable[Attachment], html: str) -> str:
    """Links to the files that the text itself does not show or link."""
    loose = [file for file in files if f"/attachments/{file.pk}/" not in html]
    if not loose:
        return ""
    links = format_html_join(
        "",
        '<li><a href="{}">{}{}</a></li>',
        ((file.get_absolute_url(), icon("paperclip"), file.name) for file in loose),
    )
    return f'<ul class="post-files">{links}</ul>'


def _control(kind: str, icon_name: str, label: str, url: str = "", *, css: str = "", count: bool = False) -> str:
    """A control, its address with {0} for the post's id and its {count} to fill in: link, button (of the page's one
    form) or plain words."""
    tags = {
        "link": ('<a class="{css}" href="{url}" rel="nofollow">', "</a>"),
        "button": ('<button class="{css}" type="submit" form="act" formaction="{url}">', "</button>"),
        "on": ('<button class="{css}" type="submit" form="act" formaction="{url}" aria-pressed="true">', "</button>"),
        "off": ('<button class="{css}" type="submit" form="act" formaction="{url}" aria-pressed="false">', "</button>"),
        "words": ('<span class="vote">', "</span>"),
    }
    opening, closing = tags[kind]
    number = '<span class="vote-count">{count}</span>' if count else ""
    words = format_html("{}<span>{}</span>", icon(icon_name), label).replace("{", "{{").replace("}", "}}")
    return opening.format(css=css, url=url) + words + number + closing


@lru_cache(maxsize=32)
def _controls(_language: str, _prefix: str) -> dict[str, str]:
    """Every control a post can have, in one language. Those for visitors lead to the sign-in page: {url}."""
    vote, quiet, small = "vote button button-small", "button button-small button-quiet", "button button-small"
    brief, to = quiet + " button-brief", addresses.shape_of
    helpful, solved_it, is_solution = _("Helpful"), _("Solved it for me"), _("This is the solution")
    not_yet, say_not_yet = _("Not yet"), to("say_not_solved")
    say_helped, accept, sign_in = to("say_helped"), to("accept_answer"), "{url}"
    return {
        "vote": _control("off", "thumb-up", helpful, to("vote_answer"), css=vote, count=True),
        "unvote": _control("on", "thumb-up", helpful, to("unvote_answer"), css=vote, count=True),
        "vote_link": _control("link", "thumb-up", helpful, sign_in, css=vote, count=True),
        "votes": _control("words", "thumb-up", helpful, count=True),
        "say_helped": _control("button", "check", solved_it, say_helped, css=vote + " button-quiet", count=True),
        "say_helped_first": _control("button", "check", solved_it, say_helped, css=vote + " button-quiet"),
        "helped": _control("words", "check", solved_it, count=True),
        "helped_link": _control("link", "check", solved_it, sign_in, css=vote + " button-quiet", count=True),
        "accept": _control("button", "check-circle", is_solution, accept, css=small),
        "accept_instead": _control("button", "check-circle", is_solution, accept, css=quiet),
        "yes": _control("button", "check-circle", _("Yes, it is solved"), accept, css=small + " button-success"),
        "not_yet": _control("button", "reply", not_yet, say_not_yet, css=quiet),
        "was_not_yet": _control("words", "reply", _("Not yet, you said")),
        "mark": _control("button", "check-circle", _("Mark as the solution"), to("mark_answer"), css=small),
        "quote": _control("link", "quote", _("Quote"), to("answer_thread") + "?quote={1}", css=brief),
        "edit": _control("link", "edit", _("Edit"), to("edit_answer"), css=brief),
        "edit_question": _control("link", "edit", _("Edit"), to("edit_thread"), css=brief),
        "history": _control("link", "history", _("History"), to("answer_history"), css=brief),
        "history_of_question": _control("link", "history", _("History"), to("thread_history"), css=brief),
        "official": _control("button", "check-circle", _("Mark as official"), to("mark_official"), css=brief),
        "not_official": _control("button", "x", _("No longer official"), to("unmark_official"), css=brief),
        "mail": _control("link", "mail", _("By e-mail"), to("incoming_look"), css=brief),
        "remove": _control("link", "shield", _("Remove…"), to("redact_thread") + "?answer={1}", css=brief),
        "remove_of_question": _control("link", "shield", _("Remove…"), to("redact_thread"), css=brief),
        "hide": _control("button", "eye-off", _("Hide"), to("hide_answer"), css=brief),
        "flag": _report(to("flag_answer")),
        "flag_question": _report(to("flag_thread")),
        "restore": _control("button", "eye", _("Restore"), to("restore_answer"), css=small),
    }


def _report(url: str) -> str:
    """The lesser control of every post: it opens in place where scripts run (site.js), else on a page of its own."""
    control = _control("link", "flag", _("Report"), url, css="button button-small button-quiet button-brief")
    return control.replace("<a ", "<a data-flag ", 1)


def _some(count: int) -> str:
    """A count beside its control; nothing is said of none."""
    return compact(count) if count else ""


class Reading:
    """One reader's view of one page of a thread: makes its posts."""

    def __init__(
        self,
        user: Anyone,
        thread: Thread,
        *,
        may: May,
        mine: Mine,
        solution: Solution | None,
        sign_in_url: str,
        helped: Mapping[int, int],
        asked_about: int | None = None,
        mails: Mapping[int, int] | None = None,
    ) -> None:
        self.user, self.thread, self.may, self.mine = user, thread, may, mine
        self.solution_id = solution.answer_id if solution else None
        self.sign_in_url = sign_in_url
        self.asked_about = asked_about  # the answer of which the asker is asked whether it solved it
        self.mails = mails or {}  # for moderators: the mails that became these answers, by the answer's id
        self.helped = helped  # how many people one's own answers have helped, by the answer's id
        self.language = get_language() or ""
        self.controls = _controls(self.language, get_script_prefix())
        self.tongue = tongue(thread.language)
        self.permalink = addresses.shape_of("answer", 2)

    def question(self, files: Iterable[Attachment]) -> Post:
        """The question itself."""
        thread, controls = self.thread, []
        if thread.asker_id != self.user.pk and thread.hidden_at is None:
            controls.append(self.controls["flag_question"].format(thread.pk))
        if self.may.edit:
            controls.append(self.controls["edit_question"].format(thread.pk))
        if self.may.see_history and thread.edited_at:
            controls.append(self.controls["history_of_question"].format(thread.pk))
        if self.may.moderate:
            controls.append(self.controls["remove_of_question"].format(thread.pk))
        return Post(
            anchor="question",
            inner=_inner(
                who=_line(thread.asker, thread.asker_role, True, thread.is_imported, self.language),
                when=f'<a href="#question">{moment(thread.asked_at)}</a>{_edited(thread.edited_at)}',
                aside="",
                html=thread.body_html,
                files=_files(files, thread.body_html),
                actions=f'<span class="push post-tools">{"".join(controls)}</span>' if controls else "",
                tongue=self.tongue,
            ),
        )

    def answer(self, answer: Answer, author: Author, files: Iterable[Attachment]) -> Post:
        """One answer, with the controls this reader may use."""
        hidden, number = answer.hidden_at is not None, answer.position
        is_asker = answer.author_id == self.thread.asker_id
        url = self.permalink.format(self.thread.pk, number)
        return Post(
            anchor=f"a{number}",
            number=number,
            author=author.display_name,
            inner=_inner(
                who=_line(
                    author,
                    answer.author_role,
                    is_asker,
                    answer.is_imported,
                    self.language,
                    is_official=answer.official_at is not None,
                ),
                when=f'<a href="{url}">{_when(answer.answered_at, self.language)}</a>{_edited(answer.edited_at)}',
                aside=f'<a class="post-number" href="{url}">#{number}</a>',
                html=answer.body_html,
                files=(_files(files, answer.body_html) if files else "") + self._helped(answer) + self._asked(answer),
                actions=self._actions(answer),
                tongue=self.tongue,
            ),
            is_special=hidden or answer.pk == self.solution_id,
            is_hidden=hidden,
        )

    def _helped(self, answer: Answer) -> str:
        """What only its author reads: how many people the answer has solved it for."""
        count = self.helped.get(answer.pk, 0)
        return f'<p class="post-helped">{icon("heart")}<span>{solved_for(count)}</span></p>' if count else ""

    def _asked(self, answer: Answer) -> str:
        """What the asker is asked below the newest answer."""
        if answer.pk != self.asked_about:
            return ""
        buttons = self.controls["yes"].format(answer.pk) + self.controls["not_yet"].format(answer.pk)
        return f'<div class="post-asked"><p>{_("Did this solve it?")}</p><div class="button-row">{buttons}</div></div>'

    def _actions(self, answer: Answer) -> str:
        controls, helped = self.controls, answer.helped_count
        if not self.may.member:
            url = f"{self.sign_in_url}%23a{answer.position}"
            shown = controls["vote_link"].format(url=url, count=_some(answer.helpful_count))
            if answer.pk == self.solution_id:  # whom it helped may say so, whoever they are
                shown += controls["helped_link"].format(url=url, count=_some(helped))
            elif helped:
                shown += controls["helped"].format(count=compact(helped))
            return f'{shown}<span class="push post-tools">{controls["flag"].format(answer.pk)}</span>'
        tools = "".join(self._tools(answer))
        return "".join(self._thanks(answer)) + (f'<span class="push post-tools">{tools}</span>' if tools else "")

    def _thanks(self, answer: Answer) -> Iterable[str]:
        """Helpful, "solved it for me", and the solution."""
        controls, number = self.controls, answer.pk
        votes = _some(answer.helpful_count)
        if permissions.can_vote(self.user, answer):
            verb = "unvote" if number in self.mine.votes else "vote"
            yield controls[verb].format(number, count=votes)
        elif votes:
            yield controls["votes"].format(count=votes)
        if number not in self.mine.helped and self._may_say_helped(answer):
            control = controls["say_helped" if answer.helped_count else "say_helped_first"]
            yield control.format(number, count=compact(answer.helped_count))
        elif answer.helped_count:
            yield controls["helped"].format(count=compact(answer.helped_count))
        if answer.hidden_at is None and number not in (self.solution_id, self.asked_about):
            if self.may.accept:
                control = controls["accept_instead" if self.solution_id else "accept"]
                yield control.format(number)
                yield from self._not_yet(answer)
            elif self.may.mark and answer.author_id != self.user.pk:
                yield controls["mark"].format(number)

    def _not_yet(self, answer: Answer) -> Iterable[str]:
        """Whether it did not solve it, of other people's answers."""
        if self.may.say_not_yet and answer.author_id != self.user.pk:
            verb = "was_not_yet" if answer.pk in self.mine.not_yet else "not_yet"
            yield self.controls[verb].format(answer.pk)

    def _may_say_helped(self, answer: Answer) -> bool:
        """Whoever asked says it by accepting, and is not made to choose between two buttons that mean the same."""
        accepts = self.may.accept and self.user.pk == self.thread.asker_id
        return not accepts and permissions.can_say_helped(self.user, answer)

    def _tools(self, answer: Answer) -> Iterable[str]:
        """Quote, edit, history, report, hide or restore."""
        controls, number = self.controls, answer.pk
        visible = answer.hidden_at is None
        if visible and self.may.answer:
            yield controls["quote"].format(self.thread.pk, number)
        if permissions.can_edit_answer(self.user, answer):
            yield controls["edit"].format(number)
        if self.may.see_history and answer.edited_at:
            yield controls["history"].format(number)
        if self.may.see_history and visible and answer.author_id == self.user.pk:
            yield controls["not_official" if answer.official_at else "official"].format(number)
        if visible and answer.author_id != self.user.pk:
            yield controls["flag"].format(number)
        if number in self.mails:
            yield controls["mail"].format(self.mails[number])
        if self.may.moderate:
            yield controls["remove"].format(self.thread.pk, number)
            verb = "hide" if visible else "restore"
            yield controls[verb].format(number)


def in_runs(made: Iterable[Post]) -> list[Post]:
    """The posts in their order, plain ones that stand together in one piece: the template turns to few of them."""
    runs: list[Post] = []
    for is_special, some in groupby(made, lambda post: post["is_special"]):
        if is_special:
            runs += some
        else:
            plain = (f'<article class="post" id="{post["anchor"]}">{post["inner"]}</article>' for post in some)
            runs.append(Post(run=mark_safe("\n".join(plain))))  # noqa: S308 - every piece is escaped where it is made
    return runs


def solution_line(solution: Solution) -> dict[str, object]:
    """Who accepted the solution, when, and how it was resolved, in words."""
    person = solution.accepted_by
    return {
        "by": person.display_name if person else "",
        "by_marks": solution.resolution_class == Solution.Class.COMMUNITY,
        "when": moment(solution.accepted_at),
        "how": solution.get_resolution_class_display(),
    }
