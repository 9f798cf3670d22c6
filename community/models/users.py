"""People: everybody who signs in, and everybody an import brought along."""

from functools import cached_property
from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject, Lower
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from community import clock
from community.content.text import key
from community.roles import STAFF, Role

_ROLES = frozenset(Role.values)
#: Words that mean something else below /people/. Nobody can take them now; somebody may have had one before.
NO_ADDRESSES = frozenset({"find"})


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: Any) -> "UserQuerySet":
        """Everybody has a public profile except accounts that were closed."""
        return self.filter(anonymised_at__isnull=True)

    def imitating(self) -> "UserQuerySet":
        """People whose names speak for the brand or its people: imported, or from before the brand had its name."""
        return self.filter(imitates=True, anonymised_at__isnull=True)

    def with_standing(self) -> "UserQuerySet":
        """The person with groups and second factor in the same query: what every request needs."""
        return self.annotate(
            standing_groups=ArraySubquery(
                Group.objects.filter(user=OuterRef("pk")).values(data=JSONObject(id="id", name="name"))
            ),
            standing_second_factor=Exists(
                Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
            ),
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str | None, email: str = "", password: str | None = None, **fields: Any) -> "User":
        """A person with a login name; raises IntegrityError when the name or address is taken."""
        user = self.model(username=username, email=self.normalize_email(email), **fields)
        user.prepare()
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, email: str = "", password: str | None = None, **fields: Any) -> "User":
        """An administrator: the person and the admin group."""
        user = self.create_user(username, email, password, **fields)
        user.groups.add(Group.objects.get_or_create(name=Role.ADMIN)[0])
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username_key=key(username or ""))


class User(AbstractBaseUser):
    """One person. Accounts are anonymised, never deleted.

    `username` is the login and mention name; people brought by an import have none until they claim their posts.
    """

    username = models.CharField(_("name for signing in"), max_length=40, null=True, blank=True, unique=True)
    username_key = models.CharField(max_length=80, null=True, blank=True, unique=True, editable=False)
    display_name = models.CharField(_("name shown"), max_length=80)
    email = models.EmailField(_("e-mail address"), blank=True)
    about = models.TextField(_("about you"), max_length=1000, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    languages = models.JSONField(_("languages you can help in"), default=list, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_imported = models.BooleanField(_("brought by an import"), default=False)
    is_demo = models.BooleanField(_("demo login"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=clock.now)
    anonymised_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: when the next daily or weekly mail is made; null for nobody's turn (notices/digests.py)
    digest_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: no notices by mail before this moment, a midnight of theirs: they stay in the inbox
    mail_paused_until = models.DateTimeField(null=True, blank=True, editable=False)
    #: the address that does not take mail, as a keyed hash: another address is free of it (mails/suspending.py)
    mail_suspended_for = models.CharField(max_length=64, blank=True, editable=False)
    mail_suspended_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: what the mail server said: "550 5.1.1"
    mail_trouble = models.CharField(max_length=20, blank=True, editable=False)
    #: made anew, every reply address that mails to this person carried stops working (incoming/addresses.py)
    reply_generation = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    #: may no longer sign in, by a moderator's decision (actions/bans.py); `is_active` is False with it
    banned_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: how often the password, the address or a second factor changed; triggers count (migration `people`)
    renewals = models.PositiveIntegerField(default=0, editable=False)
    #: whether the name speaks for the brand or its people, as of when it was last looked at (actions/imitations.py)
    imitates = models.BooleanField(_("name that imitates"), default=False, db_default=False, editable=False)
    #: What this person may see or do changes with these.
    groups = models.ManyToManyField(Group, verbose_name=_("roles and groups"), blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                name="user_name_unless_imported",
                condition=Q(username__isnull=False) | Q(is_imported=True) | Q(anonymised_at__isnull=False),
            ),
            models.CheckConstraint(
                name="banned_is_not_active", condition=Q(banned_at__isnull=True) | Q(is_active=False)
            ),
            models.CheckConstraint(
                name="user_key_with_name",
                condition=Q(username__isnull=True, username_key__isnull=True)
                | Q(username__isnull=False, username_key__isnull=False),
            ),
        ]
        indexes = [
            # read by: completing a mention by the name shown (by the name for signing in: its unique key's own index)
            models.Index(
                OpClass(Lower("display_name"), name="text_pattern_ops"),
                name="user_shown_name",
                condition=Q(is_active=True, username_key__isnull=False),
            ),
            # read by: moderators, whose names imitate
            models.Index(fields=["-id"], name="user_imitates", condition=Q(imitates=True)),
            # read by: the digests that are due
            models.Index(fields=["digest_at"], name="user_digest", condition=Q(digest_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username or ""

    def prepare(self) -> None:
        """Fill what follows from other fields; every writer calls this before saving."""
        self.username_key = key(self.username) if self.username else None
        if not self.display_name:
            self.display_name = self.username or ""

    def clean(self) -> None:
        super().clean()
        self.prepare()

    @property
    def slug(self) -> str:
        """The person's part of the address /people/<slug>/: the name, or ~id without one that fits."""
        return self.username_key if self.username_key and self.username_key not in NO_ADDRESSES else f"~{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("person", args=[self.slug])

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What sessions and mailed addresses are bound to: they end with the password, the address or a factor."""
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        # Without any change it is Django's own: whoever was signed in before there were renewals stays so.
        value = f"{self.password}:{self.renewals}" if self.renewals else self.password
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    # Standing: what this person may do, read once per request ---------------------------------------------------------
    @cached_property
    def _groups(self) -> dict[int, str]:
        if (rows := getattr(self, "standing_groups", None)) is not None:
            return {row["id"]: row["name"] for row in rows}
        return dict(self.groups.values_list("id", "name")) if self.pk else {}

    @property
    def group_ids(self) -> frozenset[int]:
        return frozenset(self._groups)

    @property
    def roles(self) -> frozenset[str]:
        """The roles given to this person, whether or not they are in force now (see permissions.effective_roles)."""
        return _ROLES.intersection(self._groups.values())

    @cached_property
    def has_second_factor(self) -> bool:
        if (known := getattr(self, "standing_second_factor", None)) is not None:
            return bool(known)
        return Authenticator.objects.filter(user_id=self.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()

    @property
    def effective_roles(self) -> frozenset[str]:
        """Roles in force: none for closed accounts, no staff role without an enrolled second factor."""
        if not self.is_active or self.anonymised_at:
            return frozenset()
        if self.roles & STAFF and not self.has_second_factor:
            return (self.roles - STAFF) | {Role.CUSTOMER}
        return self.roles | {Role.CUSTOMER}

    # What Django's admin asks -----------------------------------------------------------------------------------------
    @property
    def is_staff(self) -> bool:
        return Role.ADMIN in self.effective_roles

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return Role.ADMIN in self.effective_roles

    def has_perms(self, perm_list: Any, obj: Any = None) -> bool:
        return Role.ADMIN in self.effective_roles

    def has_module_perms(self, app_label: str) -> bool:
        return Role.ADMIN in self.effective_roles
