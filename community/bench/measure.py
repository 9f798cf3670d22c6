"""Runs a scenario and turns counts and clocks into figures."""

import json
import subprocess
import sys
from base64 import b64encode
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection

from community.bench.scenarios import BARE, Scenario, request
from community.bench.server import Server, database_cpu, environment

WARM = 40  # requests before the clock starts
ACTION = "answer at the action, 2 processes"
ACTION_GOAL = 300.0


@dataclass
class Figure:
    """One scenario's result. Times in milliseconds; CPU is per request and over both workers."""

    name: str
    per_second: float = 0.0
    cpu: float = 0.0
    database_cpu: float | None = None
    p50: float = 0.0
    p95: float = 0.0
    requests: int = 0
    ratio: float | None = None
    most: float | None = None
    least: float | None = None
    statuses: dict[str, int] = field(default_factory=dict)
    problem: str = ""

    @property
    def verdict(self) -> str:
        """Whether the goal is met; empty without a goal."""
        if self.problem:
            return self.problem
        if self.most is not None and self.ratio is not None:
            return f"{'met' if self.ratio <= self.most else 'MISSED'}: at most {self.most:g} x bare"
        if self.least is not None:
            return f"{'met' if self.per_second >= self.least else 'MISSED'}: at least {self.least:g}/s"
        return ""

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "verdict": self.verdict}


def _load(server: Server, scenario: Scenario, requests: list[bytes], seconds: float) -> dict[str, Any]:
    order = {
        "port": server.port,
        "requests": [b64encode(each).decode() for each in requests],
        "connections": scenario.connections,
        "seconds": seconds,
        "cycle": scenario.repeated,
    }
    run = subprocess.run(
        [sys.executable, "-m", "community.bench.load"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        cwd=settings.BASE_DIR,
        timeout=seconds + 120,
    )
    if run.returncode:
        raise RuntimeError(f"The load generator stopped:\n{run.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def measure(server: Server, scenario: Scenario, *, seconds: float, runs: int) -> Figure:
    """Send the scenario's requests `runs` times for `seconds`; the run in the middle (by its ratio) counts.

    The bare view is measured right before each run, for a fifth of the time: a neighbour who slows this machine down
    then slows both.
    """
    bare = Scenario("bare", [request(BARE)])
    if scenario.repeated:
        warm, rest = (scenario.requests * WARM)[: max(WARM, len(scenario.requests))], [scenario.requests] * runs
    else:
        first = min(WARM, len(scenario.requests) // 4)  # a small database has few pages to see for the first time
        warm = scenario.requests[:first]
        share = (len(scenario.requests) - first) // runs
        rest = [scenario.requests[first + n * share : first + (n + 1) * share] for n in range(runs)]
    _load(server, scenario, warm, min(seconds, 2.0))
    figures = []
    for part in rest:
        measure_of_all = _run(server, bare, bare.requests, max(0.2, seconds / 5)).cpu
        figure = _run(server, scenario, part, seconds)
        figure.ratio = figure.cpu / measure_of_all if measure_of_all else None
        figures.append(figure)
    return sorted(figures, key=lambda figure: figure.ratio or figure.cpu)[runs // 2]


def _run(server: Server, scenario: Scenario, requests: list[bytes], seconds: float) -> Figure:
    before, database_before = server.cpu(), database_cpu()
    result = _load(server, scenario, requests, seconds)
    if not result["count"]:
        raise RuntimeError(f"Nothing was answered: {scenario.name}. A larger --size has more pages.")
    used, database_after = server.cpu() - before, database_cpu()
    count, statuses = result["count"], result["statuses"]
    bad = {status: n for status, n in statuses.items() if not 200 <= int(status) < 400}
    known = database_before is not None and database_after is not None
    return Figure(
        name=scenario.name,
        per_second=count / result["seconds"],
        cpu=1000 * used / count,
        database_cpu=1000 * ((database_after or 0) - (database_before or 0)) / count if known else None,
        p50=median(result["latencies"]),
        p95=sorted(result["latencies"])[int(count * 0.95)],
        requests=count,
        most=scenario.most,
        least=scenario.least,
        statuses=statuses,
        problem="answers: " + ", ".join(f"{n} times {status}" for status, n in bad.items()) if bad else "",
    )


def measure_action(database: str, *, seconds: float, processes: int = 2) -> Figure:
    """Answers at the action in so many processes at once, begun together."""
    writers = [
        subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
            [sys.executable, "-m", "community.bench.writer", str(number), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=settings.BASE_DIR,
            env=environment(database),
        )
        for number in range(processes)
    ]
    try:
        for writer in writers:
            assert writer.stdout is not None
            if writer.stdout.readline() != "ready\n":
                raise RuntimeError("A process that writes answers did not start.")
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("go\n")
            writer.stdin.flush()
        results = [json.loads(writer.communicate(timeout=seconds + 120)[0]) for writer in writers]
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    return _action_figure(results)


def _action_figure(results: list[dict[str, Any]]) -> Figure:
    count = sum(each["count"] for each in results)
    latencies = sorted(latency for each in results for latency in each["latencies"])
    return Figure(
        name=ACTION,
        per_second=count / max(each["seconds"] for each in results),
        cpu=1000 * sum(each["cpu"] for each in results) / count,
        # the writers' own database processes end with them, and nobody can read their clocks then
        database_cpu=None,
        p50=median(latencies),
        p95=latencies[int(count * 0.95)],
        requests=count,
        least=ACTION_GOAL,
    )


def surroundings() -> dict[str, Any]:
    """What the figures depend on besides the code."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name IN"
            " ('server_version', 'fsync', 'synchronous_commit', 'shared_buffers', 'jit')"
        )
        return {"python": sys.version.split()[0], **dict(cursor.fetchall())}
