"""The whole import: stage, then batch after batch, each one transaction; and what can be told of it at the end."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, reset_queries, transaction

from community import clock
from community.imports import finish, stage
from community.imports.batch import Prepared, Run, prepare
from community.imports.convert import Converters
from community.imports.people import Author, find_or_make
from community.imports.places import Places
from community.imports.records import Note, Record, Rejected, SourceError
from community.imports.rejects import Rejects
from community.imports.report import Counts, Progress
from community.imports.sites import Site
from community.imports.write import write
from community.models import Board, ImportRun

#: Below this many posts a worker process would take longer to start than to work.
WORTH_WORKERS = 1000
#: Batches being converted while one is written: enough to keep the workers busy, few enough to stay small.
AHEAD = 3


class AlreadyRunning(Exception):
    """Another process is importing the same source."""


@dataclass
class Options:
    """What the command line says."""

    source: str
    reject_file: Path
    site: Site = field(default_factory=Site)
    board: Board | None = None
    board_name: str = ""
    language: str = ""
    lock_archived: bool = False
    dry_run: bool = False
    workers: int | None = None
    #: the contents of a file of a record, where the source has files
    open_file: Callable[[str], bytes] | None = None


@dataclass
class Outcome:
    counts: Counts
    rejects: Rejects
    #: a file broke off or was refused; what was read before is in
    problem: str = ""


def run_import(records: Iterable[Record], options: Options) -> Outcome:
    """Import everything the reader yields. Raises AlreadyRunning; a killed run is resumed by the next one."""
    rejects = Rejects(options.reject_file)
    counts = Counts()
    with _alone(options.source):
        try:
            problem = _stage(records, options.source, counts, rejects)
            posts = counts.rows["question", "read"] + counts.rows["answer", "read"]
            with Converters(_workers(options, posts)) as converters:
                run = Run(
                    source=options.source,
                    site=options.site,
                    started_at=clock.now(),
                    rejects=rejects,
                    converters=converters,
                    counts=counts,
                    board=options.board,
                    board_name=options.board_name,
                    language=options.language,
                    lock_archived=options.lock_archived,
                    dry_run=options.dry_run,
                    open_file=options.open_file,
                )
                _load(run, posts)
        finally:
            stage.drop()
            rejects.close()
    return Outcome(counts, rejects, problem)


def _workers(options: Options, posts: int) -> int:
    if options.workers is not None:
        return options.workers
    return min(2, os.cpu_count() or 1) if posts >= WORTH_WORKERS else 0


@contextmanager
def _alone(source: str) -> Iterator[None]:
    """One import of a source at a time; the lock goes with the connection, however it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"peerdesk import {source}"])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning(f"Another import of “{source}” is running.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"peerdesk import {source}"])


def _stage(records: Iterable[Record], source: str, counts: Counts, rejects: Rejects) -> str:
    """Read the files into the staging table; returns what is wrong with a file as a whole."""
    problem = ""
    progress = Progress("reading", None)
    rows = stage.fill(records)
    while True:
        try:
            row = next(rows, None)
        except SourceError as error:
            problem = str(error)
            break
        if row is None:
            break
        progress.advance()
        if isinstance(row, Rejected):
            counts.add(row.kind, "read")
            _reject(row, counts, rejects)
        elif isinstance(row, Note):
            counts.notes[row.text] += row.count
        else:
            counts.add(row, "read")
    progress.close()
    for rejected in stage.settle(source):
        _reject(rejected, counts, rejects)
    return problem


def _reject(rejected: Rejected, counts: Counts, rejects: Rejects) -> None:
    rejects.add(rejected)
    counts.add(rejected.kind, "rejected")


def _load(run: Run, posts: int) -> None:
    """People first, then the threads, then the links between them."""
    record = None if run.dry_run else ImportRun.objects.create(source=run.source, started_at=run.started_at)
    _people(run)
    places = Places(run.board, run.board_name, run.site)
    progress = Progress("importing", posts)
    waiting: deque[Prepared] = deque()

    def write_next() -> None:
        prepared = waiting.popleft()
        write(run, places, prepared)
        reset_queries()  # in development Django remembers every statement, with all its texts
        progress.advance(len(prepared.batch))

    for batch in stage.batches():
        waiting.append(prepare(run, batch))
        if len(waiting) > AHEAD:
            write_next()
    while waiting:
        write_next()
    progress.close()
    if record is not None:
        finish.finish(run)
        record.finished_at, record.counts = clock.now(), run.counts.as_json()
        record.save(update_fields=["finished_at", "counts"])


def _people(run: Run) -> None:
    """Those the source lists, whether or not they wrote something."""
    for listed in stage.people():
        authors = {person.external_id: Author(person.name, person.address, person.joined_at) for person in listed}
        with transaction.atomic():
            _found, new = find_or_make(run.source, run.site, authors)
            if run.dry_run:
                transaction.set_rollback(True)
        run.counts.add("person", "imported", new)
        run.counts.add("person", "unchanged", len(listed) - new)
