"""Completing a mention while somebody types it."""

from collections import OrderedDict

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community import clock, permissions
from community.forms.fields import read_ids
from community.reading import mentions
from community.views.gates import member_of

#: More than any fingers type, and far less than reading out all names would take. Counted by each process for itself:
#: a counter in the database would cost more than the answer.
MOST_A_MINUTE = 120
MOST_REMEMBERED = 10_000
_asked: OrderedDict[int, tuple[int, int]] = OrderedDict()


@never_cache
@require_safe
def find_people(request: HttpRequest) -> HttpResponse:
    """People to mention as options of a list, for `?q=` and the people of `&thread=`; 204 for nobody, members only."""
    if not permissions.is_member(request.user):
        return redirect_to_login(reverse("home"))
    reader = member_of(request)
    if _too_quick(reader.pk):
        return HttpResponse(status=429)
    thread_id = next(iter(read_ids([request.GET.get("thread", "")])), 0)
    people = mentions.find_people(reader=reader, beginning=request.GET.get("q", ""), thread_id=thread_id)
    return render(request, "community/people_found.html", {"people": people}) if people else HttpResponse(status=204)


def _too_quick(person_id: int) -> bool:
    """Count this request; whether it is one too many within the minute."""
    minute = int(clock.now().timestamp() // 60)
    counted_in, count = _asked.pop(person_id, (minute, 0))
    count = count + 1 if counted_in == minute else 1
    _asked[person_id] = (minute, count)
    if len(_asked) > MOST_REMEMBERED:
        _asked.popitem(last=False)
    return count > MOST_A_MINUTE
