"""Writes one batch in one transaction: what is new here, what changed in `changes.py`.

Everything a thread needs stands or falls together: posts, positions, counters, events, old addresses, and the items by
which a later run knows what is done. Nobody is told: the events carry `is_imported`.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from community import clock
from community.actions.counters import recount_answers, recount_threads
from community.imports.batch import Key, Prepared, Run, find_items, row_hash, row_key
from community.imports.changes import Changes
from community.imports.convert import Text
from community.imports.files import Files
from community.imports.people import Author, find_or_make
from community.imports.places import Places
from community.imports.records import Answer as AnswerRecord
from community.imports.records import Origin, Question, Rejected
from community.imports.report import Counts
from community.imports.solve import Solving
from community.imports.stage import Planned
from community.models import (
    Answer,
    ChangeRow,
    ImportedItem,
    OldAddress,
    Revision,
    Solution,
    TaggedThread,
    Thread,
    ThreadEvent,
)
from community.roles import Role

Event = ThreadEvent.Kind


def write(run: Run, places: Places, prepared: Prepared) -> None:
    """Write the batch; in a dry run, try it and take everything back."""
    texts = prepared.converted()
    with transaction.atomic():
        writer = BatchWriter(run, places, prepared, texts)
        writer.write()
        if run.dry_run:
            transaction.set_rollback(True)
    if run.dry_run:
        places.forget()
    run.counts.merge(writer.counts)
    for rejected in writer.rejected:
        run.rejects.add(rejected)


class BatchWriter:
    """The rows of one batch while they are put together."""

    def __init__(self, run: Run, places: Places, prepared: Prepared, texts: dict[Key, Text]) -> None:
        self.run, self.places, self.batch, self.texts = run, places, prepared.batch, texts
        self.now = clock.now()
        self.counts = Counts()
        self.rejected: list[Rejected] = []
        self.items = find_items(run.source, prepared.batch)
        self.threads: dict[str, Thread] = {}
        self.answers: dict[str, Answer] = {}
        self.fresh: dict[str, Thread] = {}
        #: known threads and answers whose numbers must be counted again
        self.touched: set[int] = set()
        self.touched_answers: set[int] = set()
        self.solutions: list[Solution] = []
        self.events: list[ThreadEvent] = []
        self.revisions: list[Revision] = []
        self.new_items: list[tuple[ImportedItem, Thread | None, Answer | None]] = []
        self.tagged: list[tuple[Thread, int]] = []
        self.files = Files(run, self.counts)
        self.users = self._people()

    def write(self) -> None:
        """The whole batch, in the order in which one row needs another."""
        self._lock_known()
        changes = Changes(self)
        for planned in self.batch.questions:
            item = self.items.get(row_key(planned))
            if item is None:
                self._new_thread(planned)
            else:
                changes.question(planned, item)
        for planned in self.batch.answers:
            item = self.items.get(row_key(planned))
            if item is None:
                self._new_answer(planned)
            else:
                changes.answer(planned, item)
        Solving(self).all()
        self._save()

    # ------------------------------------------------------------------------------------------------ what is needed

    def _people(self) -> dict[str, int]:
        """Everybody who wrote something new here, or accepted something."""
        authors: dict[str, Author] = {}
        for planned in (*self.batch.questions, *self.batch.answers):
            if row_key(planned) in self.texts:
                record = planned.record
                authors.setdefault(self.author_key(planned), Author(record.author_name, record.author_address))
        for solution in self.batch.solutions:
            if solution.accepted_by.startswith("person:"):
                name = solution.accepted_by.removeprefix("person:")
                authors.setdefault(name, Author(name))
        found, new = find_or_make(self.run.source, self.run.site, authors)
        self.counts.add("person", "imported", new)
        return found

    @staticmethod
    def author_key(planned: Planned) -> str:
        """The person's id; whoever the source no longer knows is somebody else in every post."""
        return planned.record.author_id or f"post:{planned.record.external_id}"

    def _lock_known(self) -> None:
        by_pk = {item.thread_id: qid for (kind, qid), item in self.items.items() if kind == "question"}
        rows = Thread.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=[pk for pk in by_pk if pk])
        for thread in rows.select_related("board").order_by("pk"):
            self.threads[by_pk[thread.pk]] = thread

    def reject(self, kind: str, origin: Origin, external_id: str, reason: str) -> None:
        self.rejected.append(Rejected(origin, kind, external_id, reason))
        self.counts.add(kind, "rejected")

    def text_of(self, planned: Planned) -> Text:
        """The converted body; what had to be left out of it is counted."""
        text = self.texts[row_key(planned)]
        for reason, n in text.dropped.items():
            self.counts.notes[f"left out of texts or changed: {reason}"] += n
        return text

    # ------------------------------------------------------------------------------------------------ new rows

    def _new_thread(self, planned: Planned) -> None:
        record = planned.record
        assert isinstance(record, Question)
        text = self.text_of(planned)
        if text.problem:
            self.reject("question", record.origin, record.external_id, text.problem)
            return
        board = self.places.board(record.board)
        locked_at = record.locked_at or (record.archived_at if self.run.lock_archived else None)
        if record.archived_at and not self.run.lock_archived:
            self.counts.notes["archived at the source, open here"] += 1
        thread = Thread(
            board=board,
            kind=Thread.Kind.QUESTION,
            title=text.title,
            body=text.markdown,
            body_html=text.html,
            renderer_version=text.renderer_version,
            language=record.language or self.run.language or text.language or board.language,
            asker_id=self.users[self.author_key(planned)],
            is_imported=True,
            asked_at=record.asked_at,
            edited_at=record.edited_at,
            last_activity_at=record.asked_at,
            hidden_at=self.now if record.hidden else None,
            locked_at=locked_at,
            closed_at=record.closed_at,
            imported_me_too=record.me_too,
            me_too_count=record.me_too,
            view_count=record.views,
        )
        self.files.of(thread, record.files)
        self.threads[record.external_id] = thread
        self.fresh[record.external_id] = thread
        self.note(planned, thread, None)
        self.event(Event.ASKED, thread, record.asked_at, actor_id=thread.asker_id)
        for kind, moment in (
            (Event.HIDDEN, thread.hidden_at),
            (Event.LOCKED, locked_at),
            (Event.CLOSED, record.closed_at),
        ):
            if moment:
                self.event(kind, thread, moment)
        tags, unfit = self.places.tags(record.tags)
        self.tagged.extend((thread, tag_id) for tag_id in tags)
        if unfit:
            self.counts.notes["tags left out: more than five, or too long"] += unfit

    def _new_answer(self, planned: Planned) -> None:
        record = planned.record
        assert isinstance(record, AnswerRecord)
        thread = self.threads.get(record.question_id)
        if thread is None:
            if self.run.dry_run:  # a long thread's next batch: its beginning was tried and taken back
                self.counts.add("answer", "imported")
            else:
                self.reject("answer", record.origin, record.external_id, "its question was not imported")
            return
        text = self.text_of(planned)
        if not text.markdown:
            reason = text.problem or "nothing is left of the text"
            self.reject("answer", record.origin, record.external_id, reason)
            return
        thread.last_position += 1
        answer = Answer(
            thread=thread,
            position=thread.last_position,
            author_id=self.users[self.author_key(planned)],
            body=text.markdown,
            body_html=text.html,
            renderer_version=text.renderer_version,
            is_imported=True,
            answered_at=record.answered_at,
            edited_at=record.edited_at,
            hidden_at=self.now if record.hidden else None,
            imported_helpful=planned.helpful,
            helpful_count=planned.helpful,
        )
        self.files.of(answer, record.files)
        self.answers[record.external_id] = answer
        self.note(planned, thread, answer)
        self.event(Event.ANSWERED, thread, record.answered_at, answer=answer, actor_id=answer.author_id)
        if answer.hidden_at:
            self.event(Event.HIDDEN, thread, answer.hidden_at, answer=answer)
        if record.question_id in self.fresh:
            count_in(thread, answer)
        else:
            self.touched.add(thread.pk)

    def note(self, planned: Planned, thread: Thread, answer: Answer | None) -> None:
        """Remember that this row is here now."""
        kind, external_id = row_key(planned)
        item = ImportedItem(source=self.run.source, kind=kind, external_id=external_id, source_hash=row_hash(planned))
        self.new_items.append((item, thread, answer))
        self.counts.add(kind, "imported")

    def event(
        self,
        kind: ThreadEvent.Kind,
        thread: Thread,
        occurred_at: datetime,
        *,
        answer: Answer | None = None,
        actor_id: int | None = None,
    ) -> None:
        """Append to the history, as imported."""
        self.events.append(
            ThreadEvent(
                kind=kind,
                thread=thread,
                answer=answer,
                actor_id=actor_id,
                actor_role=Role.CUSTOMER,
                is_imported=True,
                occurred_at=occurred_at,
                recorded_at=self.now,
            )
        )

    # ------------------------------------------------------------------------------------------------ saving

    def _save(self) -> None:
        Thread.objects.bulk_create(sorted(self.fresh.values(), key=lambda thread: thread.asked_at))
        Answer.objects.bulk_create([answer for answer in self.answers.values() if answer.pk is None])
        self.files.settle()
        Solution.objects.bulk_create(self.solutions)
        Revision.objects.bulk_create(self.revisions)
        TaggedThread.objects.bulk_create([TaggedThread(content_object=t, tag_id=tag) for t, tag in self.tagged])
        ThreadEvent.objects.bulk_create(self.events)
        for item, thread, answer in self.new_items:
            # what they refer to has its id only now
            item.thread, item.answer = thread, answer
        ImportedItem.objects.bulk_create([item for item, _thread, _answer in self.new_items])
        self._old_addresses()
        recount_answers(sorted(self.touched_answers))
        recount_threads(sorted(self.touched))
        self._tell_followers()

    def _old_addresses(self) -> None:
        rows: list[OldAddress] = []
        for item, thread, answer in self.new_items:
            if item.kind == "question":
                if path := self.run.site.question(item.external_id):
                    rows.append(OldAddress(path=path, thread=thread))
            elif item.kind == "answer" and (path := self.run.site.answer(item.external_id)):
                rows.append(OldAddress(path=path, answer=answer))
        taken = OldAddress.objects.filter(path__in=[row.path for row in rows]).count()
        if taken:
            self.counts.notes["old addresses that another import already leads elsewhere"] += taken
        OldAddress.objects.bulk_create(rows, ignore_conflicts=True)

    def _tell_followers(self) -> None:
        """The page cache and the search index follow these rows."""
        changed: Iterable[Thread] = {
            thread.pk: thread
            for external_id, thread in self.threads.items()
            if external_id in self.fresh or thread.pk in self.touched
        }.values()
        ChangeRow.objects.bulk_create([ChangeRow(thread_id=thread.pk, board_id=thread.board_id) for thread in changed])


def count_in(thread: Thread, answer: Answer) -> None:
    """Add an answer to the cached numbers of a thread that is not stored yet (as counters.py defines them)."""
    if answer.hidden_at:
        return
    is_asker = answer.author_id == thread.asker_id
    thread.answer_count += 1
    thread.asker_spoke_last = is_asker
    thread.last_activity_at = max(thread.last_activity_at, answer.answered_at)
    if not is_asker:
        thread.peer_answer_count += 1
        if thread.first_answered_at is None:
            thread.first_answered_at = answer.answered_at
