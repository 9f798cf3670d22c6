"""People: their public profile, and one's own settings."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.actions.identities import claim_identity
from community.actions.people import update_profile
from community.content.text import key
from community.errors import Refused
from community.forms.people import ProfileForm
from community.models import Answer, ImportedIdentity, Solution, Thread, User
from community.permissions import Anyone
from community.reading.cursors import decode_moment, encode_moment
from community.views.gates import lead_to, member_of, member_post

PAGE = 20
#: Nobody needs to know more exactly; counting on would cost.
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Shelf:
    """One of the three lists of a profile: what to call it, its rows, and the time they are sorted by."""

    name: str
    label: str
    rows: QuerySet[Any]
    time: str

    def count(self) -> int:
        return self.rows[:MOST_COUNTED].count()

    def page(self, after: str) -> tuple[list[Any], str]:
        """The rows after a cursor and the cursor for the next ones ("" at the end); Refused for a made-up cursor."""
        rows, order = self.rows.order_by(F(self.time).desc(), F("pk").desc()), f"person.{self.name}"
        if after:
            moment, row = decode_moment(order, after)
            rows = rows.filter(Q(**{f"{self.time}__lt": moment}) | Q(**{self.time: moment, "pk__lt": row}))
        found = list(rows[: PAGE + 1])
        more = len(found) > PAGE
        last = found[:PAGE][-1] if more else None
        return found[:PAGE], encode_moment(order, getattr(last, self.time), last.pk) if last else ""


def shelves_of(person: User, viewer: Anyone) -> dict[str, Shelf]:
    """What this person asked, answered and solved, as far as the viewer may see it."""
    in_force = Solution.objects.filter(answer=OuterRef("pk"), withdrawn_at__isnull=True)
    asked = Thread.objects.visible_to(viewer).filter(asker=person, merged_into__isnull=True).with_row()
    answered = (
        Answer.objects.visible_to(viewer)
        .filter(author=person)
        .select_related("thread", "thread__board")
        .defer("body", "body_html", "thread__body", "thread__body_html")
        .annotate(is_solution=Exists(in_force))
    )
    shelves = [
        Shelf("asked", _("Asked"), asked, "last_activity_at"),
        Shelf("answered", _("Answered"), answered, "answered_at"),
        Shelf("solved", _("Solved"), answered.filter(is_solution=True), "answered_at"),
    ]
    return {shelf.name: shelf for shelf in shelves}


def find_person(slug: str, viewer: Anyone) -> User:
    """The person at this address, with their roles in the same query; 404 for nobody and for closed accounts."""
    people = User.objects.visible_to(viewer).with_standing()
    number = slug[1:]
    if slug.startswith("~") and number.isascii() and number.isdigit() and len(number) <= 18:
        found = people.filter(pk=int(number)).first()
    else:
        found = people.filter(username_key=key(slug[:200])).first() if key(slug[:200]) else None
    if found is None:
        raise Http404
    return found


@require_safe
def person(request: HttpRequest, slug: str) -> HttpResponse:
    """The public profile."""
    found = find_person(slug, request.user)
    if slug != found.slug:
        return redirect(found)
    shelves = shelves_of(found, request.user)
    shelf = shelves.get(request.GET.get("show", "asked"))
    if shelf is None:
        raise Http404
    rows, older = shelf.page(request.GET.get("after", ""))
    tabs = [
        {"label": each.label, "url": f"?show={each.name}", "current": each is shelf, "count": each.count()}
        for each in shelves.values()
    ]
    context = {
        "person": found,
        "roles": sorted(found.effective_roles - {"customer"}),
        "tabs": tabs,
        "shelf": shelf.name,
        "rows": rows,
        "older_url": f"?show={shelf.name}&after={older}" if older else "",
        "is_me": request.user.pk == found.pk,
        "is_empty": not any(tab["count"] for tab in tabs),
    }
    return render(request, "community/person.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile_settings(request: HttpRequest) -> HttpResponse:
    """One's own profile and preferences."""
    assert isinstance(request.user, User)
    data = request.POST if request.method == "POST" else None
    form = ProfileForm(data, person=request.user)
    if form.is_valid():
        try:
            update_profile(actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused.message))
        else:
            messages.success(request, _("Your settings are saved."))
            return redirect("profile_settings")
    return render(request, "community/profile_settings.html", {"form": form}, status=400 if form.errors else 200)


@member_post
def claim_person(request: HttpRequest, slug: str) -> HttpResponse:
    """ "I wrote this": take over an imported person's posts, where the archive has one's own address."""
    placeholder = find_person(slug, request.user)
    identity = ImportedIdentity.objects.filter(user=placeholder, claimed_at__isnull=True).first()
    if identity is None:
        raise Http404
    claim_identity(actor=member_of(request), identity_id=identity.pk)
    messages.success(request, _("These posts are yours now."))
    return lead_to(request, member_of(request).get_absolute_url())
