"""The start page, and the page of what waits for oneself."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community import permissions
from community.context_processors import ask_frame, keep_frame
from community.models import User, Watch
from community.reading import figures
from community.reading.found.heads import Head
from community.reading.known_issues import current_issues
from community.reading.lists import Filters, ask_boards, boards_of, read_cells
from community.reading.prepared import together
from community.reading.rows import thread_rows
from community.views.gates import reader_of

SHOWN = 10
WAITING = 5
MOST_BOARDS = 12


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is going wrong? The boards, what peers solved lately, who helped, and honest figures."""
    user = reader_of(request)
    boards, *frame = together(ask_boards(user), *ask_frame(user))
    keep_frame(request, frame)
    context = {
        "boards": [board for board in boards_of(boards) if board.archived_at is None][:MOST_BOARDS],
        "solved": figures.solved_lately(user),
        "helpers": figures.helpers_lately(user),
        "figures": figures.public_figures(),
        "issues": current_issues(user),
        "waiting": thread_rows(read_cells(user, Filters(named="unanswered"), WAITING)),
    }
    words = _("Ask a question, read what solved it for others, help each other.")
    context["head"] = Head(
        path=request.path,
        title=_("Support community"),
        description=words,
        indexed=True,
        feed=reverse("threads_feed"),
    )
    return render(request, "community/home.html", context)


@login_required
@require_safe
def for_you(request: HttpRequest) -> HttpResponse:
    """What waits for me: my turn, questions I could answer, solutions that no longer work."""
    user = reader_of(request)
    assert isinstance(user, User)
    watched = Watch.objects.filter(person=user, tag__isnull=False, muted_at__isnull=True).select_related("tag")
    followed = [watch.tag for watch in watched[:50]]
    context: dict[str, Any] = {"followed": followed}
    cells = {
        name: read_cells(user, Filters(named=word), SHOWN + 1) if word != "for-me" or followed else []
        for name, word in (("turn", "my-turn"), ("unanswered", "for-me"), ("outdated", "outdated"))
    }
    rows = thread_rows([cell for found in cells.values() for cell in found[:SHOWN]])
    for name, found in cells.items():
        context[name], rows = rows[: len(found[:SHOWN])], rows[len(found[:SHOWN]) :]
        context[f"more_{name}"] = len(found) > SHOWN
    return render(request, "community/for_you.html", context)


@require_safe
def keyboard(request: HttpRequest) -> HttpResponse:
    """The single keys and how to switch them off: a dialog on every page, and this page where there is no script."""
    may_moderate = permissions.can_moderate(reader_of(request))
    return render(request, "community/keyboard.html", {"can_moderate": may_moderate})
