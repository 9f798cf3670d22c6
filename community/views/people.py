"""People: their public profile, and one's own settings."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.accounts.preferences import HELP_LANGUAGES
from community.actions.identities import claim_identity
from community.actions.people import update_profile
from community.content.text import key
from community.errors import Refused
from community.forms.people import ProfileForm
from community.models import ImportedIdentity, User
from community.permissions import Anyone
from community.reading.held import count_waiting as count_held
from community.reading.people import MOST_COUNTED, Shelf, count_shelves, shelves_of, topics_of
from community.reading.people_helped import people_helped_by
from community.reading.trust import level_of
from community.roles import STAFF
from community.trust import Level, can_words, next_words
from community.views.gates import lead_to, member_of, member_post


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
    """The public profile; without a wish it opens at the first list that has something in it."""
    found = find_person(slug, request.user)
    if slug != found.slug:
        return redirect(found)
    shelves = shelves_of(found, request.user)
    counts = count_shelves(shelves)
    wanted = request.GET.get("show") or next((name for name in shelves if counts[name]), "solved")
    shelf = shelves.get(wanted)
    if shelf is None:
        raise Http404
    rows, older = shelf.page(request.GET.get("after", ""))
    context = {
        "person": found,
        "roles": sorted(found.effective_roles - {"customer"}),
        "language_names": [HELP_LANGUAGES[code] for code in found.languages if code in HELP_LANGUAGES],
        "topics": topics_of(found, request.user) if counts["answered"] else [],
        "helped": people_helped_by(found, request.user) if counts["answered"] else 0,
        "tabs": [_tab(each, shelf, counts[each.name]) for each in shelves.values()],
        "shelf": shelf.name,
        "rows": rows,
        "older_url": f"?show={shelf.name}&after={older}" if older else "",
        "is_me": request.user.pk == found.pk,
        **_standing(found, is_me=request.user.pk == found.pk),
        "is_empty": not any(counts.values()),
    }
    return render(request, "community/person.html", context)


def _standing(found: User, *, is_me: bool) -> dict[str, Any]:
    """How well somebody is known here; what that means, and what comes next, is told to themselves alone."""
    if found.is_imported or not found.is_active or found.effective_roles & STAFF:
        return {"waiting": count_held(found) if is_me else 0}
    level = level_of(found)
    if not is_me:
        return {"level": level.label if level >= Level.HELPER else ""}
    told = {"can": can_words(level), "next": next_words(level)}
    return {"level": level.label, "told": told, "waiting": count_held(found)}


def _tab(shelf: Shelf, current: Shelf, count: int) -> dict[str, Any]:
    many = count == MOST_COUNTED
    label = _("%(list)s: %(count)d or more") % {"list": shelf.label, "count": count} if many else shelf.label
    return {
        "label": label,
        "url": f"?show={shelf.name}",
        "current": shelf is current,
        "count": None if many else count,
    }


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
    chosen = form["languages"].value() or []
    context = {
        "form": form,
        "chosen_languages": [HELP_LANGUAGES[code] for code in chosen if code in HELP_LANGUAGES],
        "site_zone": settings.TIME_ZONE,
    }
    return render(request, "community/profile_settings.html", context, status=400 if form.errors else 200)


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
