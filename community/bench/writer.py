"""Answers at the action, without HTTP: one process of several. Started by `manage.py bench` with the bench's settings.

Says "ready", waits for a line, writes answers for so many seconds and prints what it did as JSON.
"""

import json
import sys
import time
from random import Random
from uuid import uuid4

import django

django.setup()

from community.actions.answers import answer  # noqa: E402 - after the set-up
from community.bench.data import BODIES  # noqa: E402
from community.models import Thread, User  # noqa: E402

SOME = 500


def main(seed: int, seconds: float) -> None:
    random = Random(seed)  # noqa: S311 - not a secret
    people = list(User.objects.with_standing().order_by("pk")[:200])
    threads = list(Thread.objects.order_by("-pk").values_list("pk", flat=True)[:SOME])

    def write() -> None:
        body = random.choice(BODIES)
        answer(actor=random.choice(people), thread_id=random.choice(threads), body=body, post_key=uuid4().hex)

    for _number in range(20):
        write()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    latencies, began, used = [], time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds:
        at = time.perf_counter()
        write()
        latencies.append((time.perf_counter() - at) * 1000)
    json.dump(
        {
            "count": len(latencies),
            "seconds": time.perf_counter() - began,
            "cpu": time.process_time() - used,
            "latencies": latencies,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
