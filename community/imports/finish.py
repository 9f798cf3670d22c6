"""When everything is in: duplicates lead to what was asked before, and links inside bodies to their new addresses.

Safe to stop and to run again: what is left to do stands in the bodies themselves.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.urls import reverse

from community.content.markdown import MAX_BODY
from community.imports import links, stage
from community.imports.batch import Run
from community.imports.convert import Job, Text
from community.imports.links import Target
from community.imports.report import Progress
from community.models import Answer, ChangeRow, ImportedItem, Thread

AT_ONCE = 200


def finish(run: Run) -> None:
    """The last pass over this source."""
    _link_duplicates(run)
    _resolve_links(run)
    with connection.cursor() as cursor:
        for model in (Thread, Answer):
            # the lists' queries would be planned for the empty tables of before
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')


def _link_duplicates(run: Run) -> None:
    for thread_id, earlier_id in stage.duplicates(run.source):
        with transaction.atomic():
            linked = Thread.objects.filter(pk=thread_id, linked_from=None, is_imported=True)
            if linked.update(linked_from=earlier_id):
                _tell_followers([thread_id])
                run.counts.add("link", "imported")


def _resolve_links(run: Run) -> None:
    """Read bodies with old paths in them, put new addresses there, render them again, a few hundred at a time."""
    waiting: deque[tuple[list[tuple[Thread | Answer, str]], Future[list[Text]]]] = deque()
    progress = Progress("leading links to their new addresses", None)
    for posts in _posts_with_links(run.source):
        new = _with_new_links(run, posts)
        jobs = [Job(html=body, is_markdown=True) for _post, body in new]
        waiting.append((new, run.converters.submit(jobs)))
        if len(waiting) > 2:
            _store(run, *waiting.popleft())
        progress.advance(len(posts))
    while waiting:
        _store(run, *waiting.popleft())
    progress.close()


def _posts_with_links(source: str) -> Iterator[list[Thread | Answer]]:
    """Imported posts nobody has edited since, whose text still names the old site's paths."""
    old = Q(body__contains="](/questions/") | Q(body__contains="](/a/")
    for model, kind in ((Thread, "question"), (Answer, "answer")):
        field = "thread_id" if model is Thread else "answer_id"
        last = 0
        while True:
            items = ImportedItem.objects.filter(source=source, kind=kind)
            rows: list[Any] = list(
                model._default_manager.filter(old, pk__gt=last, is_imported=True, pk__in=items.values(field))
                .order_by("pk")
                .only("pk", "body", "version")[:AT_ONCE]
            )
            if not rows:
                break
            last = rows[-1].pk
            untouched = set(items.filter(**{f"{field}__in": [row.pk for row in rows]}).values_list(field, "version"))
            yield [row for row in rows if (row.pk, row.version) in untouched]


def _with_new_links(run: Run, posts: list[Thread | Answer]) -> list[tuple[Thread | Answer, str]]:
    targets = {target for post in posts for target in links.left_in(post.body)}
    addresses = _addresses(run.source, targets)
    changed = []
    for post in posts:
        body = links.resolved(post.body, addresses.get, run.site.hosts)
        # A body that its new addresses would make too long keeps the old paths: they work, by redirect.
        if body != post.body and len(body) <= MAX_BODY:
            changed.append((post, body))
    return changed


def _addresses(source: str, targets: set[Target]) -> dict[Target, str]:
    """Where these posts are now: the answer where it is here, else the question."""
    items = ImportedItem.objects.filter(source=source)
    answers = dict(
        items.filter(kind="answer", external_id__in=[t.answer for t in targets if t.answer]).values_list(
            "external_id", F("answer_id")
        )
    )
    questions = dict(
        items.filter(kind="question", external_id__in=[t.question for t in targets if t.question]).values_list(
            "external_id", F("thread_id")
        )
    )
    known_answers = Answer.objects.only("thread_id", "position").in_bulk(list(answers.values()))
    known_threads = Thread.objects.only("title").in_bulk(list(questions.values()))
    found: dict[Target, str] = {}
    for target in targets:
        answer = known_answers.get(answers.get(target.answer, 0))
        thread = known_threads.get(questions.get(target.question, 0))
        if answer is not None:
            found[target] = reverse("answer", args=[answer.thread_id, answer.position])
        elif thread is not None:
            found[target] = thread.get_absolute_url()
    return found


def _store(run: Run, new: list[tuple[Thread | Answer, str]], texts: "Future[list[Text]]") -> None:
    """Put the texts in place, where the post is still the one that was read."""
    changed: set[int] = set()
    with transaction.atomic():
        for (post, _body), text in zip(new, texts.result(), strict=True):
            done = type(post)._default_manager.filter(pk=post.pk, version=post.version)
            if text.markdown and done.update(
                body=text.markdown, body_html=text.html, renderer_version=text.renderer_version
            ):
                changed.add(post.thread_id if isinstance(post, Answer) else post.pk)
                run.counts.notes["texts whose links were led to their new addresses"] += 1
        _tell_followers(sorted(changed))


def _tell_followers(thread_ids: list[int]) -> None:
    rows = Thread.objects.filter(pk__in=thread_ids).values_list("pk", "board_id")
    ChangeRow.objects.bulk_create([ChangeRow(thread_id=pk, board_id=board_id) for pk, board_id in rows])
