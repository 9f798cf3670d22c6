"""What suggestions do: the forms that were opened, and the experiments that prove it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.actions.experiments import plan_experiment, start_experiment, stop_experiment
from community.admin.base import ActionAdmin, ReadOnlyAdmin
from community.errors import Refused
from community.experiments import POWER, people_needed
from community.models import Arm, Experiment, FormSession, SuggestionEvent, User
from community.models.measuring import MOST_HOLDOUT
from community.reading.experiments import arms_of, habit_of
from community.surfaces import surfaces


class EventInline(admin.TabularInline):
    """What happened to each suggestion, in its order."""

    model = SuggestionEvent
    fields = readonly_fields = ("occurred_at", "kind", "thread", "stops", "role")
    ordering = ("occurred_at", "id")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[SuggestionEvent]:
        return super().get_queryset(request).select_related("thread")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(FormSession)
class FormSessionAdmin(ReadOnlyAdmin):
    list_display = ("id", "surface", "role", "arm", "opened_at", "left_at", "submitted_at", "submitted_thread")
    list_select_related = ("submitted_thread",)
    list_filter = ("surface", "arm", "role", "is_scriptless", "is_simulated")
    search_fields = ("=person_key",)
    ordering = ("-id",)
    inlines = [EventInline]


class ExperimentForm(forms.ModelForm):
    surface = forms.ChoiceField(label=gettext_lazy("Form"))
    holdout = forms.DecimalField(
        label=gettext_lazy("Share without suggestions"),
        min_value=Decimal("0.0001"),
        max_value=MOST_HOLDOUT,
        max_digits=5,
        decimal_places=4,
        initial=Decimal("0.1"),
        help_text=gettext_lazy("0.1 is one person in ten. At most a half."),
    )
    stops_at = forms.SplitDateTimeField(
        label=gettext_lazy("Ends"),
        widget=AdminSplitDateTime,
        help_text=gettext_lazy(
            "It is fixed once the experiment has begun: whoever stops when they like the numbers proves nothing."
        ),
    )

    class Meta:
        model = Experiment
        fields = ("name", "surface", "holdout", "stops_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(field := self.fields.get("surface"), forms.ChoiceField):
            field.choices = list(surfaces().items())
        if isinstance(ends := self.fields.get("stops_at"), forms.SplitDateTimeField):
            for part, label in zip(ends.widget.widgets, (_("Ends: day"), _("Ends: time")), strict=True):
                part.attrs["aria-label"] = label

    def _post_clean(self) -> None:
        """The action checks and stores."""


class PowerForm(forms.Form):
    """What must be known before an experiment begins. Shares in per cent."""

    base = forms.FloatField(
        label=gettext_lazy("Of 100 people without suggestions, so many post"), min_value=0.1, max_value=99.9
    )
    effect = forms.FloatField(
        label=gettext_lazy("With suggestions, so many fewer would be worth knowing"), min_value=0.1, max_value=99.9
    )
    daily = forms.FloatField(
        label=gettext_lazy("People who open the form for the first time, in a day"), min_value=0.01, max_value=1e7
    )

    def clean(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().clean() or {}
        if fields.get("effect", 0) > fields.get("base", 100):
            raise forms.ValidationError(_("No more people can stop posting than post now."))
        return fields


@admin.register(Experiment)
class ExperimentAdmin(ActionAdmin):
    form = ExperimentForm
    list_display = ("name", "form_name", "share", "starts_at", "stops_at", "stopped_at", "without", "with_them")
    ordering = ("-id",)
    change_form_template = "admin/experiment_change_form.html"
    planned = ("name", "surface", "holdout", "stops_at")
    began = ("starts_at", "stopped_at", "arms")
    readonly_fields = ("form_name", "share", *began)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Experiment]:
        arms = {arm.value: Count("exposures", filter=Q(exposures__arm=arm)) for arm in Arm}
        return super().get_queryset(request).annotate(**arms)

    @admin.display(description=gettext_lazy("without suggestions"))
    def without(self, experiment: Any) -> int:
        return int(experiment.control)

    @admin.display(description=gettext_lazy("with suggestions"))
    def with_them(self, experiment: Any) -> int:
        return int(experiment.treatment)

    @admin.display(description=gettext_lazy("form"))
    def form_name(self, experiment: Experiment) -> Any:
        return surfaces().get(experiment.surface, experiment.surface)

    @admin.display(description=gettext_lazy("share without suggestions"))
    def share(self, experiment: Experiment) -> str:
        return f"{(experiment.holdout * 100).normalize():f} %"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_fields(self, request: HttpRequest, obj: Experiment | None = None) -> tuple[str, ...]:
        """What is planned; once it has begun, what became of it."""
        if obj is None or obj.starts_at is None:
            return self.planned
        return ("name", "form_name", "share", "stops_at", *self.began)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What has begun can only be read (and stopped)."""
        return self.has_view_permission(request) and (obj is None or obj.starts_at is None)

    @admin.display(description=gettext_lazy("people"))
    def arms(self, experiment: Experiment) -> SafeString:
        return render_to_string("admin/experiment_arms.html", {"arms": arms_of(experiment), "experiment": experiment})

    def save_model(self, request: HttpRequest, obj: Experiment, form: forms.ModelForm, change: bool) -> None:
        assert isinstance(request.user, User)
        stored = plan_experiment(actor=request.user, experiment_id=obj.pk if change else None, **form.cleaned_data)
        obj.__dict__.update(stored.__dict__)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        experiment = self.get_object(request, object_id) if object_id else None
        context = {"experiment": experiment} | (_power(request, experiment) if experiment else {})
        return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/start/", view(self.start), name="community_experiment_start"),
            path("<int:pk>/stop/", view(self.stop), name="community_experiment_stop"),
        ]
        return [*own, *super().get_urls()]

    def start(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _pressed(request, start_experiment, pk, _("The experiment has begun."))

    def stop(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _pressed(request, stop_experiment, pk, _("The experiment has ended."))


def _pressed(request: HttpRequest, act: Callable[..., Experiment], pk: int, told: str) -> HttpResponse:
    """A button of the page: done, or refused in words; then back to the page."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        act(actor=request.user, experiment_id=pk)
    except Refused as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, told)
    return HttpResponseRedirect(reverse("admin:community_experiment_change", args=[pk]))


def _power(request: HttpRequest, experiment: Experiment) -> dict[str, Any]:
    """How long it must run: the calculator, filled from the last four weeks as long as nothing was typed."""
    habit = habit_of(experiment.surface)
    asked = "base" in request.GET
    start = {"base": round(habit.base * 100, 1), "daily": round(habit.daily, 1)} if habit else {}
    form = PowerForm(request.GET if asked else None, initial=start)
    need = None
    if asked and form.is_valid():
        fields = form.cleaned_data
        need = people_needed(
            base=fields["base"] / 100,
            effect=fields["effect"] / 100,
            holdout=float(experiment.holdout),
            daily=fields["daily"],
        )
    return {"power_form": form, "need": need, "power": round(POWER * 100)}
