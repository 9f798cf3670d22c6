"""A desk with very many tickets, written set-based, and what its pages cost there."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.models import Board, User
from community.roles import Role
from support.actions.tallies import fold
from support.defaults import make_defaults
from support.models import DeskState, Queue, Switch, Team, TeamMember, Ticket
from support.reading.views import BUILT_IN, count

AGENTS, CUSTOMERS, BOARDS, QUEUES = 20, 300, 8, 6
BATCH = 100_000

# Of a hundred tickets of a desk that has been at work for years, twelve are undone; one in three of those is nobody's.
_TICKETS = """
    INSERT INTO support_ticket (subject, requester_id, queue_id, board_id, channel, status, priority, language,
        product_version, is_simulated, opened_at, last_activity_at, assignee_id, assigned_at, held_until, resolved_at,
        closed_at, due_at, reopened_count, last_position, version)
    SELECT 'Ticket ' || n, %(customers)s + mod(n * 7, %(customer_count)s), %(queues)s + mod(n, %(queue_count)s),
        %(boards)s + mod(n * 3, %(board_count)s), (ARRAY['form', 'thread', 'mail', 'staff'])[1 + mod(n / 5, 4)],
        s.status, (ARRAY['normal', 'normal', 'low', 'high', 'normal', 'urgent', 'normal'])[1 + mod(n, 7)], 'en', '',
        false, s.at, s.at + interval '1 hour', w.who, CASE WHEN w.who IS NOT NULL THEN s.at END,
        CASE WHEN s.status = 'on_hold' THEN %(now)s + interval '9 days' END,
        CASE WHEN s.status IN ('resolved', 'closed') THEN s.at + interval '1 day' END,
        CASE WHEN s.status = 'closed' THEN s.at + interval '8 days' END,
        CASE WHEN s.status IN ('new', 'open') AND mod(n, 10) > 0 THEN s.at + interval '300 days' END, 0, 1, 1
    FROM generate_series(%(first)s, %(last)s) AS n
    CROSS JOIN LATERAL (SELECT %(now)s - n * (interval '400 days' / %(size)s) AS at,
        CASE WHEN mod(n, 100) < 3 THEN 'new' WHEN mod(n, 100) < 7 THEN 'open' WHEN mod(n, 100) < 11 THEN 'waiting'
             WHEN mod(n, 100) < 12 THEN 'on_hold' WHEN mod(n, 100) < 20 THEN 'resolved' ELSE 'closed' END AS status) s
    CROSS JOIN LATERAL (SELECT CASE WHEN s.status <> 'new' AND mod(n / 100, 3) > 0
        THEN %(agents)s + mod(n / 100, %(agent_count)s) END AS who) w
"""
_BESIDE = [
    """INSERT INTO support_ticketmessage (ticket_id, position, author_id, author_role, is_staff, via, body, body_html,
        renderer_version, sent_at, key)
    SELECT id, 1, requester_id, 'customer', false, 'page', 'It hums.', '<p>It hums.</p>', 1, opened_at, ''
    FROM support_ticket WHERE id > %s""",
    """INSERT INTO support_ticketevent (ticket_id, kind, actor_id, actor_role, status, priority, promise, occurred_at,
        recorded_at)
    SELECT id, 'opened', requester_id, 'customer', 'new', priority, '', opened_at, opened_at
    FROM support_ticket WHERE id > %s""",
    """INSERT INTO support_ticketevent (ticket_id, kind, actor_role, person_id, status, priority, promise, occurred_at,
        recorded_at)
    SELECT id, 'assigned', 'customer', assignee_id, status, priority, '', opened_at, opened_at
    FROM support_ticket WHERE id > %s AND assignee_id IS NOT NULL""",
    """INSERT INTO support_slaclock (ticket_id, kind, minutes, began_at, started_at, used, due_at)
    SELECT id, 'solution', 2400, opened_at, opened_at, 0, due_at
    FROM support_ticket WHERE id > %s AND due_at IS NOT NULL""",
]


def fill(size: int, advance: Any = lambda _done: None) -> User:
    """Make a desk of so many tickets, teams and queues; returns an agent of one of the teams."""
    make_defaults()
    DeskState.objects.filter(pk=1).update(switches=Switch.values)
    customers, agents = _people("customer", CUSTOMERS), _people("agent", AGENTS)
    role, _made = Group.objects.get_or_create(name=Role.AGENT)
    role.user_set.add(*agents)
    Authenticator.objects.bulk_create(
        Authenticator(user=each, type=Authenticator.Type.TOTP, data={"secret": "x"}) for each in agents
    )
    team = Team.objects.create(name="Devices")
    TeamMember.objects.bulk_create(TeamMember(team=team, person=each) for each in agents[::2])
    queues = Queue.objects.bulk_create(
        Queue(name=f"Queue {number}", position=number, team=team if number % 2 else None) for number in range(QUEUES)
    )
    boards = Board.objects.bulk_create(
        Board(name=f"Product {number}", name_key=f"product {number}", slug=f"p{number}") for number in range(BOARDS)
    )
    first_of = {"customers": customers, "agents": agents, "queues": queues, "boards": boards}
    values: dict[str, Any] = {name: rows[0].pk for name, rows in first_of.items()}  # type: ignore[index]
    values |= {f"{name[:-1]}_count": len(rows) for name, rows in first_of.items()}  # type: ignore[arg-type]
    _write(size, values, advance)
    return User.objects.with_standing().get(pk=agents[0].pk)


def _people(kind: str, how_many: int) -> list[User]:
    made = [User(username=f"{kind}{n}", display_name=f"{kind} {n}", email=f"{kind}{n}@e.com") for n in range(how_many)]
    for person in made:
        person.prepare()
        person.set_unusable_password()
    return User.objects.bulk_create(made)


def _write(size: int, values: dict[str, Any], advance: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT date_trunc('second', now())")
        (now,) = cursor.fetchone()
        for first in range(1, size + 1, BATCH):
            cursor.execute("SELECT coalesce(max(id), 0) FROM support_ticket")
            (before,) = cursor.fetchone()
            last = min(first + BATCH - 1, size)
            cursor.execute(_TICKETS, values | {"first": first, "last": last, "size": size, "now": now})
            for statement in _BESIDE:
                cursor.execute(statement, [before])
            fold()  # as the worker would, every two seconds
            advance(last - first + 1)
        cursor.execute("VACUUM ANALYZE" if not connection.in_atomic_block else "ANALYZE")


@dataclass(frozen=True)
class Cost:
    """What one page costs: statements, blocks the database looked at for them, milliseconds of the quickest run (a
    neighbour on the machine slows all the others)."""

    queries: int
    blocks: int
    milliseconds: float


def pages(agent: User) -> Iterator[tuple[str, str]]:
    """(what it is, its address): the lists an agent works through, and one of them far down."""
    queue = Queue.objects.worked_by(agent).order_by("-pk").values_list("pk", flat=True)[0]
    for key, (_label, _icon, filters) in BUILT_IN.items():
        yield key, f"/desk/{filters.query()}"
    yield "one queue", f"/desk/?queue={queue}"
    yield "one queue, all that is undone", f"/desk/?queue={queue}&state=undone"
    yield "urgent ones", "/desk/?priority=urgent"


def measure(agent: User, address: str, runs: int = 30) -> Cost:
    """What this agent's page costs, whole: the request, its templates and all it asks of the database."""
    client = Client()
    client.force_login(agent)
    client.get(address)  # the statement of a reader's kind is written once per process
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
    statements = [query["sql"] for query in asked.captured_queries]  # now: the next request forgets them
    if response.status_code != 200:
        raise RuntimeError(f"{address} answers {response.status_code}")
    times = []
    for _run in range(runs):
        begun = time.perf_counter()
        client.get(address)
        times.append(1000 * (time.perf_counter() - begun))
    return Cost(len(statements), sum(map(_blocks, statements)), min(times))


def _blocks(statement: str) -> int:
    if not statement.lstrip().upper().startswith(("SELECT", "(SELECT", "WITH")):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
        (found,) = cursor.fetchone()
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return int(plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0))


def miscounted(agent: User) -> dict[str, tuple[int, int]]:
    """The lists whose number is not what counting says: (told, counted)."""
    lists = {key: filters for key, (_label, _icon, filters) in BUILT_IN.items()}
    told = count(agent, lists)
    counted = {
        key: Ticket.objects.worked_by(agent).filter(filters.condition(agent)).aggregate(n=Count("pk"))["n"]
        for key, filters in lists.items()
    }
    return {key: (told[key], counted[key]) for key in lists if told[key] != counted[key]}
