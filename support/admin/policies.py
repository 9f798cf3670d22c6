"""Escalation by itself: what is set per board, its preview, and the history of its runs."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from community.admin.base import ActionAdmin, ReadOnlyAdmin
from community.errors import Refused
from community.models import Board, User
from support.actions import policies
from support.forms.policies import PolicyForm
from support.models import EscalationPolicy, EscalationRun
from support.reading.proposed import proposed
from support.reading.run_report import groups_of

#: So many boards without a policy are offered at once; the form's list has all.
_OFFERED = 20


@admin.register(EscalationPolicy)
class EscalationPolicyAdmin(ActionAdmin):
    form = PolicyForm
    fields = PolicyForm.Meta.fields
    list_display = ("board", "is_on", "unanswered_after", "unsolved_after", "most", "previewed_at")
    list_select_related = ("board",)
    ordering = ("board__position", "board__name")
    change_list_template = "admin/escalation_policies.html"
    change_form_template = "admin/escalation_policy.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: EscalationPolicy | None = None) -> tuple[str, ...]:
        return ("board",) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What is proposed for the board in the address."""
        found = request.GET.get("board", "")
        board = Board.objects.filter(pk=int(found)).first() if found.isdecimal() and len(found) < 10 else None
        return {"board": board, **proposed(board)} if board else {}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = _("Questions that come to staff by themselves")
        without = Board.objects.filter(escalation_policy=None, archived_at=None)[:_OFFERED]
        return super().changelist_view(request, {"without": without, "title": title, **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {}
        if object_id and isinstance(policy := self.get_object(request, object_id), EscalationPolicy):
            runs = EscalationRun.objects.filter(board=policy.pk, is_dry=True, finished_at__isnull=False)
            seen = runs.filter(started_at=policy.previewed_at).order_by("-pk").first() if policy.previewed_at else None
            context = {"policy": policy, "seen": seen, "groups": groups_of(seen) if seen else []}
        return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))

    def save_model(self, request: HttpRequest, obj: EscalationPolicy, form: forms.ModelForm, change: bool) -> None:
        assert isinstance(request.user, User)
        fields = dict(form.cleaned_data)
        board = fields.pop("board", None)
        stored = policies.set_policy(actor=request.user, board_id=obj.pk if change else board.pk, **fields)
        obj.__dict__.update(stored.__dict__)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self._stored(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._stored(request, obj)

    def _stored(self, request: HttpRequest, policy: EscalationPolicy) -> HttpResponse:
        told = _("Saved. It is on.") if policy.is_on else _("Saved, and off. Look below at what it would do.")
        messages.success(request, told)
        return HttpResponseRedirect(_page(policy.pk))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(f"<int:pk>/{act}/", view(getattr(self, act)), name=f"support_escalationpolicy_{act}")
            for act in ("look", "on", "off", "run")
        ]
        return [*own, *super().get_urls()]

    def look(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _pressed(request, pk, lambda: self._look(request, pk))

    def on(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _pressed(request, pk, lambda: self._switched(request, policies.switch_on(**_who(request), board_id=pk)))

    def off(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _pressed(request, pk, lambda: self._switched(request, policies.switch_off(**_who(request), board_id=pk)))

    def run(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _pressed(request, pk, lambda: self._run(request, pk))

    def _look(self, request: HttpRequest, pk: int) -> str:
        run = policies.run(**_who(request), board=_board(pk), dry=True)
        messages.info(request, _in_words(run))
        return _page(pk) + "#preview"

    def _switched(self, request: HttpRequest, policy: EscalationPolicy) -> str:
        on, off = _("On: it looks once an hour."), _("Off: nothing comes to staff by itself.")
        messages.success(request, on if policy.is_on else off)
        return _page(policy.pk)

    def _run(self, request: HttpRequest, pk: int) -> str:
        run = policies.run(**_who(request), board=_board(pk), dry=False)
        messages.success(request, _in_words(run))
        return reverse("admin:support_escalationrun_change", args=[run.pk])


def _page(pk: int) -> str:
    return reverse("admin:support_escalationpolicy_change", args=[pk])


def _who(request: HttpRequest) -> dict[str, User]:
    assert isinstance(request.user, User)
    return {"actor": request.user}


def _board(pk: int) -> Board:
    found = Board.objects.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found


def _pressed(request: HttpRequest, pk: int, act: Callable[[], str]) -> HttpResponse:
    """A button of the page: done, or refused in words; then to where its result stands."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    _board(pk)
    try:
        return HttpResponseRedirect(act())
    except Refused as refused:
        messages.error(request, str(refused.message))
        return HttpResponseRedirect(_page(pk))


def _in_words(run: EscalationRun) -> str:
    if run.is_dry:
        count = run.counts.get("escalated", 0)
        told = ngettext("%(count)d question would come to staff.", "%(count)d questions would come to staff.", count)
    else:
        count = run.escalated
        told = ngettext("%(count)d question came to staff.", "%(count)d questions came to staff.", count)
    return told % {"count": count}


@admin.register(EscalationRun)
class EscalationRunAdmin(ReadOnlyAdmin):
    """The history; each run's page names its questions."""

    list_display = ("started_at", "where", "what", "looked_at", "escalated", "started_by", "finished_at")
    list_select_related = ("board", "started_by")
    list_filter = ("is_dry", "board")
    ordering = ("-started_at", "-id")
    fields = ("started_at", "where", "what", "started_by", "looked_at", "escalated", "finished_at")
    readonly_fields = ("where", "what")
    change_form_template = "admin/escalation_run.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[EscalationRun]:
        return super().get_queryset(request).select_related("board", "started_by")

    @admin.display(description=gettext_lazy("board"))
    def where(self, run: EscalationRun) -> str:
        return str(run.board) if run.board else _("All boards that are on")

    @admin.display(description=gettext_lazy("kind"))
    def what(self, run: EscalationRun) -> str:
        return _("Preview") if run.is_dry else _("Run")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        run = self.get_object(request, object_id) if object_id else None
        context = {"run": run, "groups": groups_of(run)} if isinstance(run, EscalationRun) else {}
        return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))
