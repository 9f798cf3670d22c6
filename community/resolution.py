"""Resolution class at acceptance (deflection.md, "Resolution class"). Plain values in, one word out."""

from community.models.solutions import ResolutionClass
from community.roles import STAFF


def classify(
    *,
    answer_author_role: str,
    asker_wrote_answer: bool,
    accepted_by_asker: bool,
    accepted_by_role: str,
    marked_by_trusted: bool,
    staff_answered_before: bool,
) -> ResolutionClass:
    """The first rule that matches wins.

    `answer_author_role` is the role when posting; `accepted_by_role` the role when accepting;
    `staff_answered_before`: a published staff answer stood in the thread before the acceptance.
    """
    if answer_author_role in STAFF:
        return ResolutionClass.ASSISTED
    if accepted_by_asker and asker_wrote_answer:
        return ResolutionClass.SELF
    if not accepted_by_asker and not marked_by_trusted and accepted_by_role in STAFF:
        return ResolutionClass.MOD
    if marked_by_trusted:
        return ResolutionClass.COMMUNITY
    if staff_answered_before:
        return ResolutionClass.MIXED
    return ResolutionClass.PEER
