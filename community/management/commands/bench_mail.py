"""`manage.py bench_mail`: what notices cost when ten thousand people watch one question, in a database of its own."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from community.bench.database import bench_database, filled
from community.bench.mailing import forget, make_people, make_thread, send_one_answer, time_answers


class Command(BaseCommand):
    help = "Answers a question that very many people watch, mails all of them, and reads what arrived."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--watchers", type=int, default=10_000, help="how many (default 10000)")

    def handle(self, *args: Any, **options: Any) -> None:
        count = options["watchers"]
        if count < 10:
            raise CommandError("--watchers is at least 10.")
        with bench_database(f"mail_{count}", keep=False, fresh=True) as (name, _to_fill):
            make_people(count)
            filled(name)
            few, many = make_thread("few", 10), make_thread("many", count)
            for watchers, act in zip((10, count), time_answers([few, many]), strict=True):
                self.stdout.write(
                    f"an answer with {watchers:,} watchers: {act.wall_ms:.2f} ms, {act.cpu_ms:.2f} ms CPU,"
                    f" {act.statements} statements"
                )
            forget()
            sent = send_one_answer(many, count)
            self.stdout.write(f"notices and mails made: {sent.fan_out_seconds:.2f} s")
            self.stdout.write(
                f"written and handed over: {sent.mails:,} mails, {sent.mails / sent.seconds:.0f} a second"
            )
            self.stdout.write(f"wrong: {len(sent.wrong)}{''.join(f', {who}: {why}' for who, why in sent.wrong[:5])}")
