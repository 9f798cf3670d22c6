"""What everybody can see of a community, as one value: two moments are the same when their values are."""

from typing import Any

from community.models import Answer, Attachment, Helped, MeToo, Revision, Solution, Thread, Vote, Watch

#: What no undo puts back: ids of rows, and the last number, since positions are never used twice.
_THREAD = (
    *("id", "title", "body", "body_html", "version", "edited_at", "hidden_at", "hidden_for", "merged_into_id", "state"),
    *("answer_count", "peer_answer_count", "asker_spoke_last", "first_answered_at", "last_activity_at", "solved_at"),
    *("me_too_count",),
)
_ANSWER = (
    *("id", "thread_id", "position", "author_id", "body", "body_html", "version", "edited_at", "answered_at"),
    *("hidden_at", "hidden_for", "helpful_count", "helped_count", "official_at"),
)


def facts() -> dict[str, Any]:
    """Every visible fact about threads and answers."""
    in_force = Solution.objects.filter(withdrawn_at=None)
    threads = Thread.objects.exclude(hidden_for="moved").values_list(*_THREAD)
    return {
        "threads": sorted(threads, key=str),
        "answers": sorted(Answer.objects.exclude(hidden_for="moved").values_list(*_ANSWER), key=str),
        "solutions": sorted(in_force.values_list("thread_id", "answer_id", "resolution_class", "accepted_at")),
        "votes": sorted(Vote.objects.values_list("answer_id", "person_id")),
        "helped": sorted(Helped.objects.values_list("answer_id", "person_id")),
        "me_toos": sorted(MeToo.objects.values_list("thread_id", "person_id")),
        "watches": sorted(Watch.objects.values_list("thread_id", "person_id", "reason"), key=str),
        "files": sorted(Attachment.objects.values_list("id", "thread_id", "answer_id"), key=str),
        "revisions": sorted(Revision.objects.values_list("id", "thread_id", "answer_id", "version"), key=str),
    }
