"""How a demo brand's desk is set up, by its administrator: two agents, two queues beside the first, macros."""

from secrets import token_urlsafe
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group

from community.models import Board, User
from community.roles import Role
from support.actions import setup
from support.models import PrivateField, Queue, SlaPolicy, Status, Switch

#: Everything but handing out in turn: who looks around at the demo's desk finds the tickets where the story left them.
SWITCHES = tuple(switch for switch in Switch if switch != Switch.ROTATION)
#: In the brand's language: the colleague's name; queues, the first one of a team; what is asked and where that is
#: found; macros.
_WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "colleague": "Lena Holm",
        "repairs": "Repairs",
        "orders": "Orders",
        "serial": ("Serial number", "On the label underneath: NW and eight characters"),
        "order": ("Order number", "In the subject of our mail about your order"),
        "macros": (
            (
                "Ask for the serial number",
                "Hello {{customer}},\n\ncould you tell us the serial number of your {{board}}? It is on the label "
                "underneath.\n\n{{agent}}",
                Status.WAITING,
                (),
            ),
            (
                "On its way",
                "Hello {{customer}},\n\nit left our house today and should be with you within three days. If it is "
                "not, write back here.\n\n{{agent}}",
                Status.RESOLVED,
                ("delivery",),
            ),
            (
                "Thanks for telling us",
                "Thank you, {{customer}}. We have written down what you found about “{{subject}}”, and you hear of "
                "us when it is fixed.\n\n{{agent}}",
                "",
                ("defect",),
            ),
        ),
    },
    "de": {
        "colleague": "Lena Vogt",
        "repairs": "Werkstatt",
        "orders": "Bestellungen",
        "serial": ("Rahmennummer", "Unter dem Tretlager: VL und acht Ziffern"),
        "order": ("Bestellnummer", "Im Betreff unserer Mail zur Bestellung"),
        "macros": (
            (
                "Nach der Rahmennummer fragen",
                "Guten Tag {{customer}},\n\nwie lautet die Rahmennummer Ihres Rades? Sie steht unter dem "
                "Tretlager.\n\n{{agent}}",
                Status.WAITING,
                (),
            ),
            (
                "Ist unterwegs",
                "Guten Tag {{customer}},\n\nes ist heute an Sie abgegangen und in drei Tagen bei Ihnen. Wenn nicht, "
                "schreiben Sie hier zurück.\n\n{{agent}}",
                Status.RESOLVED,
                ("versand",),
            ),
            (
                "Danke für den Hinweis",
                "Vielen Dank, {{customer}}. Wir haben aufgeschrieben, was Sie zu „{{subject}}“ gefunden haben, und "
                "melden uns, wenn es behoben ist.\n\n{{agent}}",
                "",
                ("fehler",),
            ),
        ),
    },
}


def set_up_the_desk(people: dict[str, User], boards: dict[str, Board], *, language: str) -> dict[str, User]:
    """The desk as it stands when the story begins; returns who works there, by the story's names."""
    admin, words = people["admin"], _WORDS.get(language, _WORDS["en"])
    staff = {name: people[name] for name in ("agent", "moderator", "admin")} | {"lena": _colleague(words["colleague"])}
    agents = [staff["agent"], staff["lena"]]
    setup.set_desk(actor=admin, switches=SWITCHES)
    level = SlaPolicy.objects.order_by("pk").first()
    team = setup.store_team(actor=admin, name=words["repairs"], members=agents)
    setup.store_queue(actor=admin, name=words["repairs"], team=team, sla=level, position=1)
    setup.store_queue(actor=admin, name=words["orders"], sla=level, position=2)
    for board in boards.values():
        usual = Queue.objects.get(is_default=True)
        setup.direct_board(actor=admin, board=board, queue=usual, asker_waits=24)
    kinds = ((PrivateField.Kind.SERIAL, words["serial"]), (PrivateField.Kind.ORDER, words["order"]))
    for place, (kind, (label, hint)) in enumerate(kinds):
        setup.store_private_field(actor=admin, kind=kind, label=label, hint=hint, position=place)
    for place, (name, text, status, tags) in enumerate(words["macros"]):
        setup.store_macro(actor=admin, name=name, text=text, sets_status=status, adds_tags=tags, position=place)
    return staff


def _colleague(shown: str) -> User:
    """A second agent, whom nobody can sign in as; gone with the other demo people before a site is a real one."""
    person = User.objects.create_user("lena", "lena@example.com", token_urlsafe(24), display_name=shown, is_demo=True)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    person.groups.add(Group.objects.get_or_create(name=Role.AGENT)[0])
    TOTP.activate(person, generate_totp_secret())
    return User.objects.with_standing().get(pk=person.pk)
