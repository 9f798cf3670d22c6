"""A night of spam in one press, and back in one press: choose by author or by likeness, tick, hide."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.forms import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from community import clock
from community.actions import bulk as acts
from community.errors import NotThere, Refused
from community.forms.fields import demand
from community.forms.moderation import BulkForm, named_thread
from community.models import Answer, Thread
from community.reading import bulk
from community.reading.lists import word_of
from community.views.gates import done, member_of, moderator_page, moderator_post
from community.views.people import find_person
from community.views.solutions import reason_of

#: How far back, by the word in the address; "" is for ever.
SINCE: dict[str, tuple[Any, timedelta | None]] = {
    "hour": (gettext_lazy("the last hour"), timedelta(hours=1)),
    "day": (gettext_lazy("the last 24 hours"), timedelta(days=1)),
    "week": (gettext_lazy("the last week"), timedelta(days=7)),
    "": (gettext_lazy("ever"), None),
}
_KEY = re.compile(r"([ta])([0-9]{1,18})", re.ASCII)
_ANSWER = re.compile(r"/threads/([0-9]{1,18})/answers/([0-9]{1,9})(?![0-9])", re.ASCII)


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_page
def bulk_hide(request: HttpRequest) -> HttpResponse:
    """Without a choice: how to choose, and what was done lately. With one: its posts, to be hidden together."""
    try:
        selection, wrong = _selection(request), ""
    except (Http404, NotThere):
        selection, wrong = None, _("Nobody has this name, and no post this address. Please look again.")
    if request.method == "POST":
        return _hidden(request, selection)
    if selection is None:
        context: dict[str, Any] = {"acts": bulk.latest_acts(), "most": bulk.LOOKED_AT, "wrong": wrong}
        return render(request, "community/bulk.html", context, status=404 if wrong else 200)
    rows, after = selection.page(word_of(request.GET, "after"))
    address = f"{request.path}?{_query(request)}"
    context = {
        "selection": selection,
        "rows": rows,
        "figures": selection.figures(),
        "form": BulkForm(),
        "until": clock.now().isoformat(),
        "since": _since_links(request) if selection.person else [],
        "address": address,
        "older_url": f"{address}&after={after}" if after else "",
        "newer_url": address if request.GET.get("after") else "",
        "looked_at": bulk.LOOKED_AT,
        "like_days": bulk.LIKE_FOR.days,
    }
    return render(request, "community/bulk_posts.html", context)


def _query(request: HttpRequest, **other: str) -> str:
    words = {name: word_of(request.GET, name) for name in ("person", "since", "like")} | other
    return urlencode({name: word for name, word in words.items() if word})


def _since_links(request: HttpRequest) -> list[dict[str, Any]]:
    chosen = word_of(request.GET, "since")
    return [
        {"label": label, "url": f"?{_query(request, since=word)}", "current": word == chosen}
        for word, (label, _span) in SINCE.items()
    ]


def _selection(request: HttpRequest) -> bulk.Selection | None:
    """The posts that the address asks for; None without a choice. NotThere for nobody and for no post."""
    given, since = request.GET, word_of(request.GET, "since")
    if since not in SINCE:
        raise Refused(_("There is no such list."))
    if slug := word_of(given, "person"):
        span = SINCE[since][1]
        person = find_person(slug.strip().removeprefix("@"), request.user)
        return bulk.by_person(person, clock.now() - span if span else None)
    if key := word_of(given, "like"):
        return bulk.like_post(_post(request, key))
    return None


def _post(request: HttpRequest, given: str) -> Thread | Answer:
    """The post that t12 or a34, a number or an address names."""
    named, below = _KEY.fullmatch(given.strip()), _ANSWER.search(given)
    rows: Any = Thread.objects
    if named and named[1] == "a":
        rows = Answer.objects.filter(pk=int(named[2]))
    elif named:
        rows = rows.filter(pk=int(named[2]))
    elif below:
        rows = Answer.objects.filter(thread=int(below[1]), position=int(below[2]))
    else:
        rows = rows.filter(pk=_number(given))
    post: Thread | Answer | None = rows.visible_to(request.user).first()
    if post is None:
        raise NotThere(_("There is no such post."))
    return post


def _number(given: str) -> int:
    try:
        return named_thread(given)
    except ValidationError as error:
        raise NotThere(_("There is no such post.")) from error


def _hidden(request: HttpRequest, selection: bulk.Selection | None) -> HttpResponse:
    fields = demand(BulkForm(request.POST))
    until: datetime | None = fields["until"]
    if fields["everything"] and selection is not None and until is not None:
        threads, answers = selection.everything(until=until, most=acts.MOST)
    else:
        threads = [int(key[1:]) for key in fields["post"] if key[0] == "t"]
        answers = [int(key[1:]) for key in fields["post"] if key[0] == "a"]
    act = acts.hide_many(
        actor=member_of(request),
        thread_ids=threads,
        answer_ids=answers,
        ground=fields["ground"],
        words=fields["words"],
        ban_authors=fields["ban"],
    )
    many = act.items.count()
    words = ngettext("%(count)d post is hidden.", "%(count)d posts are hidden.", many) % {"count": many}
    return done(request, reverse("bulk_hide"), words)


@moderator_post
def undo_bulk(request: HttpRequest, act_id: int) -> HttpResponse:
    """Everything that this act hid shows again."""
    acts.undo(actor=member_of(request), act_id=act_id, words=reason_of(request))
    return done(request, reverse("bulk_hide"), _("Taken back: everything this act hid shows again."))
