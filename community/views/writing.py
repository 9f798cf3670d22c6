"""What every page with a composer shares: the visitor's key, the files that came along, the pieces around the text."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, QueryDict

from community import permissions
from community.actions.attachments import add_attachment
from community.actions.compose import Sheet
from community.actions.drafts import LONGEST_SHEET
from community.actions.private_data import Said, Way
from community.errors import Refused
from community.forms.fields import read_ids
from community.models import User

VISITOR_KEY = "draft_key"


def writer_of(request: HttpRequest, *, make_key: bool = False) -> dict[str, Any]:
    """Whose drafts these are, as the actions ask for it. A visitor gets a key in the session once something is kept."""
    if permissions.is_member(request.user):
        return {"actor": request.user, "visitor_key": ""}
    key = request.session.get(VISITOR_KEY, "")
    if not key and make_key:
        key = request.session[VISITOR_KEY] = secrets.token_urlsafe(32)
    return {"actor": None, "visitor_key": key}


def sheet_of(request: HttpRequest) -> Sheet:
    """Which open form was sent: by its one-time key, and by the draft it was filled from."""
    try:
        seen = datetime.fromisoformat(request.POST.get("draft_seen", "")[:40])
    except ValueError:
        seen = None
    is_time = seen is not None and seen.tzinfo is not None and seen.year > 2000
    return Sheet(request.POST.get("post_key", "")[:LONGEST_SHEET], seen if is_time else None)


#: More pieces than this nobody decides one by one.
MOST_SAID = 50


def said_of(request: HttpRequest) -> Said:
    """What the writer said of private data: `private` is a way for everything noticed, or "way:digest" of one piece."""
    ways = [value.partition(":") for value in request.POST.getlist("private")[:MOST_SAID]]
    known = [(Way(way), digest[:16]) for way, _colon, digest in ways if way in list(Way)]
    of_all = next((way for way, digest in known if not digest), None)
    return Said(of_all, {digest: way for way, digest in known if digest and way is not Way.ALL})


def take_files(request: HttpRequest, add: Callable[..., Any] = add_attachment) -> tuple[QueryDict, list[str]]:
    """Store the files that came with a form; its data with their ids, and what was wrong with the others.

    `add` is the action that stores one of them (`actor`, `upload`).
    """
    data, wrong = request.POST.copy(), []
    ids = [number for number in read_ids(data.getlist("attachments")) if str(number) not in data.getlist("remove")]
    if isinstance(request.user, User) and permissions.is_member(request.user):
        for upload in request.FILES.getlist("uploads"):
            try:
                ids.append(add(actor=request.user, upload=upload).pk)
            except Refused as refused:
                wrong.append(f"{upload.name}: {refused.message}")
    data.setlist("attachments", [str(number) for number in ids])
    return data, wrong


def member_or_none(request: HttpRequest) -> User | None:
    """The person signed in, for actions that visitors may use too."""
    return request.user if isinstance(request.user, User) and permissions.is_member(request.user) else None
