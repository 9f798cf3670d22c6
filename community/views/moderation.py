"""The moderators' page and their verbs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community import clock, permissions
from community.actions import moderation as acts
from community.actions import threads
from community.errors import NotAllowed, Refused
from community.forms.fields import demand
from community.forms.moderation import MoveForm, RetagForm
from community.models import Answer, Thread
from community.reading.cursors import decode_moment, encode_moment
from community.views.gates import done, member_of, moderator_post
from community.views.solutions import reason_of

PAGE = 30
#: A member counts as new for so long.
NEW_FOR = timedelta(days=14)


def _new_members_posts(rows: QuerySet[Any], author: str) -> QuerySet[Any]:
    return rows.filter(**{f"{author}__date_joined__gt": clock.now() - NEW_FOR, f"{author}__is_imported": False})


#: Each list: its word in the address, its name, what time it is sorted by, and the rows.
LISTS: dict[str, tuple[Any, str, Callable[[Any], QuerySet[Any]]]] = {
    "hidden-questions": (
        gettext_lazy("Hidden questions"),
        "hidden_at",
        lambda user: Thread.objects.visible_to(user).filter(hidden_at__isnull=False),
    ),
    "hidden-answers": (
        gettext_lazy("Hidden answers"),
        "hidden_at",
        lambda user: Answer.objects.visible_to(user).filter(hidden_at__isnull=False),
    ),
    "locked": (
        gettext_lazy("Locked"),
        "locked_at",
        lambda user: Thread.objects.visible_to(user).filter(locked_at__isnull=False),
    ),
    "new-questions": (
        gettext_lazy("Questions of new members"),
        "asked_at",
        lambda user: _new_members_posts(Thread.objects.visible_to(user), "asker"),
    ),
    "new-answers": (
        gettext_lazy("Answers of new members"),
        "answered_at",
        lambda user: _new_members_posts(Answer.objects.visible_to(user), "author"),
    ),
}
FIRST = "hidden-questions"


@never_cache
@require_safe
def moderation(request: HttpRequest) -> HttpResponse:
    """What was hidden and locked lately, and what new members wrote."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not permissions.can_moderate(request.user):
        raise NotAllowed(_("Only moderators can see this page."))
    chosen = request.GET.get("list", FIRST)
    if chosen not in LISTS:
        raise Refused(_("There is no such list."))
    rows, after = _page(request, chosen)
    tabs = [
        {"label": name, "url": f"?list={word}", "current": word == chosen} for word, (name, _m, _r) in LISTS.items()
    ]
    older = f"?list={chosen}&after={after}" if after else ""
    return render(
        request, "community/moderation.html", {"tabs": tabs, "rows": rows, "older_url": older, "list": chosen}
    )


def _page(request: HttpRequest, chosen: str) -> tuple[list[dict[str, Any]], str]:
    """One page of a list, newest first, and the cursor of the next."""
    _name, moment, rows_for = LISTS[chosen]
    rows = rows_for(request.user).order_by(F(moment).desc(), "-pk")
    if cursor := request.GET.get("after"):
        at, pk = decode_moment(chosen, cursor)
        rows = rows.filter(Q(**{f"{moment}__lt": at}) | Q(**{moment: at, "pk__lt": pk}))
    rows = (
        rows.select_related("board", "asker")
        if rows.model is Thread
        else rows.select_related("thread__board", "author")
    )
    found = list(rows[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    after = encode_moment(chosen, getattr(last, moment), last.pk) if last else ""
    return [_row(post, getattr(post, moment)) for post in found[:PAGE]], after


def _row(post: Thread | Answer, moment: Any) -> dict[str, Any]:
    thread = post if isinstance(post, Thread) else post.thread
    return {
        "post": post,
        "thread": thread,
        "kind": "thread" if isinstance(post, Thread) else "answer",
        "who": post.asker if isinstance(post, Thread) else post.author,
        "moment": moment,
        "text": post.body[:300],
    }


@moderator_post
def hide_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Take a question out of sight."""
    thread = acts.hide_thread(actor=member_of(request), thread_id=thread_id, reason=reason_of(request))
    return done(request, thread.get_absolute_url(), _("The question is hidden. Only moderators see it."))


@moderator_post
def restore_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Bring a question back."""
    thread = acts.restore_thread(actor=member_of(request), thread_id=thread_id, reason=reason_of(request))
    return done(request, thread.get_absolute_url(), _("The question is back."))


@moderator_post
def hide_answer(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Take an answer out of sight."""
    answer = acts.hide_answer(actor=member_of(request), answer_id=answer_id, reason=reason_of(request))
    return done(request, answer.get_absolute_url(), _("The answer is hidden. Only moderators see it."))


@moderator_post
def restore_answer(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Bring an answer back."""
    answer = acts.restore_answer(actor=member_of(request), answer_id=answer_id, reason=reason_of(request))
    return done(request, answer.get_absolute_url(), _("The answer is back."))


@moderator_post
def lock_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """No more answers."""
    thread = acts.lock(actor=member_of(request), thread_id=thread_id, reason=reason_of(request))
    return done(request, thread.get_absolute_url(), _("The question is locked."))


@moderator_post
def unlock_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Answers again."""
    thread = acts.unlock(actor=member_of(request), thread_id=thread_id, reason=reason_of(request))
    return done(request, thread.get_absolute_url(), _("The question takes answers again."))


@moderator_post
def move_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """To the board where it belongs."""
    fields = demand(MoveForm(request.POST, user=request.user))
    actor, board = member_of(request), fields["board"]
    thread = acts.move(actor=actor, thread_id=thread_id, board_id=board.pk, reason=fields["reason"])
    return done(request, thread.get_absolute_url(), _("Moved to %(board)s.") % {"board": board})


@moderator_post
def retag_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Other tags."""
    fields = demand(RetagForm(request.POST))
    thread = threads.retag(actor=member_of(request), thread_id=thread_id, **fields)
    return done(request, thread.get_absolute_url(), _("The tags are changed."))
