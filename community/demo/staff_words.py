"""What the demo shows of staff and their words: an official answer, one that waits for a colleague, a private note."""

from datetime import datetime, timedelta

from community import clock
from community.actions import official, private_notes
from community.actions.answers import answer
from community.models import Answer, Board, Thread, User

#: What serial numbers look like at the demo's brands.
PATTERNS = "NW-####-@@##\nVL ## #### ##"
#: In the language of the demo's community: an answer that waits; what a customer told staff alone.
_WORDS = {
    "en": (
        "We have found the cause and are testing a new version this week. Until then, switching the power off for a "
        "minute helps for about a day.",
        "The serial number is NW-2041-XK77. I bought it in May; the receipt is in the name of my sister.",
    ),
    "de": (
        "Wir haben die Ursache gefunden und prüfen diese Woche eine neue Version. Bis dahin hilft es für etwa einen "
        "Tag, den Akku eine Minute herauszunehmen.",
        "Die Rahmennummer ist VL 24 1180 07. Gekauft im Mai, die Rechnung läuft auf meine Schwester.",
    ),
}


def let_staff_speak(people: dict[str, User], *, language: str, now: datetime) -> None:
    """The oldest answer of the agent is official, the newest one waits, and the customer told staff something."""
    waiting, told = _WORDS.get(language, _WORDS["en"])
    agent, customer = people.get("agent"), people.get("customer")
    Board.objects.filter(audience=Board.Audience.PUBLIC).update(private_patterns=PATTERNS)
    if agent is not None:
        given = Answer.objects.filter(author=agent, hidden_at=None, thread__hidden_at=None).order_by("pk").first()
        if given is not None:
            with clock.at(max(given.answered_at + timedelta(minutes=2), now - timedelta(days=60))):
                official.mark(actor=agent, answer_id=given.pk)
        _let_one_wait(agent, waiting, now)
    asked = Thread.objects.filter(asker=customer, hidden_at=None).order_by("-asked_at").first() if customer else None
    if customer is not None and asked is not None:
        with clock.at(max(asked.asked_at + timedelta(minutes=3), now - timedelta(days=1))):
            private_notes.write(actor=customer, thread=asked, text=told)


def _let_one_wait(agent: User, words: str, now: datetime) -> None:
    """An official answer to the newest open problem somebody has, on a board that wants a second look from now on."""
    open_ones = Thread.objects.listed().filter(hidden_at=None, locked_at=None, closed_at=None, solved_at=None)
    problems = open_ones.filter(kind=Thread.Kind.PROBLEM, board__audience=Board.Audience.PUBLIC)
    asked = problems.exclude(asker=agent).order_by("-asked_at").first()
    if asked is None:
        return
    Board.objects.filter(pk=asked.board_id).update(approves_official=True)
    with clock.at(max(asked.last_activity_at + timedelta(minutes=1), now - timedelta(hours=2))):
        answer(actor=agent, thread_id=asked.pk, body=words, is_official=True)
