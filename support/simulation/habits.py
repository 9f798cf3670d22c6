"""How people of a made-up community behave."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares are between 0 and 1, and of those the line above them is about.

    `eagerness`: how many times as often somebody who would have contacted support answers a question about it, as
    somebody who would not. 1: answering depends on nothing, as the definition's CENTRAL supposes.
    """

    #: people come for so many days
    days: int = 60
    #: of all people
    askers: float = 0.07
    experts: float = 0.02
    joiners: float = 0.07
    form_openers: float = 0.25
    boards: int = 4
    #: visits of a reader, at most
    visits: int = 3
    #: of readers: no members, but browsers that agreed to be counted; and of those, who sign in later
    visitors: float = 0.6
    signs_in: float = 0.1

    #: of askers and joiners; of readers; of those who open the ticket form: would contact support otherwise
    contact: float = 0.4
    viewer_contact: float = 0.35
    form_contact: float = 0.75
    #: of readers; of those who open a suggestion: it solves it
    viewer_solved: float = 0.6
    form_opens: float = 0.7
    form_solved: float = 0.45
    #: of those a suggestion solved it for: say so
    form_says: float = 0.5
    #: of joiners whose thread was solved: say that it helped
    says_helped: float = 0.7

    survey_rate: float = 0.1
    answers_survey: float = 0.5
    answers_intent: float = 0.35
    eagerness: float = 1.0

    #: of those it solved it for: contact support in the next days all the same; of the others who wanted to
    recontact: float = 0.06
    turns_to_support: float = 0.8
    #: about something else, in a window of no-ticket
    unrelated: float = 0.01
    #: of contacts after a case: by telephone or elsewhere, not in a ticket; and of those nobody can say who it was
    outside: float = 0.5
    unlinkable: float = 0.3
    #: contacts of customers who never came to the community, for each person of it; nobody can say who, of them
    background: float = 0.3
    background_unlinkable: float = 0.15

    #: of those who open the ticket form: see it without suggestions
    holdout: float = 0.3
    #: no experiment runs at all
    is_tried: bool = True
    #: how often something unusual happens to a question: taken back, hidden, merged, moved, escalated
    odd: float = 0.03
    #: of askers: came from the ticket form (only without an experiment, which that would be part of)
    conduct: float = 0.0


EVEN = Habits()
#: "even": answering depends on nothing; "curious": the same, but few readers would have contacted anybody; "eager" and
#: "shy": whoever would have answers more often, or less; "untried": there is no experiment.
SCENARIOS: Mapping[str, Habits] = {
    "even": EVEN,
    "curious": replace(EVEN, viewer_contact=0.08),
    "eager": replace(EVEN, eagerness=1.25),
    "shy": replace(EVEN, eagerness=0.8),
    "untried": replace(EVEN, is_tried=False),
}
#: A small community in which everything happens that can.
EVENTFUL = Habits(
    days=45, askers=0.3, experts=0.08, joiners=0.25, form_openers=0.2, boards=3, odd=0.5, signs_in=0.5, visitors=0.5,
    survey_rate=0.9, answers_survey=0.9, answers_intent=0.7, recontact=0.25, unrelated=0.2, background=0.05,
    is_tried=False, conduct=0.2,
)  # fmt: skip

#: The made-up window without a ticket, N.
WINDOW = timedelta(days=7)
#: When it all begins, unless said otherwise.
START = datetime.fromisoformat("2026-03-02T00:00:00+00:00")
