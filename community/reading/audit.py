"""The audit log as moderators read it: who did what to what, when and why, newest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.content.text import key
from community.errors import Refused
from community.models import Answer, AuditEntry, Decision, KnownIssue, Review, Solution, Thread, User
from community.permissions import Anyone, can_open_admin
from community.reading import cursors
from community.reading.lists import word_of

PAGE = 40
ORDER = "audit"

#: What a verb reads like after a name. One that is not here is shown as it is stored.
VERBS: dict[str, str | Promise] = {
    "hidden": gettext_lazy("hid"),
    "restored": gettext_lazy("restored"),
    "locked": gettext_lazy("locked"),
    "unlocked": gettext_lazy("unlocked"),
    "moved": gettext_lazy("moved"),
    "retagged": gettext_lazy("changed the tags of"),
    "edit_thread": gettext_lazy("edited"),
    "edit_answer": gettext_lazy("edited"),
    "merged": gettext_lazy("marked as a duplicate"),
    "unmerged": gettext_lazy("made a question of its own"),
    "split": gettext_lazy("split"),
    "unsplit": gettext_lazy("put together again"),
    "dismissed": gettext_lazy("said that it is no duplicate"),
    "recalled": gettext_lazy("asked again about a pair"),
    "closed": gettext_lazy("closed"),
    "reopened": gettext_lazy("opened again"),
    "accepted": gettext_lazy("accepted"),
    "withdrawn": gettext_lazy("withdrew"),
    "kept": gettext_lazy("left as it is"),
    "put_right": gettext_lazy("put right"),
    "reconsidered": gettext_lazy("took a decision back about"),
    "released": gettext_lazy("published"),
    "refused": gettext_lazy("did not publish"),
    "banned": gettext_lazy("banned"),
    "unbanned": gettext_lazy("lifted the ban of"),
    "redacted": gettext_lazy("removed private data from"),
    "purged": gettext_lazy("destroyed"),
    "purge_asked": gettext_lazy("asked a second person to destroy"),
    "purge_withdrawn": gettext_lazy("no longer wants to destroy"),
    "let_mail_in": gettext_lazy("let in"),
    "turned_mail_away": gettext_lazy("turned away"),
    "hid_many": gettext_lazy("hid many posts at once"),
    "restored_many": gettext_lazy("took back what hid many posts"),
    "braked": gettext_lazy("let new members' posts wait"),
    "brake_lifted": gettext_lazy("lifted the brake"),
    "explained": gettext_lazy("said why, about"),
    "appeal_rejected": gettext_lazy("turned an appeal down about"),
    "report_left": gettext_lazy("found nothing against the law in"),
    "official": gettext_lazy("approved official words in"),
    "not_official": gettext_lazy("took the official mark from"),
    "official_sent_back": gettext_lazy("sent official words back in"),
    "opened_known_issue": gettext_lazy("made known"),
    "edited_known_issue": gettext_lazy("edited"),
    "linked_known_issue": gettext_lazy("linked questions to"),
    "unlinked_known_issue": gettext_lazy("took out of a known issue"),
    "updated_known_issue": gettext_lazy("told the news of"),
    "fixed_known_issue": gettext_lazy("marked as fixed"),
    "withdrew_known_issue": gettext_lazy("took back"),
    "escalated": gettext_lazy("handed over to staff"),
    "read_private_note": gettext_lazy("read what was told to staff about"),
    "erased": gettext_lazy("closed for good"),
    "recovered": gettext_lazy("took a lost second factor from"),
    "joined_group": gettext_lazy("added somebody to"),
    "left_group": gettext_lazy("took somebody out of"),
    "joined_team": gettext_lazy("added somebody to"),
    "left_team": gettext_lazy("took somebody out of"),
    "kept_for": gettext_lazy("changed how long is kept"),
    "planned": gettext_lazy("planned"),
    "started": gettext_lazy("started"),
    "stopped": gettext_lazy("stopped"),
    "tested_mail": gettext_lazy("tried the mail server with"),
    "created": gettext_lazy("created"),
    "changed": gettext_lazy("changed"),
    "renamed": gettext_lazy("renamed"),
    "approve_claim": gettext_lazy("said whose posts these are"),
    "gave_moderator": gettext_lazy("made a moderator of"),
    "gave_agent": gettext_lazy("made a support agent of"),
    "gave_admin": gettext_lazy("made an administrator of"),
    "took_moderator": gettext_lazy("took the moderator's role from"),
    "took_agent": gettext_lazy("took the support agent's role from"),
    "took_admin": gettext_lazy("took the administrator's role from"),
}


@dataclass(frozen=True)
class Entry:
    """One line of the log. `title` and `url` are "" for what the reader may not see, or what has no page."""

    entry: AuditEntry
    verb: str
    what: str
    title: str
    url: str
    reason: str


@dataclass(frozen=True)
class Wanted:
    """What of the log is wanted: of one person, of one verb."""

    person: User | None
    verb: str
    after: str


def read_wanted(given: Mapping[str, str]) -> Wanted:
    """What an address asks for; Refused for a person or a verb there is not."""
    name, verb = word_of(given, "person"), word_of(given, "verb")
    person = User.objects.filter(username_key=key(name)).first() if name else None
    if name and person is None:
        raise Refused(_("There is nobody of this name."))
    return Wanted(person, verb, word_of(given, "after"))


def audit_page(user: Anyone, wanted: Wanted) -> tuple[list[Entry], str]:
    """One page of the log, and the cursor of the next: as many queries as there are kinds of things on it, and one."""
    rows = AuditEntry.objects.visible_to(user).select_related("actor", "note").order_by("-pk")
    if wanted.person is not None:
        rows = rows.filter(actor=wanted.person)
    if wanted.verb:
        known = verbs()
        alike = [word for word, words in known.items() if words == known.get(wanted.verb)]
        rows = rows.filter(verb__in=alike or [wanted.verb])
    if wanted.after:
        rows = rows.filter(pk__lt=cursors.decode(ORDER, wanted.after)[0])
    found = list(rows[: PAGE + 1])
    cursor = cursors.encode(ORDER, found[PAGE - 1].pk, 0) if len(found) > PAGE else ""
    return told(user, found[:PAGE]), cursor


def told(user: Anyone, rows: list[AuditEntry]) -> list[Entry]:
    """The rows with what they are about, as far as this reader may see it."""
    places = _places(user, rows)
    entries = []
    for row in rows:
        title, url = places.get((row.object_kind, row.object_id), ("", ""))
        note = getattr(row, "note", None)
        entries.append(
            Entry(
                entry=row,
                verb=verb_of(row.verb),
                what=kind_of(row.object_kind),
                title=title,
                url=url,
                reason=note.text if note else "",
            )
        )
    return entries


@cache
def verbs() -> dict[str, str | Promise]:
    """What every verb of the log reads like (settings.AUDIT_VERBS lists the registries)."""
    return {word: words for path in settings.AUDIT_VERBS for word, words in import_string(path).items()}


def kind_of(word: str) -> str:
    """A kind of thing as people read it: in our words, or in its model's own."""
    if word in _KINDS:
        return str(_KINDS[word])
    named = (model._meta.verbose_name for model in apps.get_models() if model._meta.model_name == word)
    return str(next(named, word))


def verb_of(word: str) -> str:
    """A verb as people read it."""
    return str(verbs().get(word, word.replace("_", " ")))


_KINDS: dict[str, str | Promise] = {
    "thread": gettext_lazy("a question"),
    "answer": gettext_lazy("an answer"),
    "user": gettext_lazy("an account"),
    "review": gettext_lazy("something that waited"),
    "solution": gettext_lazy("a solution"),
    "board": gettext_lazy("a board"),
    "tag": gettext_lazy("a tag"),
    "brand": gettext_lazy("the brand"),
    "group": gettext_lazy("a group"),
    "duplicatehint": gettext_lazy("a possible duplicate"),
    "decision": gettext_lazy("a decision"),
    "invitation": gettext_lazy("an invitation"),
    "knownissue": gettext_lazy("a known issue"),
}


def _places(user: Anyone, rows: Iterable[AuditEntry]) -> dict[tuple[str, int], tuple[str, str]]:
    """(kind, id) -> (title, address) of what this reader may see: a query a kind."""
    ids: dict[str, set[int]] = {}
    for row in rows:
        ids.setdefault(row.object_kind, set()).add(row.object_id)
    places: dict[tuple[str, int], tuple[str, str]] = {}
    behind = _posts_behind(ids)
    threads = ids.get("thread", set()) | {thread for thread, answer in behind.values() if thread and not answer}
    answers = ids.get("answer", set()) | {answer for _thread, answer in behind.values() if answer}
    posts: dict[tuple[str, int], Any] = {}
    if threads:
        seen = Thread.objects.visible_to(user).defer("body", "body_html").filter(pk__in=threads)
        posts |= {("thread", thread.pk): (thread.title, thread.get_absolute_url()) for thread in seen}
    if answers:
        said = Answer.objects.visible_to(user).select_related("thread").filter(pk__in=answers)
        said = said.defer("body", "body_html", "thread__body", "thread__body_html")
        posts |= {("answer", answer.pk): (answer.thread.title, answer.get_absolute_url()) for answer in said}
    if "knownissue" in ids:
        issues = KnownIssue.objects.visible_to(user).filter(pk__in=ids["knownissue"])
        places |= {("knownissue", issue.pk): (issue.title, issue.get_absolute_url()) for issue in issues}
    if "user" in ids:
        people = User.objects.visible_to(user).filter(pk__in=ids["user"])
        places |= {("user", person.pk): (str(person), person.get_absolute_url()) for person in people}
    places |= posts
    for name, (thread, answer) in behind.items():
        place = posts.get(("answer", answer)) if answer else posts.get(("thread", thread or 0))
        if place:
            places[name] = place
    return places


def _posts_behind(ids: dict[str, set[int]]) -> dict[tuple[str, int], tuple[int | None, int | None]]:
    """(kind, id) of a solution, review or decision -> (thread, answer) it is about."""
    models: dict[str, Any] = {"solution": Solution, "review": Review, "decision": Decision}
    found: dict[tuple[str, int], tuple[int | None, int | None]] = {}
    for kind, model in models.items():
        if kind in ids:
            rows = model.objects.filter(pk__in=ids[kind]).values_list("pk", "thread_id", "answer_id")
            found |= {(kind, pk): (thread, answer) for pk, thread, answer in rows}
    return found


def known_verbs(user: Anyone) -> list[tuple[str, str]]:
    """What the log can be narrowed to: each verb with how it reads; those that read alike count as one.

    What only administrators read of, only they are offered.
    """
    known = verbs() if can_open_admin(user) else VERBS
    return sorted({str(words): word for word, words in known.items()}.items())
