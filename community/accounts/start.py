"""From nothing to a living site: the steps of the admin's start page and of `manage.py setup`."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.models import Board, Brand, Invitation, User


@dataclass(frozen=True)
class Step:
    """One step: whether it is done, what to call it, what it is for, and where it is done."""

    name: str
    done: bool
    title: str | Promise
    text: str | Promise
    url: str
    button: str | Promise


def steps_for(user: User) -> list[Step]:
    """The steps in their order, as they stand for this administrator."""
    brand, _made = Brand.objects.get_or_create(pk=1)
    boards, invitations = Board.objects.exists(), Invitation.objects.exists()
    return [
        Step(
            "second_factor",
            user.has_second_factor,
            _("A second factor"),
            _("Staff rights are in force only with one. Keep the recovery codes."),
            reverse("mfa_index"),
            _("Look at yours"),
        ),
        Step(
            "brand",
            brand.set_up_at is not None,
            _("Your brand"),
            _("Name, colour, and the sender of mails. It stands on every page."),
            reverse("admin:community_brand_change", args=[1]),
            _("Change the brand"),
        ),
        Step(
            "board",
            boards,
            _("Boards"),
            _("One for each product people ask about."),
            reverse("admin:community_board_add") if not boards else reverse("admin:community_board_changelist"),
            _("Look at the boards") if boards else _("Add the first board"),
        ),
        Step(
            "mail",
            brand.mail_tested_at is not None,
            _("Mail"),
            _("Nobody can sign up before mail arrives. This sends a real one to you."),
            reverse("admin:community_brand_test_mail"),
            _("Send me a mail"),
        ),
        Step(
            "invitations",
            invitations,
            _("People"),
            _("Invite moderators, support agents and the first customers."),
            reverse("admin:community_invitation_add"),
            _("Invite somebody"),
        ),
    ]
