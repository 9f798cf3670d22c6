"""People and things for tests, made through the same actions as on the site."""

from itertools import count
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group

from community.actions.answers import answer
from community.actions.threads import ask
from community.content.text import key
from community.models import Answer, Board, Thread, User
from community.roles import STAFF, Role

_numbers = count(1)


def person(name: str = "", *roles: str, second_factor: bool = True, **fields: Any) -> User:
    """A member with these roles; staff get an enrolled second factor unless told otherwise."""
    username = name or f"person{next(_numbers)}"
    user = User.objects.create_user(username, fields.pop("email", f"{username}@example.com"), "correct horse", **fields)
    for role in roles:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    if second_factor and STAFF & set(roles):
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    return User.objects.with_standing().get(pk=user.pk)


def moderator(name: str = "", **fields: Any) -> User:
    return person(name, Role.MODERATOR, **fields)


def agent(name: str = "", **fields: Any) -> User:
    return person(name, Role.AGENT, **fields)


def admin(name: str = "", **fields: Any) -> User:
    return person(name, Role.ADMIN, **fields)


def board(name: str = "", **fields: Any) -> Board:
    """A board; `groups=[...]` names its audience."""
    name = name or f"Board {next(_numbers)}"
    groups = fields.pop("groups", [])
    if groups:
        fields.setdefault("audience", Board.Audience.GROUPS)
    made = Board.objects.create(name=name, name_key=key(name), slug=key(name).replace(" ", "-"), **fields)
    made.audience_groups.set(groups)
    return made


def thread(asker: User | None = None, on: Board | None = None, **fields: Any) -> Thread:
    """A problem, asked through the action."""
    fields.setdefault("kind", Thread.Kind.PROBLEM)
    fields.setdefault("title", "The router shows a red light")
    fields.setdefault("body", "It has been red since the update.")
    made = ask(actor=asker or person(), board_id=(on or board()).pk, **fields)
    return Thread.objects.get(pk=made.pk)


def reply(to: Thread, author: User | None = None, body: str = "Hold the button for ten seconds.") -> Answer:
    """An answer, given through the action."""
    return answer(actor=author or person(), thread_id=to.pk, body=body)
