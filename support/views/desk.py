"""Where agents work: the lists of tickets, which comes next, and the lists somebody keeps."""

import hashlib
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.converters import DIGITS
from community.forms.fields import demand
from community.models import User
from community.reading.lists import word_of
from community.reading.page_cache import has_it
from community.views.gates import done, lead_to, member_of, slow_down
from support.actions import saved_views
from support.forms.desk import BulkForm, FilterForm, SaveViewForm
from support.reading import desk_list
from support.reading.views import Filters, read_filters
from support.views.gates import desk_page, desk_post


@require_safe
@desk_page
def desk(request: HttpRequest) -> HttpResponse:
    """The list an agent works through."""
    user, filters = member_of(request), read_filters(request.GET)
    desk = desk_list.around(user)
    lists = desk_list.lists_for(user, desk, filters)
    page = desk_list.page_of(user, filters, word_of(request.GET, "after"))
    context = {
        "desk": desk,
        "lists": lists,
        "name": desk_list.name_of(filters, lists),
        "page": page,
        "filters": filters,
        "filter_form": FilterForm(filters, desk),
        "bulk_form": BulkForm(None, desk),
        "is_narrowed": lists.current is None,
        "query": filters.query(),
        "etag": _etag(user, lists, page),
        "older_url": _with(filters.query(), "after", page.after) if page.after else "",
        "newer_url": filters.query() if page.given else "",
    }
    return render(request, "support/desk.html", context)


def _with(query: str, name: str, word: str) -> str:
    return f"{query}{'' if query == '?' else '&'}{name}={word}"


def _etag(user: User, lists: desk_list.Lists, page: desk_list.Page) -> str:
    said = f"{user.pk} {get_language()} {lists.word()} {page.word()}"
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:24]}"'


@require_safe
@desk_page
def desk_news(request: HttpRequest) -> HttpResponse:
    """304 while the list is as it was; else the counts, and that there is something new to see."""
    user, filters = member_of(request), read_filters(request.GET)
    if (late := slow_down(request, "news")) is not None:
        return late
    lists = desk_list.lists_for(user, desk_list.around(user), filters)
    page = desk_list.page_of(user, filters, word_of(request.GET, "after"))
    etag = _etag(user, lists, page)
    if has_it(request, etag):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        response = render(request, "support/desk_lists.html", {"lists": lists, "page": page, "is_news": True})
    response["ETag"], response["Cache-Control"] = etag, "private, no-cache"
    return response


@require_safe
@desk_page
def desk_next(request: HttpRequest) -> HttpResponse:
    """On to what this agent should do now; to the list when there is nothing."""
    left = request.GET.get("after", "")
    after = int(left) if left.isascii() and left.isdigit() and len(left) <= DIGITS else None
    found = desk_list.next_ticket(member_of(request), after=after)
    if found is None:
        messages.info(request, _("Nothing waits for you right now."))
        return HttpResponseRedirect(reverse("desk"))
    return HttpResponseRedirect(reverse("desk_ticket", args=[found.pk]))


@require_safe
@desk_page
def desk_keys(request: HttpRequest) -> HttpResponse:
    """Every key of the desk."""
    return render(request, "support/desk_keys.html", {"desk": desk_list.around(member_of(request))})


# Lists that are kept --------------------------------------------------------------------------------------------------
@desk_post
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the list that is open under a name."""
    fields: dict[str, Any] = demand(SaveViewForm(request.POST))
    filters: Filters = read_filters(request.POST)
    saved_views.save(
        actor=member_of(request), name=fields["name"], filters=filters.words(), team_id=fields["team"] or None
    )
    return done(request, reverse("desk") + filters.query(), _("The list is kept."))


@desk_post
def remove_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forget a list that was kept."""
    saved_views.remove(actor=member_of(request), view_id=view_id)
    messages.success(request, _("The list is gone. The tickets are still there."))
    return lead_to(request, reverse("desk"))
