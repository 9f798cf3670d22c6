"""A ticket as those see it who work on it: its page, what is new on it, and what may be put into a reply."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from community import clock
from community.context_processors import find_brand
from community.converters import DIGITS
from community.models import User
from community.reading.found.heads import site_root
from community.reading.lists import word_of
from community.reading.page_cache import has_it
from community.views.gates import is_htmx, member_of, slow_down
from support.forms.desk import NoteForm, ReplyForm
from support.forms.escalating import OutcomeForm
from support.models import MOVES, Outcome, Priority, Status, Switch, Ticket, TicketEvent
from support.reading import desk_list, desk_macros, desk_solved, desk_ticket
from support.reading.escalated import drafted_closing, escalated_of
from support.views.gates import desk_page

#: So many entries stand open at the end of a long ticket, and so many at its beginning.
LAST, FIRST = 5, 1
#: The last moment that an address may name, in microseconds: in the year 2286.
_LATEST = 10**16 - 1


@require_safe
@desk_page
def desk_ticket_page(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The ticket; `?macro=`, `?insert=` put words into the reply, `?find=` looks for solved questions."""
    user = member_of(request)
    ticket: Any = desk_ticket.find(user, ticket_id)
    if is_htmx(request):
        return _put_in(request, user, ticket)
    desk = desk_list.around(user)
    until = _number(request, "until")
    line = desk_ticket.timeline(user, ticket, datetime.fromtimestamp(min(until, _LATEST) / 1e6, UTC) if until else None)
    context = {
        "ticket": ticket,
        "desk": desk,
        "customer": desk_ticket.customer_of(user, ticket),
        **_shown(user, ticket, line.entries),
        "earlier": int(line.earlier.timestamp() * 1e6) + 1 if line.earlier else 0,
        "is_earlier": bool(until),
        **_boxes(request, user, ticket, desk),
        **_question(request, user, ticket),
        "controls": _controls(user, ticket, desk),
    }
    return render(request, "support/desk_ticket.html", context)


def _question(request: HttpRequest, user: User, ticket: Any) -> dict[str, Any]:
    """The question it came from, and the last words that are drafted when the community has solved it."""
    escalated = escalated_of(user, ticket) if ticket.thread_id is not None else None
    closing = drafted_closing(ticket, escalated, site_root(request)) if escalated and escalated.may_close else ""
    return {"escalated": escalated, "closing": closing}


def _shown(user: User, ticket: Any, entries: list[desk_ticket.Entry]) -> dict[str, Any]:
    """What was said and done, the middle of a long story folded."""
    folded = entries[FIRST:-LAST] if len(entries) > FIRST + LAST + 1 else []
    return {
        "first": entries[:FIRST] if folded else entries,
        "folded": folded,
        "last": entries[-LAST:] if folded else [],
        "pending": [each for each in ticket.pending_replies or () if each["author"] != user.pk],
        "looking": desk_ticket.told_around(ticket),
        "etag": _etag(user, ticket),
    }


def _etag(user: User, ticket: Any) -> str:
    """Changes with all that the page's news would show."""
    leaving = " ".join(f"{each['id']}" for each in ticket.pending_replies or ())
    said = f"{user.pk} {get_language()} {ticket.version} {desk_ticket.told_around(ticket)} {leaving}"
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:24]}"'


@require_safe
@desk_page
def desk_ticket_news(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """304 while nothing has changed; else what was said and done, where it stands, and who else is here."""
    user = member_of(request)
    if (late := slow_down(request, "news")) is not None:
        return late
    ticket: Any = desk_ticket.find(user, ticket_id)
    etag = _etag(user, ticket)
    if has_it(request, etag):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        context = {"ticket": ticket, "entries": desk_ticket.timeline(user, ticket).entries, **_shown(user, ticket, [])}
        response = render(request, "support/desk_ticket_news.html", context)
    response["ETag"], response["Cache-Control"] = etag, "private, no-cache"
    return response


# The boxes ------------------------------------------------------------------------------------------------------------
def _boxes(request: HttpRequest, user: User, ticket: Any, desk: desk_list.Around) -> dict[str, Any]:
    """Reply, note and outcome, each with its own draft; what the address puts into the reply stands under it."""
    drafts = {each["kind"]: each | {"at": datetime.fromisoformat(each["saved_at"])} for each in ticket.my_drafts or ()}
    words = {kind: draft["body"] for kind, draft in drafts.items()}
    chosen, found = _chosen(request, user, ticket), _found(request, user, ticket)
    put_in = chosen.text if chosen else desk_solved.words_of(request, user, ticket)
    text = "\n\n".join(each for each in (words.get("reply", ""), put_in) if each)
    form = ReplyForm(initial={"body": text, "then": (chosen and chosen.then) or Status.WAITING}, auto_id="reply_%s")
    offered = [each for each in form.fields["then"].choices if each[0] != Status.ON_HOLD or desk.has(Switch.HOLDING)]  # type: ignore[attr-defined]
    form.fields["then"].choices = offered  # type: ignore[attr-defined]
    return {
        "reply_form": form,
        "note_form": NoteForm(initial={"body": words.get("note", "")}, auto_id="note_%s"),
        "drafts": drafts,
        "chosen": chosen,
        "found": found,
        "find": request.GET.get("find"),
        "macros": desk_macros.offers(desk),
        "leaving": [each for each in ticket.pending_replies or () if each["author"] == user.pk],
        **_outcome(ticket, words.get("outcome", "")),
    }


def _outcome(ticket: Any, words: str) -> dict[str, Any]:
    """The box for everybody, while the community waits for a word."""
    if not ticket.waits_for_outcome:
        return {}
    form = OutcomeForm(initial={"body": words}, auto_id="outcome_%s")
    return {"outcome_form": form, "withheld": Outcome.Withheld.choices}


def _number(request: HttpRequest, name: str) -> int:
    word = request.GET.get(name, "")
    return int(word) if word.isascii() and word.isdigit() and len(word) <= DIGITS else 0


def _chosen(request: HttpRequest, user: User, ticket: Ticket) -> desk_macros.Chosen | None:
    macro_id = _number(request, "macro")
    if not macro_id:
        return None
    return desk_macros.choose(user, ticket, macro_id, brand=find_brand().name, root=site_root(request))


def _found(request: HttpRequest, user: User, ticket: Ticket) -> list[Any]:
    if "find" not in request.GET:
        return []
    return desk_solved.solved_like(user, ticket, word_of(request.GET, "find"))


def _put_in(request: HttpRequest, user: User, ticket: Any) -> HttpResponse:
    """For the script: what goes into the reply, or the questions to choose from."""
    context = {
        "ticket": ticket,
        "chosen": _chosen(request, user, ticket),
        "found": _found(request, user, ticket),
        "find": request.GET.get("find"),
        "words": desk_solved.words_of(request, user, ticket),
    }
    return render(request, "support/desk_put_in.html", context)


# What can be done to it -----------------------------------------------------------------------------------------------
def _controls(user: User, ticket: Any, desk: desk_list.Around) -> dict[str, Any]:
    """The controls beside the reply: few on a fresh desk, more where they are switched on."""
    may = MOVES[Status(ticket.status)]
    waits = ticket.is_undone and ticket.customer_waits_since is not None
    return {
        "is_mine": ticket.assignee_id == user.pk,
        "may_claim": ticket.is_undone and ticket.assignee_id is None,
        "may_resolve": Status.RESOLVED in may,
        "may_close": Status.CLOSED in may,
        "may_reopen": ticket.status == Status.RESOLVED,
        "may_open": Status.OPEN in may and ticket.status != Status.RESOLVED,
        "may_wait": Status.WAITING in may,
        "may_hold": Status.ON_HOLD in may and desk.has(Switch.HOLDING),
        "needs_no_reply": waits,
        "priorities": Priority.choices if desk.has(Switch.PRIORITIES) else [],
        "queues": desk.queues if desk.has(Switch.QUEUES) else [],
        "has_tags": desk.has(Switch.TAGS),
        "has_copies": desk.has(Switch.COPIES),
        "may_regroup": desk.has(Switch.REGROUPING) and ticket.merged_into_id is None,
        "is_unrelated": any(each["kind"] == TicketEvent.Kind.UNRELATED for each in ticket.unrelated or ()),
        "tomorrow": _tomorrow(),
        "back": reverse("desk"),
    }


def _tomorrow() -> str:
    """Tomorrow at this hour, as a form's field takes it."""
    return (clock.now() + desk_ticket.DAY).strftime("%Y-%m-%dT%H:00")
