"""HTML bodies into Markdown and our own HTML, in worker processes of their own.

A worker is this module run as a program: it reads a line of JSON, writes a line of JSON, and ends when its input does,
so that none is left behind by an import that was killed. Workers load no models and hold no database connection.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from html import escape
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType

from community.content.html_to_markdown import to_markdown
from community.content.languages import detect
from community.content.markdown import MAX_BODY, RENDERER_VERSION, render
from community.content.text import clean_text, excerpt
from community.imports.links import InternalLinks

MAX_TITLE = 200
BASE = Path(__file__).resolve().parent.parent.parent


@dataclass(slots=True)
class Job:
    """One body to convert. `comments` are (name, day, text); `known` are the ids links may lead to."""

    html: str
    title: str = ""
    is_question: bool = False
    comments: list[tuple[str, str, str]] = field(default_factory=list)
    known_questions: list[str] = field(default_factory=list)
    known_answers: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    #: the question on whose page the body stood
    here: str = ""
    wants_language: bool = False
    #: already Markdown: only to be rendered again
    is_markdown: bool = False
    #: Markdown as somebody wrote it, to be cleaned and bounded like the rest
    comes_as_markdown: bool = False


@dataclass(slots=True)
class Text:
    """A body as it is stored; empty `markdown` when nothing was left of it."""

    title: str
    markdown: str
    html: str
    language: str
    dropped: dict[str, int]
    renderer_version: int = RENDERER_VERSION
    problem: str = ""


def convert(job: Job) -> Text:
    """Do one job. A text that no code here foresaw costs its own row, not the whole import."""
    try:
        return _converted(job)
    except Exception as error:
        return Text("", "", "", "", {}, problem=f"the text could not be converted ({type(error).__name__})")


def _converted(job: Job) -> Text:
    if job.is_markdown:
        rendered = render(job.html)
        return Text(job.title, job.html, rendered.html, "", {})
    title, html = job.title, job.html
    if job.is_question:
        title, html = _titled(job)
    markdown, dropped = _as_markdown(job, html)
    if not markdown and job.is_question:
        markdown = title
    if len(markdown) > MAX_BODY:
        markdown, dropped["cut"] = markdown[:MAX_BODY].rstrip(), 1
    if job.comments:
        markdown, left_out = _with_comments(markdown, job.comments)
        if left_out:
            dropped["comments"] = left_out
    rendered = render(markdown)
    if job.is_question and not title:
        title = excerpt(rendered.plain, 80) or "—"
    language = (detect(f"{title}\n{rendered.plain}") or "") if job.wants_language else ""
    return Text(title, markdown, rendered.html, language, dropped)


def _as_markdown(job: Job, text: str) -> tuple[str, dict[str, int]]:
    if job.comes_as_markdown:
        return clean_text(text).strip("\n").rstrip(), {}
    links = InternalLinks(job.hosts, frozenset(job.known_questions), frozenset(job.known_answers), job.here)
    converted = to_markdown(text, rewrite_link=links.rewrite)
    return converted.markdown.strip(), dict(converted.dropped)


def _titled(job: Job) -> tuple[str, str]:
    """The title as one line of at most 200 characters; a longer one is repeated whole above the body."""
    whole = " ".join(clean_text(job.title).split())
    if len(whole) <= MAX_TITLE:
        return whole, job.html
    if job.comes_as_markdown:
        return excerpt(whole, MAX_TITLE), f"{whole}\n\n{job.html}"
    return excerpt(whole, MAX_TITLE), f"<p><strong>{escape(whole)}</strong></p>{job.html}"


def _with_comments(markdown: str, comments: Sequence[tuple[str, str, str]]) -> tuple[str, int]:
    """The post with the remarks that stood below it as quotes at its end, as many as there is room for."""
    parts, room = [markdown, "**Comments**"], MAX_BODY - len(markdown) - 40
    for done, (name, day, text) in enumerate(comments):
        words = " ".join(clean_text(text).split())
        plain_name = re.sub(r"([\\`*_{}\[\]<>()#~|!@&])", r"\\\1", name)
        part = f"> **{plain_name}**, {day}: {words}"
        room -= len(part) + 2
        if room < 0:
            return "\n\n".join(parts) if done else markdown, len(comments) - done
        parts.append(part)
    return "\n\n".join(parts), 0


class _Worker:
    """One process and its two pipes."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "community.imports.convert"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=BASE,
        )

    def convert(self, jobs: Sequence[Job]) -> list[Text]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps([asdict(job) for job in jobs]).encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"A converting process ended with status {self.process.wait()}.")
        return [Text(**values) for values in json.loads(answer)]

    def close(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class Converters:
    """Converts lists of jobs, `workers` at a time (0: here and at once)."""

    def __init__(self, workers: int) -> None:
        self.workers = [_Worker() for _number in range(workers)]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self.workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(workers) if workers else None

    def submit(self, jobs: Sequence[Job]) -> "Future[list[Text]]":
        """The texts, in the order of the jobs, when they are ready."""
        if self._threads is None:
            done: Future[list[Text]] = Future()
            done.set_result([convert(job) for job in jobs])
            return done
        return self._threads.submit(self._run, jobs)

    def _run(self, jobs: Sequence[Job]) -> list[Text]:
        worker = self._idle.get()
        try:
            return worker.convert(jobs)
        finally:
            self._idle.put(worker)

    def __enter__(self) -> "Converters":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
        for worker in self.workers:
            worker.close()


def serve() -> None:
    """The worker's whole life: a line in, a line out, until there is no more."""
    for line in sys.stdin.buffer:
        texts = [asdict(convert(Job(**values))) for values in json.loads(line)]
        sys.stdout.buffer.write(json.dumps(texts).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve()
