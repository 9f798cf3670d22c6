"""Writes who shared a problem, who was helped, which forms were opened, and who read, in a made-up community."""

from datetime import timedelta

from community.models import (
    Answer,
    Experiment,
    Exposure,
    FormSession,
    Helped,
    KnownIssue,
    KnownIssueThread,
    MeToo,
    Prompt,
    SuggestionEvent,
)
from support.models import (
    Intent,
    Survey,
    View,
)
from support.simulation.copying import copy
from support.simulation.numbering import BODY, BODY_HTML, Numbers, title_of


class ReuseWriter(Numbers):
    """What people did with the questions there are."""

    # Reuse -----------------------------------------------------------------------------------------------------------
    def _reuse(self) -> None:
        copy(
            MeToo,
            ("thread_id", "person_id", "joined_at"),
            ((self.thread(j.thread), self.person_id(j.person), j.at) for j in self.facts.joined if not j.is_back),
        )
        copy(
            Helped,
            ("answer_id", "person_id", "helped_at"),
            ((self.number(Answer, h.answer), self.person_id(h.person), h.at) for h in self.facts.helped),
        )
        askers = {each.thread: each.asker for each in self.facts.asked}
        copy(
            Intent,
            (
                "person_key", "thread_id", "moment", "is_simulated", "shown_at", "recorded_at", "instead",
                "answered_at", "answer_recorded_at",
            ),
            (
                (
                    self.person(i.person), self.thread(i.thread),
                    "asked" if askers[i.thread] == i.person else "helped", True,
                    i.recorded_at - timedelta(seconds=10), i.recorded_at - timedelta(seconds=10), i.instead,
                    i.recorded_at, i.recorded_at,
                )
                for i in self.facts.intended
            ),
        )  # fmt: skip
        self._known_issues()

    def _prompts(self) -> None:
        """Whoever was asked something unasked: what the asking budget knows."""
        asked = [(i.person, "intent", i.thread, i.recorded_at - timedelta(seconds=10)) for i in self.facts.intended]
        asked += [(s.person, "survey", s.thread, s.at) for s in self.facts.surveyed]
        copy(
            Prompt,
            ("person_key", "instrument", "thread_id", "outcome", "is_simulated", "occurred_at", "recorded_at"),
            (
                (self.person(who), instrument, self.thread(where), "asked", True, at, at)
                for who, instrument, where, at in asked
            ),
        )

    def _known_issues(self) -> None:
        moderator = self.moderator_id()
        issues = list(enumerate(self.facts.known_issues, 1))
        copy(
            KnownIssue,
            ("id", "title", "body", "body_html", "opened_by_id", "opened_at", "updated_at"),
            (
                (self.number(KnownIssue, place), title_of(k.thread), BODY, BODY_HTML, moderator, k.from_at, k.from_at)
                for place, k in issues
            ),
        )
        copy(
            KnownIssueThread,
            ("issue_id", "thread_id", "linked_by_id", "linked_at", "unlinked_at", "told_at"),
            (
                (self.number(KnownIssue, place), self.thread(k.thread), moderator, k.from_at, k.until_at, k.from_at)
                for place, k in issues
            ),
        )

    # Forms -----------------------------------------------------------------------------------------------------------
    def _experiment(self) -> None:
        trial = self.world.experiment
        if trial is not None:
            copy(
                Experiment,
                ("id", "name", "surface", "salt", "holdout", "starts_at", "stops_at", "stopped_at", "planned_at"),
                [
                    (
                        self.number(Experiment, trial.id), "Made up", "ticket", trial.salt, trial.holdout,
                        trial.starts_at, trial.stops_at, trial.stops_at, trial.starts_at,
                    )
                ],
            )  # fmt: skip

    def _forms(self) -> None:
        copy(
            Exposure,
            (
                "experiment_id", "person_key", "drawn_as", "arm", "role", "is_simulated", "occurred_at", "recorded_at",
            ),
            (
                (
                    self.number(Experiment, f.experiment), self.person(f.person), self.person(f.person), f.arm, f.role,
                    f.is_simulated, f.at, f.recorded_at,
                )
                for f in self.facts.forms
                if f.experiment is not None
            ),
        )  # fmt: skip
        copy(
            FormSession,
            (
                "id", "token", "surface", "person_key", "role", "experiment_id", "arm", "is_simulated", "opened_at",
                "recorded_at", "left_at", "submitted_at", "submitted_thread_id",
            ),
            (
                (
                    self.number(FormSession, f.id), self.new_token(), f.surface, self.person(f.person), f.role,
                    f.experiment and self.number(Experiment, f.experiment), f.arm, f.is_simulated, f.at, f.recorded_at,
                    None if f.sent_at else f.at + timedelta(minutes=10), f.sent_at,
                    self.thread(self.world.form_threads[f.id]) if f.id in self.world.form_threads else None,
                )
                for f in self.facts.forms
            ),
        )  # fmt: skip
        copy(
            SuggestionEvent,
            ("session_id", "thread_id", "kind", "stops", "stops_at", "role", "occurred_at", "recorded_at"),
            (
                (
                    self.number(FormSession, s.form), self.thread(s.thread), s.kind, s.stops, s.stops_at, s.role, s.at,
                    s.recorded_at,
                )
                for s in self.facts.suggested
            ),
        )  # fmt: skip

    # Readers ---------------------------------------------------------------------------------------------------------
    def _readers(self) -> None:
        copy(
            View,
            ("person_key", "thread_id", "role", "day", "is_simulated", "occurred_at", "recorded_at"),
            (
                (self.person(v.person), self.thread(v.thread), v.role, v.at.date(), v.is_simulated, v.at, v.recorded_at)
                for v in self.facts.viewed
            ),
        )
        copy(
            Survey,
            (
                "token", "person_key", "thread_id", "role", "is_simulated", "occurred_at", "recorded_at", "shown_at",
                "is_solved", "instead", "answered_at", "answer_recorded_at",
            ),
            (
                (
                    self.new_token(), self.person(s.person), self.thread(s.thread), s.role, s.is_simulated, s.at,
                    s.recorded_at, s.shown_at, s.is_solved, s.instead, s.answered_at, s.answer_recorded_at,
                )
                for s in self.facts.surveyed
            ),
        )  # fmt: skip
