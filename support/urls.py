"""The desk's addresses. POST-only addresses are verbs; everything else is a noun."""

from django.urls import path

from community.views.finish import finish_asking
from support.views import (
    cases,
    contact,
    desk,
    desk_bulk,
    desk_sorting,
    desk_ticket,
    desk_verbs,
    escalating,
    outcomes,
    rating,
    readers,
)

urlpatterns = [
    # What a customer has (views/cases.py)
    path("my/", cases.my_cases, name="my_cases"),  # ?after=: one's own questions and tickets
    path("my/<id:ticket_id>/", cases.ticket, name="ticket"),  # ?before=: a position
    path("my/<id:ticket_id>/write/", cases.write_ticket, name="write_ticket"),  # POST
    path("my/<id:ticket_id>/solved/", cases.solve_ticket, name="solve_ticket"),  # POST
    path("my/<id:ticket_id>/copy/", cases.change_copy, name="change_copy"),  # POST: who reads along
    path("my/<id:ticket_id>/rate/", rating.rate_ticket, name="rate_ticket"),  # POST (views/rating.py)
    path("my/files/add/", cases.add_ticket_file, name="add_ticket_file"),  # POST
    path("my/files/<id:file_id>/<str:name>", cases.ticket_file, name="ticket_file"),
    path("rating/<str:token>/", rating.rating, name="rating"),  # out of the mail: ?score=
    # What a thread's page tells of its reader, and short questions (views/readers.py): POST
    path("reading/seen/", readers.seen, name="reading_seen"),
    path("reading/survey/", readers.survey, name="reading_survey"),
    path("threads/<id:thread_id>/came-for/", readers.came_for, name="came_for"),
    path("threads/<id:thread_id>/went/", readers.went, name="went"),
    # Writing to staff (views/contact.py)
    path("contact/", contact.contact, name="contact"),  # ?board= &thread= &own=1
    path("contact/finish/", finish_asking, {"form_name": "contact"}, name="finish_contact"),
    # Where agents work (views/desk.py)
    path("desk/", desk.desk, name="desk"),
    path("desk/news/", desk.desk_news, name="desk_news"),
    path("desk/next/", desk.desk_next, name="desk_next"),
    path("desk/keys/", desk.desk_keys, name="desk_keys"),
    path("desk/lists/keep/", desk.save_view, name="save_view"),
    path("desk/lists/<id:view_id>/remove/", desk.remove_view, name="remove_view"),
    # A ticket there (views/desk_ticket.py), and what is done to it (views/desk_verbs.py)
    path("desk/<id:ticket_id>/", desk_ticket.desk_ticket_page, name="desk_ticket"),
    path("desk/<id:ticket_id>/news/", desk_ticket.desk_ticket_news, name="desk_ticket_news"),
    path("desk/<id:ticket_id>/look/", desk_verbs.look_at_ticket, name="look_at_ticket"),
    path("desk/<id:ticket_id>/reply/", desk_verbs.reply, name="reply_ticket"),
    path("desk/<id:ticket_id>/reply/take-back/", desk_verbs.take_back_reply, name="take_back_reply"),
    path("desk/<id:ticket_id>/note/", desk_verbs.note_ticket, name="note_ticket"),
    path("desk/<id:ticket_id>/draft/", desk_verbs.save_ticket_draft, name="save_ticket_draft"),
    path("desk/<id:ticket_id>/claim/", desk_verbs.claim_ticket, name="claim_ticket"),
    path("desk/<id:ticket_id>/assign/", desk_verbs.assign_ticket, name="assign_ticket"),
    path("desk/<id:ticket_id>/move/", desk_verbs.move_ticket, name="move_ticket"),
    # How questions come to staff and leave them (views/escalating.py, views/outcomes.py)
    path("threads/<id:thread_id>/escalate/", escalating.escalate_thread, name="escalate_thread"),
    path("threads/<id:thread_id>/ask-staff/", escalating.ask_staff, name="ask_staff"),
    path("desk/<id:ticket_id>/outcome/", outcomes.ticket_outcome, name="ticket_outcome"),  # do: withhold; all: out
    path("desk/<id:ticket_id>/give-back/", outcomes.give_back, name="give_back"),
    path("desk/<id:ticket_id>/solved-by-community/", outcomes.close_solved, name="close_solved"),
    # Where it belongs (views/desk_sorting.py); many at once (views/desk_bulk.py)
    path("desk/<id:ticket_id>/sort/", desk_sorting.sort_ticket, name="sort_ticket"),
    path("desk/<id:ticket_id>/about/", desk_sorting.relate_ticket, name="relate_ticket"),  # do: unrelated, related
    path("desk/<id:ticket_id>/copies/", desk_sorting.copy_ticket, name="copy_ticket"),
    path("desk/<id:ticket_id>/merge/", desk_sorting.merge_ticket, name="merge_ticket"),
    path("desk/<id:ticket_id>/split/", desk_sorting.split_ticket, name="split_ticket"),
    path("desk/moves/<id:regrouping_id>/undo/", desk_sorting.undo_ticket_move, name="undo_ticket_move"),
    path("desk/many/", desk_bulk.bulk_tickets, name="bulk_tickets"),
]
