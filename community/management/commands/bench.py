"""`manage.py bench`: what a request costs, next to a bare Django view in the same run."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from community.bench.data import fill
from community.bench.database import bench_database, filled
from community.bench.measure import Figure, measure, measure_action, surroundings
from community.bench.scenarios import Plan
from community.bench.server import gunicorn

HEAD = f"{'':44}{'per s':>8}{'CPU ms':>8}{'x bare':>8}{'DB ms':>7}{'p50 ms':>8}{'p95 ms':>8}  goal"


class Command(BaseCommand):
    help = "Measures pages and posts under gunicorn with 2 workers, in a database of its own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", type=int, default=20_000, help="threads in the database (default 20000)")
        parser.add_argument("--seconds", type=float, default=5.0, help="how long each scenario runs (default 5)")
        parser.add_argument("--runs", type=int, default=3, help="the middle one of so many counts (default 3)")
        parser.add_argument("--only", default="", help="only scenarios whose name holds this word")
        parser.add_argument("--keep", action="store_true", help="keep the database for the next run")
        parser.add_argument("--fresh", action="store_true", help="make the database anew even if one was kept")
        parser.add_argument("--json", metavar="FILE", help="write the figures there too")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["size"] < 200 or options["seconds"] <= 0 or options["runs"] < 1:
            raise CommandError("--size is at least 200, --seconds more than 0 and --runs at least 1.")
        with bench_database(options["size"], keep=options["keep"], fresh=options["fresh"]) as (name, to_fill):
            if to_fill:
                fill(options["size"])
                filled(name)
            about = {**surroundings(), "cores": os.cpu_count(), "load": os.getloadavg()[0], "threads": options["size"]}
            self.stdout.write(", ".join(f"{key} {value}" for key, value in about.items()) + "\n" + HEAD)
            figures = self._measure(name, options)
        if options["json"]:
            report = {"surroundings": about, "figures": [figure.as_json() for figure in figures]}
            Path(options["json"]).write_text(json.dumps(report, indent=2) + "\n")

    def _measure(self, database: str, options: dict[str, Any]) -> list[Figure]:
        """Every scenario in turn, each told as soon as it is known. The bare view always runs: it is the measure."""
        seconds, runs, only = options["seconds"], options["runs"], options["only"].lower()
        figures: list[Figure] = []
        with gunicorn(database) as server:
            for label, scenario, problem in Plan(server, seconds * runs):
                if figures and only not in label.lower():
                    continue
                figure = Figure(label, problem=problem)
                if scenario is not None:
                    figure = measure(server, scenario, seconds=seconds, runs=runs)
                figures.append(figure)
                self._tell(figure)
            if complaints := server.complaints().splitlines():
                self.stderr.write("\n".join(["The last of what gunicorn said:", *complaints[-10:]]))
        if only in "answer at the action":
            at_action = [measure_action(database, seconds=seconds) for _run in range(runs)]
            figures.append(sorted(at_action, key=lambda figure: figure.cpu)[runs // 2])
            self._tell(figures[-1])
        return figures

    def _tell(self, figure: Figure) -> None:
        if not figure.requests:
            self.stdout.write(f"{figure.name:44}{figure.verdict}")
            return
        ratio = f"{figure.ratio:8.1f}" if figure.ratio else f"{'':8}"
        database = f"{figure.database_cpu:7.2f}" if figure.database_cpu is not None else f"{'':7}"
        self.stdout.write(
            f"{figure.name:44}{figure.per_second:8.0f}{figure.cpu:8.2f}{ratio}{database}"
            f"{figure.p50:8.1f}{figure.p95:8.1f}  {figure.verdict}"
        )
