"""Completing a mention while somebody types it."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community import permissions
from community.forms.fields import read_ids
from community.reading import mentions
from community.views.gates import member_of, slow_down


@never_cache
@require_safe
def find_people(request: HttpRequest) -> HttpResponse:
    """People to mention as options of a list, for `?q=` and the people of `&thread=`; 204 for nobody, members only."""
    if not permissions.is_member(request.user):
        return redirect_to_login(reverse("home"))
    reader = member_of(request)
    if (late := slow_down(request, "names")) is not None:
        return late
    thread_id = next(iter(read_ids([request.GET.get("thread", "")])), 0)
    people = mentions.find_people(reader=reader, beginning=request.GET.get("q", ""), thread_id=thread_id)
    return render(request, "community/people_found.html", {"people": people}) if people else HttpResponse(status=204)
