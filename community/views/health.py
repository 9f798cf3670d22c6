"""Whether the site is well, for machines that ask: names of what is late, and nothing else."""

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community.care.watchdog import missed


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when everything runs as it should, else 503 with the names of what does not. One query, never kept."""
    try:
        late = [one.name for one in missed()]
    except DatabaseError:
        late = ["database"]
    return JsonResponse({"status": "late" if late else "ok", "late": late}, status=503 if late else 200)
