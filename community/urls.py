"""The community's addresses. POST-only addresses are verbs; everything else is a noun."""

from django.urls import path
from django.urls.converters import register_converter

from community.converters import BigIdConverter
from community.views import inbox, watches
from community.views.unbuilt import unbuilt

register_converter(BigIdConverter, "id")

urlpatterns = [
    # Reading lists (views/home.py, views/lists.py, views/boards.py)
    path("", unbuilt, name="home"),
    path("boards/", unbuilt, name="boards"),
    path("boards/<slug:slug>/", unbuilt, name="board"),
    path("threads/", unbuilt, name="threads"),  # ?state= &board= &tag= &list=unanswered|unsolved|mine... &after=
    path("tags/", unbuilt, name="tags"),
    path("tags/<str:slug>/", unbuilt, name="tag"),
    path("for-you/", unbuilt, name="for_you"),
    # One thread (views/threads.py)
    path("t/<id:thread_id>/", unbuilt, name="thread_short"),
    path("t/<id:thread_id>/<str:slug>/", unbuilt, name="thread"),  # ?page= &sort=
    path("threads/<id:thread_id>/answers/<id:position>/", unbuilt, name="answer"),  # permalink
    # Asking (views/ask.py), answering (views/answers.py), changing (views/edits.py)
    path("ask/", unbuilt, name="ask"),
    path("threads/<id:thread_id>/answer/", unbuilt, name="answer_thread"),
    path("threads/<id:thread_id>/edit/", unbuilt, name="edit_thread"),
    path("answers/<id:answer_id>/edit/", unbuilt, name="edit_answer"),
    path("threads/<id:thread_id>/history/", unbuilt, name="thread_history"),
    path("answers/<id:answer_id>/history/", unbuilt, name="answer_history"),
    path("preview/", unbuilt, name="preview"),
    path("drafts/save/", unbuilt, name="save_draft"),
    path("attachments/add/", unbuilt, name="add_attachment"),
    path("attachments/<id:attachment_id>/<str:name>", unbuilt, name="attachment"),
    # Verbs on a thread (views/thanks.py, views/solutions.py), POST only
    path("threads/<id:thread_id>/join/", unbuilt, name="join_thread"),
    path("threads/<id:thread_id>/leave/", unbuilt, name="leave_thread"),
    path("answers/<id:answer_id>/vote/", unbuilt, name="vote_answer"),
    path("answers/<id:answer_id>/unvote/", unbuilt, name="unvote_answer"),
    path("answers/<id:answer_id>/helped/", unbuilt, name="say_helped"),
    path("answers/<id:answer_id>/accept/", unbuilt, name="accept_answer"),
    path("answers/<id:answer_id>/mark/", unbuilt, name="mark_answer"),
    path("threads/<id:thread_id>/withdraw/", unbuilt, name="withdraw_solution"),
    path("threads/<id:thread_id>/outdated/", unbuilt, name="report_outdated"),
    path("threads/<id:thread_id>/request-info/", unbuilt, name="request_info"),
    path("threads/<id:thread_id>/close/", unbuilt, name="close_thread"),
    path("threads/<id:thread_id>/reopen/", unbuilt, name="reopen_thread"),
    # Moderators (views/moderation.py), POST only but for the page
    path("moderation/", unbuilt, name="moderation"),
    path("threads/<id:thread_id>/hide/", unbuilt, name="hide_thread"),
    path("threads/<id:thread_id>/restore/", unbuilt, name="restore_thread"),
    path("answers/<id:answer_id>/hide/", unbuilt, name="hide_answer"),
    path("answers/<id:answer_id>/restore/", unbuilt, name="restore_answer"),
    path("threads/<id:thread_id>/lock/", unbuilt, name="lock_thread"),
    path("threads/<id:thread_id>/unlock/", unbuilt, name="unlock_thread"),
    path("threads/<id:thread_id>/move/", unbuilt, name="move_thread"),
    path("threads/<id:thread_id>/retag/", unbuilt, name="retag_thread"),
    # What reaches me (views/inbox.py, views/watches.py)
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.mark_read, name="mark_read"),  # POST: ids or all
    path(
        "inbox/<id:notification_id>/", inbox.open_notification, name="open_notification"
    ),  # POST: marks read, goes there
    path("watches/", watches.watches, name="watches"),
    path(
        "watches/change/", watches.change_watch, name="change_watch"
    ),  # POST: watch, unwatch, mute of thread, tag, board
    # People (views/people.py)
    path("people/<str:slug>/", unbuilt, name="person"),
    path("settings/", unbuilt, name="profile_settings"),
]
