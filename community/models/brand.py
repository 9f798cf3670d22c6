"""The brand whose place this is, and the people invited to run it."""

from functools import cached_property
from typing import Any, NamedTuple

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models.links import LINK
from community.models.users import User
from community.roles import Role


class Logo(NamedTuple):
    """One picture of the brand's logo: its address, its size in CSS pixels, and the theme it is for ("" is both)."""

    url: str
    width: int
    height: int
    theme: str
    on_light: bool  # it stands on a light ground even in the dark theme, where it could not be seen


class Counting(models.TextChoices):
    """Whether it is counted what helps people: which suggestions they open, and whether they still post."""

    OFF = "off", _("Count nothing")
    ASK = "ask", _("Ask each person first")
    ON = "on", _("Count without asking")


class Brand(models.Model):
    """The one row that says whose community this is. Nothing in the templates names the product instead."""

    Counting = Counting

    name = models.CharField(_("name"), max_length=60, default="Community")
    tagline = models.CharField(_("one line under the name"), max_length=120, blank=True)
    welcome = models.TextField(_("welcome text"), max_length=500, blank=True)
    accent = models.CharField(
        _("accent colour"), max_length=7, default="#2457b8", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    support_url = models.URLField(_("your contact page"), blank=True)
    support_address = models.EmailField(_("your support's mail address"), blank=True)
    reply_address = models.EmailField(_("sender of mails"), blank=True)
    mail_footer = models.TextField(_("small print under every mail"), max_length=300, blank=True)
    #: read by accounts/visitors.py alone
    counting = models.CharField(_("counting what helps"), max_length=3, choices=Counting, default=Counting.ASK)
    #: read by actions/flags.py alone
    flags_to_hide = models.PositiveSmallIntegerField(
        _("reports that hide a post"), default=3, blank=True, validators=[MaxValueValidator(50)]
    )
    # Drawn by content/brand_images.py. Sizes in pixels, twice those on the page.
    logo_file = models.FileField(upload_to="brand", max_length=100, blank=True, editable=False)
    logo_width = models.PositiveSmallIntegerField(default=0, editable=False)
    logo_height = models.PositiveSmallIntegerField(default=0, editable=False)
    #: Most of the logo could not be seen on a dark page.
    logo_is_dark = models.BooleanField(default=False, editable=False)
    dark_logo_file = models.FileField(upload_to="brand", max_length=100, blank=True, editable=False)
    dark_logo_width = models.PositiveSmallIntegerField(default=0, editable=False)
    dark_logo_height = models.PositiveSmallIntegerField(default=0, editable=False)
    #: A square PNG of ICON_SIDE pixels; smaller ones are drawn from it.
    icon_file = models.FileField(upload_to="brand", max_length=100, blank=True, editable=False)
    #: part of every cached page's key and of the brand stylesheet's address
    version = models.PositiveIntegerField(default=1, editable=False)
    set_up_at = models.DateTimeField(null=True, blank=True, editable=False)
    mail_tested_at = models.DateTimeField(null=True, blank=True, editable=False)

    #: what every page says besides, set where it is read with the brand (context_processors.py)
    is_read_only = False
    read_only_words = ""

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brand")
        constraints = [models.CheckConstraint(name="one_brand", condition=Q(pk=1))]

    def __str__(self) -> str:
        return self.name

    @property
    def stylesheet_url(self) -> str:
        """The brand's colours; empty as long as nobody has said whose place this is."""
        return reverse("brand_stylesheet", args=[self.version]) if self.set_up_at else ""

    def address_of(self, name: str) -> str:
        """Where one of the brand's files is: a new place with every change, so that it may be kept for ever."""
        return reverse("brand_file", args=[self.version, name])

    @cached_property
    def logos(self) -> tuple[Logo, ...]:
        """None, one for both themes, or one for each."""
        if not self.logo_file:
            return ()
        width, height = self.logo_width // 2, self.logo_height // 2
        light = Logo(self.address_of("logo.png"), width, height, "", self.logo_is_dark)
        if not self.dark_logo_file:
            return (light,)
        size = (self.dark_logo_width // 2, self.dark_logo_height // 2)
        dark = Logo(self.address_of("logo-dark.png"), *size, "dark", False)
        return (light._replace(theme="light", on_light=False), dark)

    @property
    def favicon_url(self) -> str:
        """The small icon of a browser's tab; empty as long as nobody has said whose place this is."""
        if not self.set_up_at:
            return ""
        return self.address_of("icon-32.png" if self.icon_file else "icon.svg")

    @property
    def touch_icon_url(self) -> str:
        """The icon on a phone's start screen; empty without one of the brand's own."""
        return self.address_of("icon-180.png") if self.icon_file else ""

    @property
    def manifest_url(self) -> str:
        return self.address_of("site.webmanifest") if self.set_up_at else ""

    @cached_property
    def footer_links(self) -> list[dict[str, Any]]:
        """What stands at the foot of every page and mail: label and url, in their order."""
        return [{"label": link.label, "url": link.url} for link in self.links.all()]


class BrandLink(models.Model):
    """One link at the foot of every page."""

    #: More are a list that nobody reads.
    MOST = 8

    # the constraint below is its index
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="links", db_index=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    label = models.CharField(_("words"), max_length=40)
    url = models.CharField(_("address"), max_length=300, validators=[LINK])

    class Meta:
        verbose_name = _("link at the foot of the page")
        verbose_name_plural = _("links at the foot of the page")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["brand", "position"], name="one_link_per_position")]

    def __str__(self) -> str:
        return self.label


class Invitation(models.Model):
    """Somebody asked to join, perhaps with a role; the link in the mail is signed and used once."""

    address = models.EmailField(_("e-mail address"))
    address_key = models.CharField(max_length=254, editable=False)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.CUSTOMER)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField(default=clock.now)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["address_key"], condition=Q(accepted_at__isnull=True), name="one_open_invitation_per_address"
            )
        ]

    def __str__(self) -> str:
        return self.address
