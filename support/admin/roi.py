"""What the community is worth, for administrators: the report, the rows behind each number, files and the handout."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.errors import Refused
from community.models import Board, User
from support import what_if
from support.actions.figures import want_figures
from support.admin.spreadsheets import spreadsheet
from support.forms.roi import WantedForm, WhatIfForm
from support.models.contacts import ContactChannel
from support.models.reuse import sees_figures
from support.reading import roi_pages
from support.reading.evidence import Listed, Narrow, page_of, rows_for_file
from support.reading.evidence_lists import LISTS
from support.reading.figures import Wanted
from support.reading.roi_words import asked_for, cash, whole

#: What an address says of the period, board and channel; every other word narrows a list.
OF_THE_PERIOD = ("from_day", "until_day", "board", "channel", "against")
#: What the words that narrow a list are called.
WORDS = {
    "kind": gettext_lazy("Evidence"),
    "status": gettext_lazy("How it stands"),
    "reason": gettext_lazy("Reason"),
    "known": gettext_lazy("Support instead"),
    "entitled": gettext_lazy("Entitled"),
    "matured": gettext_lazy("Matured"),
    "resolved": gettext_lazy("Resolved by peers"),
    "adjusted": gettext_lazy("Adjustments"),
    "shown": gettext_lazy("Shown the survey"),
    "answered": gettext_lazy("Answered"),
    "solved": gettext_lazy("Solved"),
    "replied_in": gettext_lazy("Answered within"),
    "solved_in": gettext_lazy("Solved within"),
    "older": gettext_lazy("Asked longer ago than"),
    "stands": gettext_lazy("Stands"),
    "resolution_class": gettext_lazy("Class"),
    "withdrawal": gettext_lazy("Taken back"),
    "peers": gettext_lazy("Cases"),
    "helper": gettext_lazy("Helper"),
    "escalated": gettext_lazy("Came to staff"),
    "linkable": gettext_lazy("Recognised"),
    "arm": gettext_lazy("Arm"),
    "thread": gettext_lazy("Question"),
    "experiment": gettext_lazy("Experiment"),
}


@dataclass(frozen=True)
class Asked:
    """What a page was asked for: `wanted` None where the form says what is wrong with it."""

    form: WantedForm
    wanted: Wanted | None
    against: str = ""

    @property
    def again(self) -> str:
        """The same question, for an address."""
        if self.wanted is None:
            return ""
        return asked_for(self.wanted, **({"against": self.against} if self.against else {}))


def asked_of(request: HttpRequest) -> Asked:
    """The period, board and channel of an address; the usual ones where it names none. One query."""
    usual = roi_pages.usual()
    said = {name: request.GET.get(name, "") for name in OF_THE_PERIOD}
    if not said["from_day"] and not said["until_day"]:
        said |= {"from_day": usual.from_day.isoformat(), "until_day": usual.until_day.isoformat()}
    form = WantedForm(said, list(Board.objects.visible_to(_reader(request)).order_by("name", "pk")[:500]))
    if not form.is_valid():
        return Asked(form, None)
    fields = form.cleaned_data
    wanted = Wanted(fields["from_day"], fields["until_day"], fields["board"], fields["channel"])
    return Asked(form, wanted, fields["against"])


def _reader(request: HttpRequest) -> User:
    """Whoever may see figures: administrators with a second factor."""
    if not isinstance(request.user, User) or not sees_figures(request.user):
        raise PermissionDenied
    return request.user


def _context(request: HttpRequest, asked: Asked, current: str, **more: Any) -> dict[str, Any]:
    return (
        admin.site.each_context(request)
        | {
            "asked": asked,
            "current": current,
            "pages": [(name, title()) for name, (title, _page) in roi_pages.PAGES.items()],
            "presets": roi_pages.presets(),
            "title": _("What the community is worth"),
        }
        | more
    )


def report(request: HttpRequest, name: str = "overview") -> HttpResponse:
    """One page of the report; a form that makes no sense is told with 422 and no figures."""
    user, asked = _reader(request), asked_of(request)
    title, make = _page_named(name)
    if asked.wanted is None:
        return render(request, "admin/roi/report.html", _context(request, asked, name), status=422)
    page = make(user, asked.wanted, asked.against)
    return render(request, "admin/roi/report.html", _context(request, asked, name, page=page, name=title()))


def _page_named(name: str) -> tuple[Callable[[], str], Callable[[User, Wanted, str], roi_pages.Page]]:
    if name not in roi_pages.PAGES:
        raise Http404
    title, make = roi_pages.PAGES[name]
    return title, make


def compute(request: HttpRequest) -> HttpResponse:
    """What needs rows (intervals, medians, the silent) is wanted for this period; then back to the page."""
    user, asked = _reader(request), asked_of(request)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if asked.wanted is None:
        raise BadRequest
    want_figures(actor=user, wanted=asked.wanted)
    messages.success(request, _("It is being computed, and stands here in a few minutes."))
    return HttpResponseRedirect(f"{reverse('admin:roi')}?{asked.again}")


def table(request: HttpRequest, name: str, table_name: str) -> HttpResponse:
    """One table of a page as CSV."""
    user, asked = _reader(request), asked_of(request)
    _title, make = _page_named(name)
    if asked.wanted is None:
        raise BadRequest
    found = make(user, asked.wanted, asked.against).table(table_name)
    if found is None:
        raise Http404
    rows = ([cell.text if cell.value is None else cell.value for cell in row] for row in found.rows)
    return spreadsheet(_file_name(table_name, asked.wanted), found.head, rows)


def _file_name(name: str, wanted: Wanted) -> str:
    return f"{name}-{wanted.from_day:%Y%m%d}-{wanted.until_day:%Y%m%d}.csv"


def handout(request: HttpRequest) -> HttpResponse:
    """The report on paper: four sheets at most, for a board."""
    user, asked = _reader(request), asked_of(request)
    if asked.wanted is None:
        raise BadRequest
    page = roi_pages.handout(user, asked.wanted, asked.against)
    wanted, narrowed = asked.wanted, list[str]()
    if wanted.board_id is not None:
        narrowed += Board.objects.visible_to(user).filter(pk=wanted.board_id).values_list("name", flat=True)
    if wanted.channel:
        narrowed.append(str(ContactChannel(wanted.channel).label))
    context = _context(request, asked, "handout", page=page, narrowed=narrowed)
    return render(request, "admin/roi/handout.html", context)


def rows(request: HttpRequest, name: str) -> HttpResponse:
    """The rows behind a number, newest first; 404 for what no list knows, 400 for a made-up place in it."""
    user, asked, narrow = _narrowed(request, name)
    source = LISTS[name]
    try:
        listed: Listed = page_of(name, source, user, narrow, after=request.GET.get("after", ""))
    except Refused as refused:
        raise BadRequest(str(refused.message)) from None
    here = request.GET.copy()
    here.pop("after", None)
    context = _context(request, asked, "rows", source=source, listed=listed, title=source.title, name=name)
    context |= {
        "narrowed": _chosen(name, narrow),
        "here": here.urlencode(),
        "narrow": narrow,
        "zone": settings.TIME_ZONE,
    }
    return render(request, "admin/roi/rows.html", context)


def rows_file(request: HttpRequest, name: str) -> HttpResponse:
    """The same rows as CSV, the latest ten thousand."""
    user, _asked, narrow = _narrowed(request, name)
    source = LISTS[name]
    lines, is_all = rows_for_file(source, user, narrow)
    told = [[at.isoformat(), *(cell.text for cell in cells)] for at, cells in lines]
    if not is_all:
        told.append([_("Only the latest %(count)s rows are in this file.") % {"count": whole(len(lines))}])
    head = [_("When"), *(str(each) for each in source.head)]
    return spreadsheet(f"{name}-{narrow.from_day:%Y%m%d}-{narrow.until_day:%Y%m%d}.csv", head, told)


def _narrowed(request: HttpRequest, name: str) -> tuple[User, Asked, Narrow]:
    user, asked = _reader(request), asked_of(request)
    if name not in LISTS:
        raise Http404
    if asked.wanted is None:
        raise BadRequest
    more = {word: request.GET.get(word, "") for word in request.GET if word not in (*OF_THE_PERIOD, "after")}
    chosen = LISTS[name].read(more)
    if chosen is None:
        raise Http404
    wanted = asked.wanted
    return user, asked, Narrow(wanted.from_day, wanted.until_day, wanted.board_id, wanted.channel, chosen)


def _chosen(name: str, narrow: Narrow) -> list[tuple[str, str]]:
    choices = LISTS[name].choices()
    return [
        (str(WORDS.get(word, word)), str(choices.get(word, {}).get(value, value)))
        for word, value in narrow.chosen.items()
    ]


def supposed(request: HttpRequest) -> HttpResponse:
    """What would follow if: multiplication of what somebody types, kept apart from everything that was measured."""
    _reader(request)
    typed = {name: request.GET[name] for name in WhatIfForm.base_fields if name in request.GET}
    usual = {name: each.initial for name, each in WhatIfForm.base_fields.items() if each.initial is not None}
    form, found = WhatIfForm(typed or usual), None
    if form.is_valid():
        found = what_if.suppose(**form.cleaned_data)
    context = admin.site.each_context(request) | {
        "title": _("What if"),
        "form": form,
        "found": found,
        "lines": _supposed_lines(found),
        "is_published": not typed or form.cleaned_data == usual | {"programme": None},
        "current": "what_if",
        "pages": [(name, title()) for name, (title, _page) in roi_pages.PAGES.items()],
    }
    return render(request, "admin/roi/what_if.html", context, status=200 if found else 422)


def _supposed_lines(found: what_if.Supposed | None) -> list[tuple[str, str, str]]:
    if found is None:
        return []
    lines = [
        (_("Avoided in a month"), *(cash(each, "").strip() for each in found.month)),
        (_("Avoided in a year"), *(cash(each, "").strip() for each in found.year)),
    ]
    if found.net:
        lines.append((_("Net of the programme, in a year"), *(cash(each, "").strip() for each in found.net)))
    if found.roi:
        lines.append((_("Return (ROI), per cent"), *(cash(each, "").strip() for each in found.roi)))
    return [(name, low, high) for name, low, high in lines]
