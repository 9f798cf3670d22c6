"""Boards (the products), their audience, and tags."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AnonymousUser, Group
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, TagBase

from community import clock
from community.models.links import LINK
from community.models.users import User
from community.roles import Role

if TYPE_CHECKING:
    from community.models.threads import Thread


#: Shorter than every reply address, so that none is taken for the other.
MAIL_NAME_PATTERN = r"\A[a-z0-9](?:[a-z0-9._-]{0,28}[a-z0-9])?\Z"
MAIL_NAME = RegexValidator(MAIL_NAME_PATTERN, _("Small letters, digits, dots and dashes, please: no blanks."))


class BoardQuerySet(models.QuerySet["Board"]):
    def visible_to(self, user: User | AnonymousUser) -> "BoardQuerySet":
        """Boards whose audience this person belongs to. Its SQL twin is community_may_see_board (migration 0002)."""
        if not isinstance(user, User) or not user.is_active:
            return self.filter(audience=Board.Audience.PUBLIC)
        if user.effective_roles & {Role.MODERATOR, Role.ADMIN}:
            return self
        mine = Board.audience_groups.through.objects.filter(group_id__in=user.group_ids).values("board_id")
        return self.filter(
            Q(audience__in=[Board.Audience.PUBLIC, Board.Audience.SIGNED_IN])
            | Q(audience=Board.Audience.GROUPS, pk__in=mine)
        )


class Board(models.Model):
    """A product people ask about."""

    class Audience(models.TextChoices):
        PUBLIC = "public", _("Everybody")
        SIGNED_IN = "signed_in", _("Everybody who is signed in")
        GROUPS = "groups", _("Named groups only")

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_key = models.CharField(max_length=160, unique=True, editable=False)
    description = models.TextField(_("description"), max_length=500, blank=True)
    audience = models.CharField(_("who may see it"), max_length=10, choices=Audience, default=Audience.PUBLIC)
    audience_groups = models.ManyToManyField(Group, verbose_name=_("groups"), blank=True)
    closed_vocabulary = models.BooleanField(_("only the board's own tags"), default=False)
    versions = models.JSONField(_("product versions"), default=list, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    has_personal_cases = models.BooleanField(_("some matters are for staff alone"), default=True)
    staff_url = models.CharField(_("its own way to staff"), max_length=300, blank=True, validators=[LINK])
    approves_official = models.BooleanField(_("official answers need a second person's approval"), default=False)
    #: what serial numbers and the like look like here: one pattern a line, # for a digit, @ for a letter, * for either
    private_patterns = models.TextField(_("what private numbers look like"), max_length=1000, blank=True)
    #: the board's name in its own address (incoming/addresses.py): "routers" in routers@lists.example.com
    mail_name = models.CharField(
        _("name of its mail list"), max_length=30, null=True, blank=True, unique=True, validators=[MAIL_NAME]
    )
    mail_prefix = models.CharField(_("what its mails' subjects begin with"), max_length=30, blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)

    objects = BoardQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("board")
        verbose_name_plural = _("boards")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("board", args=[self.slug])


class TagQuerySet(models.QuerySet["Tag"]):
    def visible_to(self, user: User | AnonymousUser) -> "TagQuerySet":
        """Tags of threads this person may see, and of the vocabularies of their boards: a word can be a secret too."""
        if isinstance(user, User) and user.effective_roles & {Role.MODERATOR, Role.ADMIN}:
            return self
        boards = Board.objects.visible_to(user).order_by().values("pk")
        carried = TaggedThread.objects.filter(
            tag=OuterRef("pk"), content_object__board_id__in=boards, content_object__hidden_at__isnull=True
        )
        return self.filter(Exists(carried) | Exists(BoardTag.objects.filter(tag=OuterRef("pk"), board_id__in=boards)))


class Tag(TagBase):
    """A word that gathers threads. Two spellings with one key are one tag."""

    key: Any = models.CharField(max_length=200, unique=True, editable=False)

    objects: Any = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def get_absolute_url(self) -> str:
        return reverse("tag", args=[self.slug])


class TaggedThread(ItemBase):
    """A tag on a thread."""

    content_object: "models.ForeignKey[Thread, Thread]" = models.ForeignKey(
        "community.Thread", on_delete=models.CASCADE, related_name="tagged"
    )
    tag: "models.ForeignKey[Tag, Tag]" = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="tagged")

    objects: ClassVar[models.Manager["TaggedThread"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="one_tag_per_thread")]


class BoardTag(models.Model):
    """A tag of a board's own vocabulary."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="board_tags")
    tag: Any = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="board_tags")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["board", "tag"], name="one_tag_per_board")]

    def __str__(self) -> str:
        return f"{self.board}: {self.tag}"
