"""Known issues as everybody reads them, and "I have this too"."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from community import permissions
from community.actions import known_issues as acts
from community.context_processors import find_brand
from community.errors import Refused
from community.reading.found.feeds import Feed, write_issues_feed
from community.reading.found.heads import Head, description_of, site_root
from community.reading.known_issues import issue_of, issues_page, read_issue
from community.reading.lists import word_of
from community.reading.page_cache import etag_of, has_it
from community.views.gates import SeeOther, is_htmx, lead_to, member_of, member_post, reader_of, sign_in_first

SETTLED = "settled"


@require_safe
def known_issues(request: HttpRequest) -> HttpResponse:
    """What is wrong and known now; with `list=settled` what is fixed (and, for staff, what was taken back)."""
    user, wanted = reader_of(request), word_of(request.GET, "list")
    if wanted not in {"", SETTLED}:
        raise Refused(_("There is no such list."))
    after = word_of(request.GET, "after")
    rows, cursor = issues_page(user, settled=bool(wanted), after=after)
    here = f"{request.path}?list={wanted}" if wanted else request.path
    context = {
        "issues": rows,
        "wanted": wanted,
        "tabs": [
            {"label": _("Current"), "url": request.path, "current": not wanted},
            {"label": _("Fixed"), "url": f"{request.path}?list={SETTLED}", "current": bool(wanted)},
        ],
        "may_keep": permissions.can_keep_known_issues(user),
        "older_url": f"{here}{'&' if wanted else '?'}after={cursor}" if cursor else "",
        "newer_url": here if after else "",
        "head": Head(
            path=request.path,
            title=_("Known issues"),
            description=_("What is wrong and known, what helps meanwhile, and how it goes on."),
            indexed=not wanted and not after,
            feed=reverse("known_issues_feed"),
        ),
    }
    return render(request, "community/known_issues/list.html", context)


@require_safe
def known_issue(request: HttpRequest, issue_id: int) -> HttpResponse:
    """One issue: what is known, the news of it, who has it, and the questions about it."""
    user, after = reader_of(request), word_of(request.GET, "after")
    page = read_issue(user, issue_id, given={"after": after})
    issue = page.issue
    is_current = issue.fixed_at is None and issue.withdrawn_at is None
    context: dict[str, Any] = {
        "page": page,
        "issue": issue,
        "is_current": is_current,
        "may_join": is_current and permissions.is_member(user),
        "may_keep": permissions.can_keep_known_issues(user),
        "sign_in_url": f"{reverse('account_login')}?next={request.path}",
        "older_url": f"?after={page.older}" if page.older else "",
        "newer_url": request.path if after else "",
        "head": Head(
            path=request.path,
            title=issue.title,
            description=description_of(issue.body_html, issue.title),
            indexed=is_current and not after and (issue.board is None or issue.board.audience == "public"),
            kind="article",
        ),
    }
    return render(request, "community/known_issues/page.html", context)


@require_safe
def known_issues_feed(request: HttpRequest) -> HttpResponse:
    """The current ones that everybody may see, with their latest news, as an Atom feed."""
    about = {"root": site_root(request), "language": get_language() or "", "feed_path": request.path}
    title = f"{_('Known issues')} · {find_brand().name}"
    content = write_issues_feed(title=title, path=reverse("known_issues"), **about)
    response = HttpResponse(content, content_type=Feed.content_type, headers={"X-Robots-Tag": "noindex"})
    response["ETag"] = etag_of(content)
    if has_it(request, response["ETag"]):
        return HttpResponse(status=304, headers={"ETag": response["ETag"]})
    return response


@require_POST
def join_known_issue(request: HttpRequest, issue_id: int) -> HttpResponse:
    """ "I have this too". Pressed beside a form (which brings its `form_token`), it stands in place of sending that."""
    issue = issue_of(reader_of(request), issue_id)
    if not permissions.is_member(request.user):
        return sign_in_first(request, issue.get_absolute_url())
    acts.join(actor=member_of(request), issue_id=issue_id, instead_of_asking="form_token" in request.POST)
    if not is_htmx(request):
        messages.success(request, _("Counted. You are told of every news of it, and need not ask."))
    return lead_to(request, issue.get_absolute_url())


@member_post
def leave_known_issue(request: HttpRequest, issue_id: int) -> HttpResponse:
    """I do not have it any more."""
    issue = acts.leave(actor=member_of(request), issue_id=issue_id)
    messages.success(request, _("You hear no more of it, unless a question of yours is about it."))
    return SeeOther(issue.get_absolute_url())


def issue_notice(rows: Sequence[Any]) -> SafeString | str:
    """What a question's page says of the issue it is about ("" of none); `rows` are `known_issue_of`'s."""
    if not rows:
        return ""
    found = rows[0]
    issue = {
        "url": reverse("known_issue", args=[found["id"]]),
        "title": found["title"],
        "updated_at": datetime.fromisoformat(found["updated_at"]),
        "fixed_at": found["fixed_at"],
    }
    words = render_to_string("community/known_issues/notice.html", {"issue": issue})
    return mark_safe(words)  # noqa: S308 - a template's own output
