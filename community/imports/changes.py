"""A later run: what changed at the source since, taken over where nobody here has worked on it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F, Value
from django.db.models.functions import Greatest

from community.imports.batch import row_hash, row_key, same_words
from community.imports.records import Question
from community.imports.stage import Planned
from community.models import Answer, ImportedItem, Revision, Solution, Thread, ThreadEvent

if TYPE_CHECKING:
    from community.imports.write import BatchWriter

Event = ThreadEvent.Kind


class Changes:
    """The rows of one batch that were imported before. The threads' locks are held."""

    def __init__(self, writer: BatchWriter) -> None:
        self.writer = writer
        fresh_hash = {row_key(p): row_hash(p) for p in (*writer.batch.questions, *writer.batch.answers)}
        changed = {
            row: item for row, item in writer.items.items() if row in fresh_hash and item.source_hash != fresh_hash[row]
        }
        self.answers = Answer.objects.in_bulk([item.answer_id for item in changed.values() if item.answer_id])
        threads = [item.thread_id for item in changed.values()]
        #: (thread, answer) that somebody here hid or brought back: theirs to decide
        self.moderated = set(
            ThreadEvent.objects.filter(
                thread_id__in=threads, is_imported=False, kind__in=[Event.HIDDEN, Event.RESTORED]
            ).values_list("thread_id", "answer_id")
        )

    def question(self, planned: Planned, item: ImportedItem) -> None:
        thread = self.writer.threads.get(planned.record.external_id)
        if thread is None or item.source_hash == row_hash(planned):
            self.writer.counts.add("question", "unchanged")
            return
        record = planned.record
        assert isinstance(record, Question)
        if not same_words(item.source_hash, row_hash(planned)):
            if thread.version != item.version:
                self.writer.counts.add("question", "kept")
                return
            if not self._new_words(planned, thread, None):
                return
        Thread.objects.filter(pk=thread.pk).update(
            imported_me_too=record.me_too, view_count=Greatest(F("view_count"), Value(record.views))
        )
        if record.hidden and thread.hidden_at is None and (thread.pk, None) not in self.moderated:
            self._hide(thread, None)
        self._done(planned, item, thread.version)
        self.writer.touched.add(thread.pk)

    def answer(self, planned: Planned, item: ImportedItem) -> None:
        answer = self.answers.get(item.answer_id or 0)
        if answer is None or item.source_hash == row_hash(planned):
            self.writer.counts.add("answer", "unchanged")
            return
        thread = next((t for t in self.writer.threads.values() if t.pk == answer.thread_id), None)
        if thread is None:
            self.writer.counts.add("answer", "unchanged")
            return
        if not same_words(item.source_hash, row_hash(planned)):
            if answer.version != item.version:
                self.writer.counts.add("answer", "kept")
                return
            if not self._new_words(planned, thread, answer):
                return
        Answer.objects.filter(pk=answer.pk).update(imported_helpful=planned.helpful)
        if planned.record.hidden and answer.hidden_at is None and (thread.pk, answer.pk) not in self.moderated:
            self._hide(thread, answer)
        self._done(planned, item, answer.version)
        self.writer.touched.add(thread.pk)
        self.writer.touched_answers.add(answer.pk)

    def _new_words(self, planned: Planned, thread: Thread, answer: Answer | None) -> bool:
        """Put the source's new text in place, the old one among the revisions."""
        post = answer or thread
        record, text = planned.record, self.writer.text_of(planned)
        if not text.markdown:
            reason = text.problem or "nothing is left of the text"
            self.writer.reject(row_key(planned)[0], record.origin, record.external_id, reason)
            return False
        moment = self._edited_at(record.edited_at, post)
        editor = answer.author_id if answer else thread.asker_id
        self.writer.revisions.append(
            Revision(
                thread=thread,
                answer=answer,
                version=post.version,
                title="" if answer else thread.title,
                body=post.body,
                editor_id=editor,
                edited_at=moment,
            )
        )
        post.body, post.body_html, post.renderer_version = text.markdown, text.html, text.renderer_version
        post.version, post.edited_at = post.version + 1, moment
        fields = ["body", "body_html", "renderer_version", "version", "edited_at"]
        if answer is None:
            thread.title = text.title
            fields.append("title")
        post.save(update_fields=fields)
        self.writer.event(Event.EDITED, thread, moment, answer=answer, actor_id=editor)
        return True

    def _edited_at(self, known: datetime | None, post: Thread | Answer) -> datetime:
        return known if known and (post.edited_at is None or known > post.edited_at) else self.writer.now

    def _hide(self, thread: Thread, answer: Answer | None) -> None:
        """The source found out that it was spam; its solution goes with it."""
        now = self.writer.now
        post = answer or thread
        post.hidden_at = now
        post.save(update_fields=["hidden_at"])
        self.writer.event(Event.HIDDEN, thread, now, answer=answer)
        solutions = Solution.objects.filter(thread=thread, withdrawn_at__isnull=True)
        for solution in solutions.filter(answer=answer) if answer else solutions:
            solution.withdrawn_at, solution.withdrawal = now, Solution.Withdrawal.HIDDEN
            solution.save(update_fields=["withdrawn_at", "withdrawal"])
            self.writer.event(Event.WITHDRAWN, thread, now, answer=solution.answer)

    def _done(self, planned: Planned, item: ImportedItem, version: int) -> None:
        item.source_hash, item.version = row_hash(planned), version
        item.save(update_fields=["source_hash", "version"])
        self.writer.counts.add(row_key(planned)[0], "updated")
