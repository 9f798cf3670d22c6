"""The brand, the look of its pages and mails, the mail test, and invitations."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.actions.brand import FIELDS, send_test_mail, update_brand
from community.actions.invitations import invite, mail_invitation
from community.admin.base import ActionAdmin
from community.admin.brand_pages import mail_frame, mails, preview, send_sample
from community.content import brand_images
from community.content.brand_preview import THEMES
from community.content.colours import adjustments
from community.content.images import BadImage, Image
from community.errors import Refused
from community.models import Brand, BrandLink, Invitation, User

#: What the file dialog offers.
TAKEN = "image/png,image/jpeg,image/webp,image/gif"


#: What the brand's owner should know before they choose.
COUNTING = gettext_lazy(
    "While somebody writes a question, suggestions stand beside it. To know whether they help, the site can remember "
    "which of them a person opened, what they said of them, and whether they still posted; and who read a solution, of "
    "whom a few are asked whether it helped. Never words that somebody writes, addresses of the network or browsers. "
    "A visitor is told from others by a cookie of this site alone. In many countries people "
    "must be asked before one is set; without it, fewer people are counted, and nothing else changes. Browsers that "
    "ask not to be tracked are never counted."
)


#: What they should know of reports.
REPORTS = gettext_lazy(
    "When so many different people report a post, it goes out of sight until a moderator has looked; 0 is never. New "
    "people count half, and people whose reports were mostly wrong count less. Posts of staff are never hidden so, nor "
    "is what a moderator left or brought back."
)


class PictureInput(forms.ClearableFileInput):
    """Shows the picture there is, where Django shows its file's name."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return render_to_string("admin/picture_input.html", self.get_context(name, value, attrs))


class NowShown:
    """What the form's file field says is there at present."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __str__(self) -> str:
        return self.url.rpartition("-")[2]


def told_adjustments(accent: str) -> list[str]:
    """What was done to the brand's colour, and why, in whole sentences."""
    sentences = {
        "light": gettext_lazy(
            "%(chosen)s would be hard to read in the light theme (%(chosen_contrast).1f:1, where 5:1 is needed). There "
            "we use %(used)s (%(used_contrast).1f:1)."
        ),
        "dark": gettext_lazy(
            "%(chosen)s would be hard to read in the dark theme (%(chosen_contrast).1f:1, where 5:1 is needed). There "
            "we use %(used)s (%(used_contrast).1f:1)."
        ),
    }
    return [str(sentences[each.theme]) % vars(each) for each in adjustments(accent)]


class BrandForm(forms.ModelForm):
    support_url = forms.URLField(label=gettext_lazy("Your contact page"), required=False, assume_scheme="https")
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        widget=PictureInput(attrs={"accept": TAKEN}),
        required=False,
        help_text=gettext_lazy("PNG, JPEG, WebP or GIF, best with a clear ground. It stands in place of the name."),
    )
    dark_logo = forms.FileField(
        label=gettext_lazy("Logo for the dark theme"),
        widget=PictureInput(attrs={"accept": TAKEN}),
        required=False,
        help_text=gettext_lazy("Only where the first one cannot be seen on a dark ground."),
    )
    icon = forms.FileField(
        label=gettext_lazy("Favicon"),
        widget=PictureInput(attrs={"accept": TAKEN}),
        required=False,
        help_text=gettext_lazy(
            "A square picture, best 512 x 512 pixels: for the browser's tab and a phone's start screen."
        ),
    )

    class Meta:
        model = Brand
        fields = FIELDS
        widgets = {
            "accent": forms.TextInput(attrs={"type": "color"}),
            "mail_footer": forms.Textarea(attrs={"rows": 3}),
            "welcome": forms.Textarea(attrs={"rows": 3}),
        }

    class Media:
        js = [Script("js/brand_admin.js", type="module")]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.images: dict[str, bytes | None] = {}
        brand: Brand = self.instance
        shown = {"logo": "logo.png", "dark_logo": "logo-dark.png", "icon": "icon-192.png"}
        for name, file in shown.items():
            if getattr(brand, f"{name}_file"):
                self.initial[name] = NowShown(brand.address_of(file))

    def _sent(self, name: str, draw: Callable[[bytes], Image]) -> Any:
        """Keep what was sent for the action; its error stands at its field."""
        sent = self.cleaned_data.get(name)
        if sent is False:
            self.images[name] = None
        elif isinstance(sent, UploadedFile):
            try:
                # One byte more than is taken, so that what is too large is told as such.
                data = sent.read(brand_images.MAX_BYTES + 1)
                draw(data)
            except BadImage as error:
                raise forms.ValidationError(str(error)) from error
            self.images[name] = data
        return sent

    def clean_logo(self) -> Any:
        return self._sent("logo", brand_images.draw_logo)

    def clean_dark_logo(self) -> Any:
        return self._sent("dark_logo", brand_images.draw_logo)

    def clean_icon(self) -> Any:
        return self._sent("icon", brand_images.draw_icon)


class LinkForm(forms.ModelForm):
    position = forms.IntegerField(label=gettext_lazy("Place"), required=False, min_value=0, max_value=99)

    class Meta:
        model = BrandLink
        fields = ("position", "label", "url")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # The table's heads are no labels to those who hear the page.
            field.widget.attrs["aria-label"] = field.label

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        for check in BrandLink._meta.get_field("url").validators:
            check(url)
        return url

    def _post_clean(self) -> None:
        """The action checks and stores; places are given anew there."""


class LinkFormSet(forms.BaseInlineFormSet):
    def validate_unique(self) -> None:
        """Places are given anew by the action."""


class LinkInline(admin.TabularInline):
    model = BrandLink
    form, formset = LinkForm, LinkFormSet
    extra, max_num = 2, BrandLink.MOST

    def get_max_num(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return BrandLink.MOST


@admin.register(Brand)
class BrandAdmin(ActionAdmin):
    form = BrandForm
    inlines = [LinkInline]
    readonly_fields = ("look",)
    list_display = ("name", "tagline", "set_up_at", "mail_tested_at")
    change_form_template = "admin/brand_change_form.html"
    fieldsets = [
        (None, {"fields": ["name", "tagline", "welcome", "support_url", "support_address"]}),
        (gettext_lazy("Look"), {"fields": ["logo", "dark_logo", "icon", "accent", "look"]}),
        (gettext_lazy("Mails"), {"fields": ["reply_address", "mail_footer"]}),
        (gettext_lazy("Counting what helps"), {"fields": ["counting"], "description": COUNTING}),
        (gettext_lazy("Reports of members"), {"fields": ["flags_to_hide"], "description": REPORTS}),
    ]

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("test-mail/", self.admin_site.admin_view(self.test_mail), name="community_brand_test_mail"),
            path("preview-<str:theme>.svg", self.admin_site.admin_view(preview), name="community_brand_preview"),
            path("mails/", self.admin_site.admin_view(mails), name="community_brand_mails"),
            path("mails/send/", self.admin_site.admin_view(send_sample), name="community_brand_send_sample"),
            path("mails/frame/", self.admin_site.admin_view(mail_frame), name="community_brand_mail_frame"),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description=gettext_lazy("That looks like this"))
    def look(self, brand: Brand) -> SafeString:
        context = {"brand": brand, "themes": THEMES, "told": _told(brand)}
        return render_to_string("admin/brand_look.html", context)

    def test_mail(self, request: HttpRequest) -> HttpResponse:
        """The start page's button: a real mail to whoever pressed it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        assert isinstance(request.user, User)
        try:
            address = send_test_mail(actor=request.user, site_address=request.build_absolute_uri("/"))
        except Refused as refused:
            messages.error(request, str(refused.message))
        else:
            messages.success(request, _("The mail server took a mail to %(address)s.") % {"address": address})
        return HttpResponseRedirect(reverse("admin:index"))

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list[Any]:
        """The audit log is written by the action."""
        return []

    def response_change(self, request: HttpRequest, obj: Brand) -> HttpResponse:
        """Back to the form, where what was chosen can be seen."""
        messages.success(request, _("The brand looks like this from now on."))
        return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Brand, form: forms.ModelForm, change: bool) -> None:
        """Stored together with the links, below."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        fields = {name: value for name in FIELDS if (value := form.cleaned_data[name]) is not None}
        links = _links_of(formsets[0]) if formsets else None
        brand = update_brand(actor=request.user, images=form.images, links=links, **fields)
        for sentence in _told(brand):
            messages.info(request, sentence)


def _told(brand: Brand) -> list[str]:
    """What the brand's owner should know of how their choice is shown."""
    told = told_adjustments(brand.accent)
    if brand.logo_is_dark and not brand.dark_logo_file:
        told.append(
            _(
                "Most of the logo cannot be seen on a dark ground. In the dark theme it stands on white, until you add "
                "one for it."
            )
        )
    return told


def _links_of(formset: Any) -> list[tuple[str, str]]:
    """The links as the form has them: by their places, new ones without a place last."""
    rows = [form.cleaned_data for form in formset.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
    rows = [row for row in rows if row.get("label")]
    rows.sort(key=lambda row: 100 if row["position"] is None else row["position"])
    return [(row["label"], row["url"]) for row in rows]


class InvitationForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ("address", "role")

    def _post_clean(self) -> None:
        """The action checks and stores."""


@admin.register(Invitation)
class InvitationAdmin(ActionAdmin):
    form = InvitationForm
    asks_again = True
    list_display = ("address", "role", "invited_by", "invited_at", "accepted_by", "accepted_at")
    list_select_related = ("invited_by", "accepted_by")
    ordering = ("-invited_at",)
    search_fields = ("address",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Invitation, form: forms.ModelForm, change: bool) -> None:
        assert isinstance(request.user, User)
        stored = invite(actor=request.user, **form.cleaned_data)
        obj.__dict__.update(stored.__dict__)
        transaction.on_commit(partial(self._mail, request, stored))

    def _mail(self, request: HttpRequest, invitation: Invitation) -> None:
        try:
            mail_invitation(invitation=invitation, site_address=request.build_absolute_uri("/"))
        except Refused as refused:
            messages.error(request, str(refused.message))
        else:
            messages.info(request, _("The invitation is on its way to %(address)s.") % {"address": invitation.address})
