"""The brand whose place this is, and the people invited to run it."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models.users import User
from community.roles import Role


class Brand(models.Model):
    """The one row that says whose community this is. Nothing in the templates names the product instead."""

    name = models.CharField(_("name"), max_length=60, default="Community")
    tagline = models.CharField(_("one line under the name"), max_length=120, blank=True)
    welcome = models.TextField(_("welcome text"), max_length=500, blank=True)
    accent = models.CharField(
        _("accent colour"), max_length=7, default="#0b5fff", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    support_url = models.URLField(_("your contact page"), blank=True)
    reply_address = models.EmailField(_("sender of mails"), blank=True)
    #: part of every cached page's key and of the brand stylesheet's address
    version = models.PositiveIntegerField(default=1, editable=False)
    set_up_at = models.DateTimeField(null=True, blank=True, editable=False)
    mail_tested_at = models.DateTimeField(null=True, blank=True, editable=False)

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
