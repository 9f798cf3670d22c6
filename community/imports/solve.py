"""Solutions the source knows of. A solution somebody here accepted or withdrew is never touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from community.imports.stage import PlannedSolution
from community.models import Answer, ImportedItem, Solution, Thread, ThreadEvent
from community.resolution import classify
from community.roles import STAFF, Role

if TYPE_CHECKING:
    from community.imports.write import BatchWriter

Event = ThreadEvent.Kind


class Solving:
    """The solutions of one batch. The threads' locks are held."""

    def __init__(self, writer: BatchWriter) -> None:
        self.writer = writer
        known = [t.pk for qid, t in writer.threads.items() if qid not in writer.fresh] if writer.batch.solutions else []
        self.local = set(
            ThreadEvent.objects.filter(
                thread_id__in=known, is_imported=False, kind__in=[Event.ACCEPTED, Event.WITHDRAWN, Event.MARKED]
            ).values_list("thread_id", flat=True)
        )
        self.in_force = {
            solution.thread_id: solution
            for solution in Solution.objects.filter(thread_id__in=known, withdrawn_at__isnull=True)
        }
        item_answers = [item.answer_id for (kind, _id), item in writer.items.items() if kind == "answer"]
        self.known_answers = Answer.objects.in_bulk([pk for pk in item_answers if pk]) if known else {}

    def all(self) -> None:
        for planned in self.writer.batch.solutions:
            outcome = self._one(planned)
            if outcome:
                self.writer.counts.add("solution", outcome)

    def _one(self, planned: PlannedSolution) -> str:
        """What became of it: imported, updated, unchanged, kept (ours stands) or rejected."""
        writer = self.writer
        item = writer.items.get(("solution", planned.question_id))
        if item is not None and item.source_hash == planned.answer_id:
            return "unchanged"
        thread, answer = writer.threads.get(planned.question_id), self._answer(planned.answer_id)
        if thread is None or answer is None:
            return "imported" if writer.run.dry_run else "rejected"
        if thread.pk in self.local or not thread.is_solvable:
            return "kept"
        if answer.hidden_at or thread.hidden_at:
            writer.counts.notes["solutions left out: the answer or its question is hidden"] += 1
            return ""
        if item is not None and (current := self.in_force.get(thread.pk)):
            self._replace(current)
        self._accept(planned, thread, answer)
        if item is not None:
            item.answer, item.source_hash = answer, planned.answer_id
            item.save(update_fields=["answer", "source_hash"])
            return "updated"
        done = ImportedItem(source=writer.run.source, kind="solution", external_id=planned.question_id)
        done.source_hash = planned.answer_id
        writer.new_items.append((done, thread, answer))
        return "imported"

    def _answer(self, external_id: str) -> Answer | None:
        if external_id in self.writer.answers:
            return self.writer.answers[external_id]
        item = self.writer.items.get(("answer", external_id))
        return self.known_answers.get(item.answer_id) if item and item.answer_id else None

    def _replace(self, current: Solution) -> None:
        """The source's asker has chosen another answer since."""
        current.withdrawn_at, current.withdrawal = self.writer.now, Solution.Withdrawal.REPLACED
        current.save(update_fields=["withdrawn_at", "withdrawal"])
        thread = next(t for t in self.writer.threads.values() if t.pk == current.thread_id)
        self.writer.event(Event.WITHDRAWN, thread, self.writer.now, answer=current.answer)

    def _accept(self, planned: PlannedSolution, thread: Thread, answer: Answer) -> None:
        by_asker, accepted_by = self._acceptor(planned, thread, answer)
        accepted_at = max(planned.accepted_at or answer.answered_at, answer.answered_at)
        solution = Solution(
            thread=thread,
            answer=answer,
            accepted_by_id=accepted_by,
            accepted_by_role=Role.CUSTOMER,
            accepted_by_asker=by_asker,
            answer_author_role=answer.author_role,
            resolution_class=classify(
                answer_author_role=answer.author_role,
                asker_wrote_answer=answer.author_id == thread.asker_id,
                accepted_by_asker=by_asker,
                accepted_by_role=Role.CUSTOMER,
                # Not the asker, or nobody knows who: never counted as the asker's own word.
                marked_by_trusted=not by_asker,
                staff_answered_before=self._staff_answered(thread),
            ),
            accepted_at=accepted_at,
        )
        self.writer.solutions.append(solution)
        self.writer.event(Event.ACCEPTED, thread, accepted_at, answer=answer, actor_id=accepted_by)
        thread.solved_at = accepted_at
        if thread.pk is not None:
            Thread.objects.filter(pk=thread.pk).update(solved_at=accepted_at, needs_info_at=None, outdated_at=None)
            self.writer.touched.add(thread.pk)

    def _acceptor(self, planned: PlannedSolution, thread: Thread, answer: Answer) -> tuple[bool, int | None]:
        """(whether it was the asker, who it was if that is known).

        A source that names the answer's own author as the one who accepted it for somebody else names, in truth,
        the one who solved it; who accepted is then unknown.
        """
        if planned.accepted_by == "asker":
            return True, thread.asker_id
        name = planned.accepted_by.removeprefix("person:")
        person = self.writer.users.get(name) if name else None
        if person is not None and person == thread.asker_id:
            return True, person
        return False, person if person != answer.author_id else None

    def _staff_answered(self, thread: Thread) -> bool:
        if thread.pk is None:
            return False
        staff = Answer.objects.filter(thread=thread, hidden_at__isnull=True, author_role__in=STAFF)
        return staff.exclude(author_id=thread.asker_id).exists()
