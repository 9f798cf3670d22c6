"""The community that is measured: people, boards, and threads of which some are long and one is very long."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.db import connection
from tqdm import tqdm

from community import clock
from community.actions.compose import Composed, compose_body
from community.actions.counters import recount_threads
from community.actions.tags import make_tags
from community.content.text import key
from community.models import Answer, Board, TaggedThread, Thread, ThreadEvent, User, Watch

PEOPLE = 300
BOARDS = 8
TAGS = ["wifi", "update", "setup", "battery", "display", "account", "billing", "sound", "printer", "router"]
LONG, VERY_LONG = 20, 1000
BATCH = 1000

BODIES = [
    "Hold the **reset** button for ten seconds, then:\n\n1. open `http://192.168.1.1`\n2. choose *Maintenance*\n"
    "3. restore the settings\n\nIt worked for me with version 2.1. See https://example.com/faq for the rest.",
    "Since the update my device restarts twice a day, always when the second screen wakes up. The log says:\n\n"
    "```\nkernel: usb 1-2: device descriptor read/64, error -71\nkernel: usb 1-2: reset high-speed USB device\n```\n\n"
    "Has anybody seen this? I have tried another cable and another port.",
    "> Has anybody seen this?\n\nYes, on three machines. What helped here: turn off *fast start*, restart, and turn it "
    "on again. It stayed quiet for a month now.",
    "Thank you, that was it!",
    "Please tell us which version you use (Settings, About), and whether the light is **red** or **orange**. "
    "With that we can say more.\n\n- red: no connection\n- orange: an update is being installed",
]


def long_threads(size: int) -> int:
    """How many of `size` threads have 20 answers: enough that each can be somebody's first sight of it."""
    return min(2500, size // 4)


def fill(size: int) -> None:
    """Make `size` threads: the first has 1,000 answers, the next ones 20, the others none, one or two."""
    random, now = Random(size), clock.now()  # noqa: S311 - the same data every time, not a secret
    composed = [compose_body(body) for body in BODIES]
    people = _people()
    boards = _boards()
    tags = make_tags({key(word): word for word in TAGS})
    lengths = [VERY_LONG, *[LONG] * long_threads(size)]
    with tqdm(total=size, desc="threads", unit="") as progress:
        for start in range(0, size, BATCH):
            some = [
                _thread(random, random.choice(boards), random.choice(people), composed[number % len(composed)], asked)
                for number in range(start, min(start + BATCH, size))
                for asked in [now - timedelta(days=400) + timedelta(minutes=number * 25 * 20_000 // size)]
            ]
            Thread.objects.bulk_create(some)
            TaggedThread.objects.bulk_create(
                [TaggedThread(content_object=each, tag=tag) for each in some for tag in random.sample(tags, 2)]
            )
            wanted = [
                lengths[number] if number < len(lengths) else number % 3 for number in range(start, start + len(some))
            ]
            _answer(random, some, wanted, people, composed)
            recount_threads([each.pk for each in some])
            progress.update(len(some))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _people() -> list[User]:
    made = [User(username=f"person{n}", display_name=f"Person {n}", email=f"p{n}@example.com") for n in range(PEOPLE)]
    for person in made:
        person.prepare()
        person.set_unusable_password()
    return User.objects.bulk_create(made)


def _boards() -> list[Board]:
    names = [f"Product {number}" for number in range(1, BOARDS + 1)]
    return Board.objects.bulk_create([Board(name=name, name_key=key(name), slug=f"{name[-1]}") for name in names])


def _thread(random: Random, board: Board, asker: User, body: Composed, asked: datetime) -> Thread:
    return Thread(
        board=board,
        kind=random.choice([Thread.Kind.QUESTION, Thread.Kind.PROBLEM]),
        title=f"The {random.choice(TAGS)} stopped working after the {random.choice(TAGS)} changed",
        body=body.body,
        body_html=body.html,
        renderer_version=body.renderer_version,
        language="en",
        asker=asker,
        asked_at=asked,
        last_activity_at=asked,
    )


def _answer(
    random: Random, threads: list[Thread], wanted: list[int], people: list[User], composed: list[Composed]
) -> None:
    """Answers, events and watches for these threads, as the actions would have written them."""
    answers = [
        _one_answer(thread, position, random.choice(people), random.choice(composed))
        for thread, many in zip(threads, wanted, strict=True)
        for position in range(1, many + 1)
    ]
    Answer.objects.bulk_create(answers, batch_size=BATCH)
    ThreadEvent.objects.bulk_create(_events(threads, answers), batch_size=BATCH)
    Watch.objects.bulk_create(
        [
            Watch(person_id=thread.asker_id, thread=thread, reason=Watch.Reason.ASKED, watched_at=thread.asked_at)
            for thread in threads
        ]
    )


def _one_answer(thread: Thread, position: int, author: User, body: Composed) -> Answer:
    return Answer(
        thread=thread,
        position=position,
        author=author,
        body=body.body,
        body_html=body.html,
        renderer_version=body.renderer_version,
        answered_at=thread.asked_at + timedelta(seconds=70 * position),
    )


def _events(threads: list[Thread], answers: list[Answer]) -> Iterator[ThreadEvent]:
    for thread in threads:
        yield ThreadEvent(
            kind=ThreadEvent.Kind.ASKED,
            thread=thread,
            actor_id=thread.asker_id,
            actor_role="customer",
            occurred_at=thread.asked_at,
            recorded_at=thread.asked_at,
        )
    for answer in answers:
        yield ThreadEvent(
            kind=ThreadEvent.Kind.ANSWERED,
            thread_id=answer.thread_id,
            answer=answer,
            actor_id=answer.author_id,
            actor_role="customer",
            occurred_at=answer.answered_at,
            recorded_at=answer.answered_at,
        )
