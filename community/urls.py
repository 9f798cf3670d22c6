"""The community's addresses. POST-only addresses are verbs; everything else is a noun."""

from django.urls import path
from django.urls.converters import register_converter

from community.converters import BigIdConverter
from community.views import (
    answers,
    ask,
    attachments,
    audit,
    bans,
    boards,
    brake,
    brand,
    bulk,
    choices,
    decisions,
    drafts,
    duplicates,
    edits,
    feeds,
    flags,
    found,
    health,
    held,
    home,
    inbox,
    incoming,
    incoming_proof,
    keeping_issues,
    known_issues,
    languages,
    lists,
    mail_lists,
    mails,
    measuring,
    mentions,
    moderation,
    news,
    official,
    people,
    personal,
    private,
    regrouping,
    removing,
    reports,
    reviews,
    search,
    solutions,
    solved,
    stops,
    suggesting,
    thanks,
    threads,
    unhelpful,
    watches,
)
from community.views.finish import finish_asking
from community.views.invitations import accept_invitation

register_converter(BigIdConverter, "id")

urlpatterns = [
    # Reading lists (views/home.py, views/lists.py, views/boards.py)
    path("", home.home, name="home"),
    path("boards/", boards.boards, name="boards"),
    path("boards/<slug:slug>/", boards.board, name="board"),
    path("threads/feed/", feeds.threads_feed, name="threads_feed"),  # ?state= &board= &tag= &kind= &list=
    path("boards/<slug:slug>/feed/", feeds.board_feed, name="board_feed"),
    path("tags/<str:slug>/feed/", feeds.tag_feed, name="tag_feed"),
    path("threads/", lists.threads, name="threads"),  # ?state= &board= &tag= &list=unanswered|unsolved|mine... &after=
    path("tags/", lists.tags, name="tags"),
    path("tags/<str:slug>/", lists.tag, name="tag"),
    path("for-you/", home.for_you, name="for_you"),
    path("search/", search.search, name="search"),  # ?q= and narrowing.py; &sort= &after=
    # One thread (views/threads.py)
    path("t/<id:thread_id>/", threads.thread_short, name="thread_short"),
    path("t/<id:thread_id>/<str:slug>/", threads.thread, name="thread"),  # ?page= &sort=
    path("threads/<id:thread_id>/similar/", search.similar_threads, name="similar_threads"),  # ?part=list: a fragment
    path("threads/<id:thread_id>/answers/<id:position>/", threads.answer, name="answer"),  # permalink
    path(
        "threads/<id:thread_id>/news/", news.thread_news, name="thread_news"
    ),  # ?from= &since= &tail=1 (views/news.py)
    # Asking (views/ask.py), answering (views/answers.py), changing (views/edits.py)
    path("ask/", ask.ask, name="ask"),
    # What staff know to be wrong (views/known_issues.py); what they do about it (views/keeping_issues.py)
    path("known-issues/", known_issues.known_issues, name="known_issues"),  # ?list=settled &after=
    path("known-issues/feed/", known_issues.known_issues_feed, name="known_issues_feed"),
    path("known-issues/new/", keeping_issues.new_known_issue, name="new_known_issue"),  # ?thread=
    path("known-issues/<id:issue_id>/", known_issues.known_issue, name="known_issue"),  # ?after=
    path("known-issues/<id:issue_id>/join/", known_issues.join_known_issue, name="join_known_issue"),  # POST
    path("known-issues/<id:issue_id>/leave/", known_issues.leave_known_issue, name="leave_known_issue"),  # POST
    path("known-issues/<id:issue_id>/edit/", keeping_issues.edit_known_issue, name="edit_known_issue"),
    path("known-issues/<id:issue_id>/questions/", keeping_issues.link_known_issue, name="link_known_issue"),  # ?named=
    path("known-issues/<id:issue_id>/unlink/", keeping_issues.unlink_known_issue, name="unlink_known_issue"),  # POST
    path("known-issues/<id:issue_id>/tell/", keeping_issues.tell_known_issue, name="tell_known_issue"),  # POST
    path("known-issues/<id:issue_id>/withdraw/", keeping_issues.withdraw_known_issue, name="withdraw_known_issue"),
    path("moderation/rising/", keeping_issues.rising, name="rising"),  # POST: one press makes a known issue
    # Beside any form (views/suggesting.py), POST only
    path("suggestions/", suggesting.suggestions, name="suggestions"),  # a fragment, or 204
    path("suggestions/<id:thread_id>/", suggesting.suggestion, name="suggestion"),  # did: solution, solved...
    path("ask/finish/", finish_asking, name="finish_asking"),
    path("threads/<id:thread_id>/answer/", answers.answer_thread, name="answer_thread"),
    path("threads/<id:thread_id>/edit/", edits.edit_thread, name="edit_thread"),
    path("answers/<id:answer_id>/edit/", edits.edit_answer, name="edit_answer"),
    path("threads/<id:thread_id>/history/", edits.thread_history, name="thread_history"),
    path("answers/<id:answer_id>/history/", edits.answer_history, name="answer_history"),
    # What suggestions do (views/measuring.py): POST, told by scripts; and what people say about being counted
    path("forms/open/", measuring.open_form, name="open_form"),
    path("forms/event/", measuring.form_event, name="form_event"),
    path("counting/", measuring.consent, name="consent"),  # ?next=
    path("preview/", drafts.preview, name="preview"),
    # Private data (views/private.py): noticed while writing, and told to staff alone
    path("private-data/", private.private_data, name="private_data"),
    path("private-data/look/", private.look_private, name="look_private"),  # POST: a fragment, or 204
    path("staff/notes/", private.notes, name="private_notes"),  # ?after=
    path("staff/notes/<id:note_id>/read/", private.read_note, name="read_note"),  # POST
    path("staff/notes/<id:note_id>/take-back/", private.take_back_note, name="take_back_note"),  # POST
    path("drafts/save/", drafts.save_draft, name="save_draft"),
    path("attachments/add/", attachments.add_attachment, name="add_attachment"),
    path("attachments/<id:attachment_id>/<str:name>", attachments.attachment, name="attachment"),
    # Verbs on a thread (views/thanks.py, views/solutions.py), POST only
    path("threads/<id:thread_id>/join/", thanks.join, name="join_thread"),
    path("threads/<id:thread_id>/leave/", thanks.leave, name="leave_thread"),
    path("answers/<id:answer_id>/vote/", thanks.vote, name="vote_answer"),
    path("answers/<id:answer_id>/unvote/", thanks.unvote, name="unvote_answer"),
    path("answers/<id:answer_id>/helped/", thanks.say_helped, name="say_helped"),
    path("answers/<id:answer_id>/accept/", solutions.accept, name="accept_answer"),
    path("answers/<id:answer_id>/not-solved/", solved.say_not_solved, name="say_not_solved"),
    path("answers/<id:answer_id>/mark/", solutions.mark, name="mark_answer"),
    path("threads/<id:thread_id>/withdraw/", solutions.withdraw, name="withdraw_solution"),
    path("threads/<id:thread_id>/outdated/", solutions.report_outdated, name="report_outdated"),
    path("threads/<id:thread_id>/request-info/", solutions.request_info, name="request_info"),
    path("threads/<id:thread_id>/close/", solutions.close, name="close_thread"),
    path("threads/<id:thread_id>/reopen/", solutions.reopen, name="reopen_thread"),
    # Moderators (views/moderation.py), POST only but for the page
    path("moderation/", moderation.moderation, name="moderation"),  # ?after=, or ?list= &after=
    # Mail that came in (views/incoming.py)
    path("incoming/", incoming.incoming, name="incoming"),  # ?end= &after=
    path("incoming/<id:mail_id>/", incoming.incoming_look, name="incoming_look"),
    path("incoming/<id:mail_id>/let-in/", incoming.let_in_mail, name="let_in_mail"),  # POST
    path("incoming/<id:mail_id>/turn-away/", incoming.turn_away_mail, name="turn_away_mail"),  # POST
    # What waits for a decision (views/reviews.py), POST only; what was done (views/audit.py)
    path("moderation/reviews/settle/", reviews.settle_several, name="settle_several"),
    path("moderation/reviews/look/", reviews.look, name="look_at_reviews"),
    path("moderation/reviews/<id:review_id>/settle/", reviews.settle, name="settle_review"),
    path("moderation/reviews/<id:review_id>/undo/", reviews.undo_settled, name="undo_review"),
    path("moderation/log/", audit.audit_log, name="audit_log"),  # ?person= &verb= &after=
    path("moderation/unhelpful/", unhelpful.unhelpful, name="unhelpful"),  # ?after= (views/unhelpful.py)
    path("moderation/brake/", brake.start_brake, name="start_brake"),  # POST (views/brake.py)
    path("moderation/brake/lift/", brake.lift_brake, name="lift_brake"),  # POST
    path("threads/<id:thread_id>/hide/", moderation.hide_thread, name="hide_thread"),
    path("threads/<id:thread_id>/restore/", moderation.restore_thread, name="restore_thread"),
    path("answers/<id:answer_id>/hide/", moderation.hide_answer, name="hide_answer"),
    path("answers/<id:answer_id>/restore/", moderation.restore_answer, name="restore_answer"),
    path("threads/<id:thread_id>/lock/", moderation.lock_thread, name="lock_thread"),
    path("threads/<id:thread_id>/unlock/", moderation.unlock_thread, name="unlock_thread"),
    path("threads/<id:thread_id>/move/", moderation.move_thread, name="move_thread"),
    # The company's own word (views/official.py)
    path("answers/<id:answer_id>/official/", official.mark_official, name="mark_official"),
    path("answers/<id:answer_id>/not-official/", official.unmark_official, name="unmark_official"),
    path("staff/official/", official.official_waiting, name="official_waiting"),
    path("staff/official/<id:answer_id>/", official.change_official, name="change_official"),
    path("staff/official/<id:answer_id>/take-back/", official.take_back_official, name="take_back_official"),
    # Taking words out, and destroying a post (views/removing.py): ?answer= for one answer
    path("threads/<id:thread_id>/redact/", removing.redact_thread, name="redact_thread"),
    path("threads/<id:thread_id>/purge/", removing.purge_thread, name="purge_thread"),
    path("purges/<id:purge_id>/confirm/", removing.confirm_purge, name="confirm_purge"),  # POST
    path("purges/<id:purge_id>/withdraw/", removing.withdraw_purge, name="withdraw_purge"),  # POST
    path("threads/<id:thread_id>/retag/", moderation.retag_thread, name="retag_thread"),
    # Something is wrong (views/flags.py)
    path("threads/<id:thread_id>/flag/", flags.flag_thread, name="flag_thread"),
    path("answers/<id:answer_id>/flag/", flags.flag_answer, name="flag_answer"),
    # Answers that move, many posts at once, bans (views/regrouping.py, views/bulk.py, views/bans.py)
    path("threads/<id:thread_id>/merge/", regrouping.merge_thread, name="merge_thread"),  # ?original=
    path("threads/<id:thread_id>/split/", regrouping.split_thread, name="split_thread"),  # ?answer= &title= &original=
    path("moderation/moves/<id:regrouping_id>/undo/", regrouping.undo_move, name="undo_move"),  # POST
    path("moderation/bulk/", bulk.bulk_hide, name="bulk_hide"),  # ?person= &since= or ?like=t12; &after=
    path("moderation/bulk/<id:act_id>/undo/", bulk.undo_bulk, name="undo_bulk"),  # POST
    # Asked before (views/duplicates.py), POST only
    path("threads/<id:thread_id>/duplicate/", duplicates.mark_duplicate, name="mark_duplicate"),
    path("threads/<id:thread_id>/propose-duplicate/", duplicates.propose_duplicate, name="propose_duplicate"),
    path("threads/<id:thread_id>/no-duplicate/", duplicates.unmark_duplicate, name="unmark_duplicate"),
    path("moderation/pairs/<id:hint_id>/dismiss/", duplicates.dismiss_hint, name="dismiss_hint"),
    path("moderation/pairs/<id:hint_id>/recall/", duplicates.recall_hint, name="recall_hint"),
    path("keyboard/", home.keyboard, name="keyboard"),
    # Decisions about posts (views/decisions.py), reports of what is against the law (views/reports.py)
    path("decisions/", decisions.decisions, name="decisions"),  # ?after=: about one's own
    path("decisions/<id:decision_id>/", decisions.decision, name="decision"),  # POST: the author's appeal
    path("decisions/<id:decision_id>/explain/", decisions.explain_decision, name="explain_decision"),  # POST: why
    path("decision/<str:token>/", decisions.decision_by_token, name="decision_by_token"),  # from a mail; POST: appeal
    path("report/", reports.report_illegal, name="report_illegal"),  # ?place=
    path("report/<str:token>/", reports.report_receipt, name="report_receipt"),  # POST: the reporter's appeal
    # What reaches me (views/inbox.py, views/watches.py)
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/unread/", news.unread, name="unread"),  # the badge, for pages that stay open
    path("inbox/read/", inbox.mark_read, name="mark_read"),  # POST: ids or all
    path(
        "inbox/<id:notification_id>/", inbox.open_notification, name="open_notification"
    ),  # POST: marks read, goes there
    # One's own posts that wait for a look (views/held.py)
    path("waiting/", held.waiting, name="waiting"),
    path("waiting/change/", held.change_waiting, name="change_waiting"),  # ?thread= &answer=
    path("waiting/take-back/", held.take_back, name="take_back"),  # POST
    path("watches/", watches.watches, name="watches"),  # ?show=muted &after=
    path("watches/stop/", watches.stop_watching, name="stop_watching"),  # POST: threads, tags, boards
    path("watches/rhythm/", watches.watch_rhythm, name="watch_rhythm"),  # POST: when its mails come
    path(
        "watches/change/", watches.change_watch, name="change_watch"
    ),  # POST: watch, unwatch, mute of thread, tag, board
    # What also comes by mail, and when (views/choices.py, views/stops.py)
    path("settings/notices/", choices.notice_settings, name="notice_settings"),
    path("settings/notices/switch/", choices.switch_notices, name="switch_notices"),  # POST: all of them at once
    path(
        "settings/notices/reply-addresses/", mail_lists.renew_reply_addresses, name="renew_reply_addresses"
    ),  # POST: those from before are over
    # Boards as mail lists (views/mail_lists.py)
    path("help/mail/", mail_lists.mail_help, name="mail_help"),
    path("mail-lists/change/", mail_lists.change_list, name="change_list"),  # POST: follow or leave
    path("stop/<str:token>/", stops.stop, name="stop"),  # the key is in the address: POST needs nothing else
    # People (views/people.py, views/mentions.py)
    path("people/find/", mentions.find_people, name="find_people"),  # ?q= &thread=: whom to mention
    path("people/<str:slug>/", people.person, name="person"),  # ?show=asked|answered|solved &after=
    path("people/<str:slug>/ban/", bans.ban_person, name="ban_person"),
    path("people/<str:slug>/claim/", people.claim_person, name="claim_person"),  # POST
    path("settings/", people.profile_settings, name="profile_settings"),
    # One's own data (views/personal.py)
    path("settings/data/", personal.your_data, name="your_data"),  # POST: ask for the archive
    path("settings/data/<id:export_id>/archive.zip", personal.fetch_data, name="fetch_data"),
    path("settings/data/close/", personal.close_account, name="close_account"),
    path("settings/mail/resume/", mails.resume_mail, name="resume_mail"),  # POST (views/mails.py)
    path("language/", languages.language, name="language"),  # ?next=
    # What robots ask for (views/found.py)
    path("robots.txt", found.robots, name="robots"),
    path("sitemap.xml", found.sitemap, name="sitemap"),
    path("sitemap-places.xml", found.sitemap_places, name="sitemap_places"),
    path("sitemap-threads-<id:chunk>.xml", found.sitemap_threads, name="sitemap_threads"),
    path("sitemap-tags-<id:chunk>.xml", found.sitemap_tags, name="sitemap_tags"),
    # Whether everything runs, for machines (views/health.py)
    path("healthz", health.healthz, name="healthz"),
    # The brand's own files (views/brand.py)
    path("brand-<id:version>.css", brand.stylesheet, name="brand_stylesheet"),
    path("brand-<id:version>-<str:name>", brand.brand_file, name="brand_file"),
    path("favicon.ico", brand.favicon, name="favicon"),
    # Behind the links of mails
    path("invitations/<str:token>/", accept_invitation, name="accept_invitation"),
    path("solved/<str:token>/", solved.solved, name="solved"),
    path("not-yet/<str:token>/", solved.not_yet, name="not_yet"),
    path("mail/<str:token>/", incoming_proof.claim_mail, name="claim_mail"),
]
