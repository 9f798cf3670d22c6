"""Who may do what, as one table: every address of ours, every method, every kind of object, every role.

A line says: the name of the route, the method, the objects it is about, and what each role is answered. One answer for
all roles may stand alone. `in` means: led to the sign-in page. A method that is not named for a route is refused to
everybody (405; where signing in is asked first, `in`). HEAD is answered like GET.

A new route needs its lines here; tests/test_access_matrix.py says which are missing, and for which objects.
"""

from dataclasses import dataclass

#: suspended: is_active is False while the session still lives. asker and helper wrote everything there is and were in
#: the group when they did; they have left it since. member is in the group. mod-1 and adm-1 hold the role but have
#: enrolled no second factor.
COLUMNS = tuple("visitor suspended customer asker helper member moderator agent admin mod-1 adm-1".split())  # noqa: SIM905
#: An account that was erased while its session still lives is answered as a suspended one, everywhere.
#: The agent's colleague is in the same team, the third agent in another: they are answered as the agent, but where a
#: line about tickets says otherwise (two more answers at its end).
AGENTS = ("colleague", "other-team")
ROLES = (*COLUMNS, *AGENTS, "erased")

#: Objects of routes with a thread, an answer or an attachment in their address:
#:   public      on a board for everybody         signed-in  on a board for people who are signed in
#:   group       on a board for the group         hidden     a hidden thread
#:   locked      a locked thread                  h-answer   a hidden answer of a public thread
#:   silent      asked a month ago, unsolved      solved     accepted by its asker
#:   merged      a duplicate of the public thread
#:   loose       an attachment that is in no post yet, the helper's
THREAD_OBJECTS = {"public", "signed-in", "group", "hidden", "locked"}
ANSWER_OBJECTS = THREAD_OBJECTS | {"h-answer"}
ATTACHMENT_OBJECTS = ANSWER_OBJECTS | {"loose"}
#: Of routes with a known issue in their address: on the whole site, on the group's board, taken back.
ISSUE_OBJECTS = {"i-public", "i-group", "i-back"}
#: Of routes with a ticket or its file in their address (tests/desk_world.py says whose they are):
TICKET_OBJECTS = {"t-open", "t-team", "t-handed"}
TICKET_FILES = TICKET_OBJECTS | {"t-open-note", "t-team-note", "t-handed-note", "t-loose"}
#: Of routes with a mail in their address, all held: to the public thread, to each of the tickets, to nothing of ours.
MAIL_OBJECTS = {"m-public", "m-t-open", "m-t-team", "m-t-handed", "m-nothing"}

#: Tables that a request may touch even if it is refused or a GET: sessions, when people were last seen, rate counters.
EXEMPT_TABLES = (
    "django_session",
    "usersessions_usersession",
    "community_rate_limit",
    "community_limitcount",
    "support_ticketpresence",
)

TABLE = """
# (about tickets, two more: coll othe)
# route            method objects                        visi susp cust aske help memb mode agen admi mod1 adm1
home               GET  -                              : 200
boards             GET  -                              : 200
board              GET  public                         : 200
board              GET  signed-in                      : 404  404  200  200  200  200  200  200  200  200  200
board              GET  group                          : 404  404  404  404  404  200  200  404  200  404  404
threads            GET  -                              : 200
tags               GET  -                              : 200
tag                GET  public                         : 200
tag                GET  group                          : 404  404  404  404  404  200  200  404  200  404  404
search             GET  -                              : 200
suggestions        POST -                              : 200
suggestion         POST public,locked                  : 200
suggestion         POST signed-in                      : 404  404  200  200  200  200  200  200  200  200  200
suggestion         POST group                          : 404  404  404  404  404  200  200  404  200  404  404
suggestion         POST hidden                         : 404  404  404  404  404  404  200  404  200  404  404
threads_feed       GET  -                              : 200
board_feed         GET  public                         : 200
board_feed         GET  signed-in,group                : 404
tag_feed           GET  public                         : 200
tag_feed           GET  group                          : 404
decisions          GET  -                              : in   in   200  200  200  200  200  200  200  200  200
decision           GET  hidden,locked                  : in   in   404  200  404  404  200  404  200  404  404
decision           GET  h-answer                       : in   in   404  404  200  404  200  404  200  404  404
decision           POST hidden,locked                  : in   in   404  303  404  404  404  404  404  404  404
decision           POST h-answer                       : in   in   404  404  303  404  404  404  404  404  404
explain_decision   POST hidden,locked,h-answer         : in   in   403  403  403  403  303  403  303  403  403
decision_by_token  GET  public                         : 200
decision_by_token  GET  group                          : 404
decision_by_token  POST public                         : 303
decision_by_token  POST group                          : 404
report_illegal     GET  -                              : 200
report_illegal     POST -                              : 303
report_receipt     GET  public                         : 200
report_receipt     GET  group                          : 404
report_receipt     POST public                         : 303
report_receipt     POST group                          : 404
robots             GET  -                              : 200
# no worker runs beside the tests
healthz            GET  -                              : 503
sitemap            GET  -                              : 200
sitemap_places     GET  -                              : 200
sitemap_threads    GET  public                         : 200
sitemap_tags       GET  public                         : 404
for_you            GET  -                              : in   in   200  200  200  200  200  200  200  200  200

private_data       GET  -                              : 200
look_private       POST -                              : 204
private_notes      GET  -                              : in   in   403  403  403  403  200  200  200  403  403
read_note          POST public                         : in   in   404  403  404  404  303  303  303  404  404
read_note          POST group                          : in   in   404  403  404  404  303  404  303  404  404
take_back_note     POST public                         : in   in   404  303  404  404  403  403  403  404  404
take_back_note     POST group                          : in   in   404  303  404  404  403  404  403  404  404

mark_official      POST public,locked,signed-in        : in   in   403  403  403  403  403  403  403  403  403
mark_official      POST group                          : in   in   404  404  404  403  403  404  403  404  404
mark_official      POST hidden,h-answer                : in   in   404  404  404  404  403  404  403  404  404
unmark_official    POST public,locked,signed-in        : in   in   403  403  403  403  303  403  303  403  403
unmark_official    POST group                          : in   in   404  404  404  403  303  404  303  404  404
unmark_official    POST hidden,h-answer                : in   in   404  404  404  404  303  404  303  404  404
official_waiting   GET  -                              : in   in   403  403  403  403  200  200  200  403  403
change_official    GET  public,locked,signed-in        : in   in   404  404  404  404  404  404  404  404  404
change_official    GET  group,hidden,h-answer          : in   in   404  404  404  404  404  404  404  404  404
change_official    POST public,locked,signed-in        : in   in   404  404  404  404  404  404  404  404  404
change_official    POST group,hidden,h-answer          : in   in   404  404  404  404  404  404  404  404  404
take_back_official POST public,locked,signed-in        : in   in   404  404  404  404  404  404  404  404  404
take_back_official POST group,hidden,h-answer          : in   in   404  404  404  404  404  404  404  404  404
redact_thread      GET  public,locked                  : in   in   403  403  403  403  200  403  200  403  403
redact_thread      GET  signed-in                      : 404  404  403  403  403  403  200  403  200  403  403
redact_thread      GET  group                          : 404  404  404  404  404  403  200  404  200  404  404
redact_thread      GET  hidden                         : 404  404  404  404  404  404  200  404  200  404  404
redact_thread      POST public,locked                  : in   in   403  403  403  403  303  403  303  403  403
redact_thread      POST signed-in                      : in   in   403  403  403  403  303  403  303  403  403
redact_thread      POST group                          : in   in   404  404  404  403  303  404  303  404  404
redact_thread      POST hidden                         : in   in   404  404  404  404  303  404  303  404  404
purge_thread       GET  public,locked                  : in   in   403  403  403  403  200  403  200  403  403
purge_thread       GET  signed-in                      : 404  404  403  403  403  403  200  403  200  403  403
purge_thread       GET  group                          : 404  404  404  404  404  403  200  404  200  404  404
purge_thread       GET  hidden                         : 404  404  404  404  404  404  200  404  200  404  404
purge_thread       POST public,locked                  : in   in   403  403  403  403  303  403  303  403  403
purge_thread       POST signed-in                      : in   in   403  403  403  403  303  403  303  403  403
purge_thread       POST group                          : in   in   404  404  404  403  303  404  303  404  404
purge_thread       POST hidden                         : in   in   404  404  404  404  303  404  303  404  404
confirm_purge      POST public                         : in   in   403  403  403  403  403  403  303  403  403
withdraw_purge     POST public                         : in   in   403  403  403  403  303  403  303  403  403

keyboard           GET  -                              : 200
contact            GET  -                              : 200
contact            POST public                         : 302  302  303  303  303  303  303  303  303  303  303
contact            POST signed-in                      : 422  422  303  303  303  303  303  303  303  303  303
contact            POST group                          : 422  422  422  422  422  303  303  422  303  422  422
finish_contact     GET  -                              : 200  200  302  302  302  302  302  302  302  302  302
finish_contact     POST -                              : 302

known_issues       GET  -                              : 200
known_issues_feed  GET  -                              : 200
known_issue        GET  i-public                       : 200
known_issue        GET  i-group                        : 404  404  404  404  404  200  200  404  200  404  404
known_issue        GET  i-back                         : 404  404  404  404  404  404  200  200  200  404  404
join_known_issue   POST i-public                       : in   in   303  303  303  303  303  303  303  303  303
join_known_issue   POST i-group                        : 404  404  404  404  404  303  303  404  303  404  404
join_known_issue   POST i-back                         : 404  404  404  404  404  404  400  400  400  404  404
leave_known_issue  POST i-public                       : in   in   303  303  303  303  303  303  303  303  303
leave_known_issue  POST i-group                        : in   in   404  404  404  303  303  404  303  404  404
leave_known_issue  POST i-back                         : in   in   404  404  404  404  303  303  303  404  404
new_known_issue    GET  -                              : in   in   403  403  403  403  200  200  200  403  403
new_known_issue    POST public,signed-in               : in   in   403  403  403  403  303  303  303  403  403
new_known_issue    POST group                          : in   in   403  403  403  403  303  422  303  403  403
edit_known_issue   GET  i-public                       : in   in   403  403  403  403  200  200  200  403  403
edit_known_issue   GET  i-group                        : in   in   403  403  403  403  200  404  200  403  403
edit_known_issue   GET  i-back                         : in   in   403  403  403  403  200  200  200  403  403
edit_known_issue   POST i-public                       : in   in   403  403  403  403  303  303  303  403  403
edit_known_issue   POST i-group                        : in   in   403  403  403  403  303  404  303  403  403
edit_known_issue   POST i-back                         : in   in   403  403  403  403  303  303  303  403  403
link_known_issue   GET  i-public                       : in   in   403  403  403  403  200  200  200  403  403
link_known_issue   GET  i-group                        : in   in   403  403  403  403  200  404  200  403  403
link_known_issue   GET  i-back                         : in   in   403  403  403  403  200  200  200  403  403
link_known_issue   POST i-public                       : in   in   403  403  403  403  303  303  303  403  403
link_known_issue   POST i-group                        : in   in   403  403  403  403  303  404  303  403  403
link_known_issue   POST i-back                         : in   in   403  403  403  403  400  400  400  403  403
unlink_known_issue POST i-public                       : in   in   403  403  403  403  303  303  303  403  403
unlink_known_issue POST i-group                        : in   in   403  403  403  403  303  404  303  403  403
unlink_known_issue POST i-back                         : in   in   403  403  403  403  303  303  303  403  403
tell_known_issue   POST i-public                       : in   in   403  403  403  403  303  303  303  403  403
tell_known_issue   POST i-group                        : in   in   403  403  403  403  303  404  303  403  403
tell_known_issue   POST i-back                         : in   in   403  403  403  403  400  400  400  403  403
withdraw_known_issue POST i-public                     : in   in   403  403  403  403  303  303  303  403  403
withdraw_known_issue POST i-group                      : in   in   403  403  403  403  303  404  303  403  403
withdraw_known_issue POST i-back                       : in   in   403  403  403  403  303  303  303  403  403
rising             GET  -                              : in   in   403  403  403  403  200  200  200  403  403
rising             POST signed-in                      : in   in   403  403  403  403  303  303  303  403  403
rising             POST group,hidden                   : in   in   403  403  403  403  400  400  400  403  403

thread_short       GET  public,locked                  : 301
thread_short       GET  signed-in                      : 404  404  301  301  301  301  301  301  301  301  301
thread_short       GET  group                          : 404  404  404  404  404  301  301  404  301  404  404
thread_short       GET  hidden                         : 404  404  404  404  404  404  301  404  301  404  404
thread             GET  public,locked                  : 200
thread             GET  signed-in                      : 404  404  200  200  200  200  200  200  200  200  200
thread             GET  group                          : 404  404  404  404  404  200  200  404  200  404  404
thread             GET  hidden                         : 404  404  404  404  404  404  200  404  200  404  404
thread             GET  merged                         : 302  302  302  302  302  302  200  302  200  302  302
answer             GET  merged                         : 302
similar_threads    GET  public,locked                  : 200
similar_threads    GET  signed-in                      : 404  404  200  200  200  200  200  200  200  200  200
similar_threads    GET  group                          : 404  404  404  404  404  200  200  404  200  404  404
similar_threads    GET  hidden                         : 404  404  404  404  404  404  200  404  200  404  404
thread_news        GET  public,locked                  : 200
thread_news        GET  signed-in                      : 404  404  200  200  200  200  200  200  200  200  200
thread_news        GET  group                          : 404  404  404  404  404  200  200  404  200  404  404
thread_news        GET  hidden                         : 404  404  404  404  404  404  200  404  200  404  404
answer             GET  public,locked                  : 302
answer             GET  signed-in                      : 404  404  302  302  302  302  302  302  302  302  302
answer             GET  group                          : 404  404  404  404  404  302  302  404  302  404  404
answer             GET  hidden,h-answer                : 404  404  404  404  404  404  302  404  302  404  404

ask                GET  -                              : 200
ask                POST public                         : 302  302  303  303  303  303  303  303  303  303  303
ask                POST signed-in                      : 422  422  303  303  303  303  303  303  303  303  303
ask                POST group                          : 422  422  422  422  422  303  303  422  303  422  422
finish_asking      GET  -                              : 200  200  302  302  302  302  302  302  302  302  302
finish_asking      POST -                              : 302
preview            POST -                              : 200
save_draft         POST -                              : 303
find_people        GET  -                              : in   in   204  204  204  204  204  204  204  204  204
add_attachment     POST -                              : in   in   303  303  303  303  303  303  303  303  303
answer_thread      GET  public                         : 200
answer_thread      GET  signed-in                      : 404  404  200  200  200  200  200  200  200  200  200
answer_thread      GET  group                          : 404  404  404  404  404  200  200  404  200  404  404
answer_thread      GET  hidden                         : 404  404  404  404  404  404  403  404  403  404  404
answer_thread      GET  locked                         : 403
answer_thread      POST public                         : in   in   303  303  303  303  303  303  303  303  303
answer_thread      POST signed-in                      : 404  404  303  303  303  303  303  303  303  303  303
answer_thread      POST group                          : 404  404  404  404  404  303  303  404  303  404  404
answer_thread      POST hidden                         : 404  404  404  404  404  404  403  404  403  404  404
answer_thread      POST locked                         : in   in   403  403  403  403  403  403  403  403  403
edit_thread        GET  public                         : in   in   403  200  403  403  200  403  200  403  403
edit_thread        GET  locked                         : in   in   403  403  403  403  200  403  200  403  403
edit_thread        GET  signed-in                      : 404  404  403  200  403  403  200  403  200  403  403
edit_thread        GET  group                          : 404  404  404  404  404  403  200  404  200  404  404
edit_thread        GET  hidden                         : 404  404  404  404  404  404  200  404  200  404  404
edit_thread        POST public                         : in   in   403  303  403  403  303  403  303  403  403
edit_thread        POST locked                         : in   in   403  403  403  403  303  403  303  403  403
edit_thread        POST signed-in                      : 404  404  403  303  403  403  303  403  303  403  403
edit_thread        POST group                          : 404  404  404  404  404  403  303  404  303  404  404
edit_thread        POST hidden                         : 404  404  404  404  404  404  303  404  303  404  404
edit_answer        GET  public                         : in   in   403  403  200  403  200  403  200  403  403
edit_answer        GET  locked                         : in   in   403  403  403  403  200  403  200  403  403
edit_answer        GET  signed-in                      : 404  404  403  403  200  403  200  403  200  403  403
edit_answer        GET  group                          : 404  404  404  404  404  403  200  404  200  404  404
edit_answer        GET  hidden,h-answer                : 404  404  404  404  404  404  200  404  200  404  404
edit_answer        POST public                         : in   in   403  403  303  403  303  403  303  403  403
edit_answer        POST locked                         : in   in   403  403  403  403  303  403  303  403  403
edit_answer        POST signed-in                      : 404  404  403  403  303  403  303  403  303  403  403
edit_answer        POST group                          : 404  404  404  404  404  403  303  404  303  404  404
edit_answer        POST hidden,h-answer                : 404  404  404  404  404  404  303  404  303  404  404
thread_history     GET  public,locked                  : in   in   403  403  403  403  200  200  200  403  403
thread_history     GET  signed-in                      : 404  404  403  403  403  403  200  200  200  403  403
thread_history     GET  group                          : 404  404  404  404  404  403  200  404  200  404  404
thread_history     GET  hidden                         : 404  404  404  404  404  404  200  404  200  404  404
answer_history     GET  public,locked                  : in   in   403  403  403  403  200  200  200  403  403
answer_history     GET  signed-in                      : 404  404  403  403  403  403  200  200  200  403  403
answer_history     GET  group                          : 404  404  404  404  404  403  200  404  200  404  404
answer_history     GET  hidden,h-answer                : 404  404  404  404  404  404  200  404  200  404  404
attachment         GET  public,locked                  : 200
attachment         GET  signed-in                      : 404  404  200  200  200  200  200  200  200  200  200
attachment         GET  group                          : 404  404  404  404  404  200  200  404  200  404  404
attachment         GET  hidden,h-answer                : 404  404  404  404  404  404  200  404  200  404  404
attachment         GET  loose                          : 404  404  404  404  200  404  404  404  404  404  404

join_thread        POST public                         : in   in   303  403  303  303  303  303  303  303  303
join_thread        POST locked                         : in   in   403  403  403  403  403  403  403  403  403
join_thread        POST signed-in                      : in   in   303  403  303  303  303  303  303  303  303
join_thread        POST group                          : in   in   404  404  404  303  303  404  303  404  404
join_thread        POST hidden                         : in   in   404  404  404  404  403  404  403  404  404
leave_thread       POST public,locked,signed-in        : in   in   303  303  303  303  303  303  303  303  303
leave_thread       POST group                          : in   in   404  404  404  303  303  404  303  404  404
leave_thread       POST hidden                         : in   in   404  404  404  404  303  404  303  404  404
vote_answer        POST public,locked,signed-in        : in   in   303  303  403  303  303  303  303  303  303
vote_answer        POST group                          : in   in   404  404  404  303  303  404  303  404  404
vote_answer        POST hidden,h-answer                : in   in   404  404  404  404  403  404  403  404  404
unvote_answer      POST public,locked,signed-in        : in   in   303  303  303  303  303  303  303  303  303
unvote_answer      POST group                          : in   in   404  404  404  303  303  404  303  404  404
unvote_answer      POST hidden,h-answer                : in   in   404  404  404  404  303  404  303  404  404
say_helped         POST public,locked,signed-in        : in   in   303  303  403  303  303  303  303  303  303
say_helped         POST group                          : in   in   404  404  404  303  303  404  303  404  404
say_helped         POST hidden,h-answer                : in   in   404  404  404  404  403  404  403  404  404
accept_answer      POST public,locked,signed-in        : in   in   403  303  403  403  403  403  403  403  403
accept_answer      POST silent                         : in   in   403  303  403  403  303  403  303  403  403
accept_answer      POST group                          : in   in   404  404  404  403  403  404  403  404  404
accept_answer      POST hidden                         : in   in   404  404  404  404  403  404  403  404  404
accept_answer      POST h-answer                       : in   in   404  404  404  404  400  404  400  404  404
say_not_solved     POST public,signed-in,silent        : in   in   403  303  403  403  403  403  403  403  403
say_not_solved     POST locked,solved                  : in   in   403  403  403  403  403  403  403  403  403
say_not_solved     POST group                          : in   in   404  404  404  403  403  404  403  404  404
say_not_solved     POST hidden                         : in   in   404  404  404  404  403  404  403  404  404
say_not_solved     POST h-answer                       : in   in   404  404  404  404  400  404  400  404  404
mark_answer        POST public,locked,signed-in        : in   in   403  403  403  403  403  403  403  403  403
mark_answer        POST silent                         : in   in   403  403  403  403  303  303  303  403  403
mark_answer        POST group                          : in   in   404  404  404  403  403  404  403  404  404
mark_answer        POST hidden                         : in   in   404  404  404  404  403  404  403  404  404
mark_answer        POST h-answer                       : in   in   404  404  404  404  400  404  400  404  404
withdraw_solution  POST public,locked,signed-in        : in   in   303  303  303  303  303  303  303  303  303
withdraw_solution  POST solved                         : in   in   403  303  403  403  303  403  303  403  403
withdraw_solution  POST group                          : in   in   404  404  404  303  303  404  303  404  404
withdraw_solution  POST hidden                         : in   in   404  404  404  404  303  404  303  404  404
report_outdated    POST public,locked,signed-in        : in   in   403  403  403  403  403  403  403  403  403
report_outdated    POST solved                         : in   in   303  303  303  303  303  303  303  303  303
report_outdated    POST group                          : in   in   404  404  404  403  403  404  403  404  404
report_outdated    POST hidden                         : in   in   404  404  404  404  403  404  403  404  404
request_info       POST public,signed-in               : in   in   403  403  403  403  303  303  303  403  403
request_info       POST locked,solved                  : in   in   403  403  403  403  403  403  403  403  403
request_info       POST group                          : in   in   404  404  404  403  303  404  303  404  404
request_info       POST hidden                         : in   in   404  404  404  404  403  404  403  404  404
close_thread       POST public,signed-in               : in   in   403  303  403  403  303  403  303  403  403
close_thread       POST locked                         : in   in   403  403  403  403  303  403  303  403  403
close_thread       POST group                          : in   in   404  404  404  403  303  404  303  404  404
close_thread       POST hidden                         : in   in   404  404  404  404  303  404  303  404  404
reopen_thread      POST public,signed-in               : in   in   403  303  403  403  303  403  303  403  403
reopen_thread      POST locked                         : in   in   403  403  403  403  303  403  303  403  403
reopen_thread      POST group                          : in   in   404  404  404  403  303  404  303  404  404
reopen_thread      POST hidden                         : in   in   404  404  404  404  303  404  303  404  404

moderation         GET  -                              : in   in   403  403  403  403  200  200  200  403  403
audit_log          GET  -                              : in   in   403  403  403  403  200  403  200  403  403
settle_review      POST public,group,hidden            : in   in   403  403  403  403  303  404  303  403  403
undo_review        POST public,group,hidden            : in   in   403  403  403  403  400  404  400  403  403
settle_several     POST public,group,hidden            : in   in   403  403  403  403  303  303  303  403  403
look_at_reviews    POST public,group,hidden            : in   in   403  403  403  403  200  200  200  403  403
flag_thread        GET  public,locked                  : 200  200  200  403  200  200  200  200  200  200  200
flag_thread        GET  signed-in                      : 404  404  200  403  200  200  200  200  200  200  200
flag_thread        GET  group                          : 404  404  404  404  404  200  200  404  200  404  404
flag_thread        GET  hidden                         : 404  404  404  404  404  404  403  404  403  404  404
flag_thread        POST public,locked                  : in   in   303  403  303  303  303  303  303  303  303
flag_thread        POST signed-in                      : 404  404  303  403  303  303  303  303  303  303  303
flag_thread        POST group                          : 404  404  404  404  404  303  303  404  303  404  404
flag_thread        POST hidden                         : 404  404  404  404  404  404  403  404  403  404  404
flag_answer        GET  public,locked                  : 200  200  200  200  403  200  200  200  200  200  200
flag_answer        GET  signed-in                      : 404  404  200  200  403  200  200  200  200  200  200
flag_answer        GET  group                          : 404  404  404  404  404  200  200  404  200  404  404
flag_answer        GET  hidden,h-answer                : 404  404  404  404  404  404  403  404  403  404  404
flag_answer        POST public,locked                  : in   in   303  303  403  303  303  303  303  303  303
flag_answer        POST signed-in                      : 404  404  303  303  403  303  303  303  303  303  303
flag_answer        POST group                          : 404  404  404  404  404  303  303  404  303  404  404
flag_answer        POST hidden,h-answer                : 404  404  404  404  404  404  403  404  403  404  404
unhelpful          GET  -                              : in   in   403  403  403  403  200  403  200  403  403
hide_thread        POST public,locked,signed-in,group,hidden : in in 403 403 403 403 303  403  303  403  403
restore_thread     POST public,locked,signed-in,group,hidden : in in 403 403 403 403 303  403  303  403  403
lock_thread        POST public,locked,signed-in,group,hidden : in in 403 403 403 403 303  403  303  403  403
unlock_thread      POST public,locked,signed-in,group,hidden : in in 403 403 403 403 303  403  303  403  403
move_thread        POST public,locked,signed-in,group,hidden : in in 403 403 403 403 303  403  303  403  403
# the asker's own; helpers (three levels up) may too
retag_thread       POST public,signed-in               : in   in   403  303  403  403  303  303  303  403  403
retag_thread       POST locked                         : in   in   403  403  403  403  303  403  303  403  403
retag_thread       POST group                          : in   in   404  404  404  403  303  404  303  404  404
retag_thread       POST hidden                         : in   in   404  404  404  404  303  404  303  404  404
propose_duplicate  POST public,signed-in               : in   in   403  403  403  403  303  303  303  403  403
propose_duplicate  POST locked                         : in   in   403  403  403  403  403  403  403  403  403
propose_duplicate  POST group                          : in   in   404  404  404  403  303  404  303  404  404
propose_duplicate  POST hidden                         : in   in   404  404  404  404  403  404  403  404  404
mark_duplicate     POST public,locked,signed-in,group  : in   in   403  403  403  403  303  403  303  403  403
mark_duplicate     POST hidden,merged                  : in   in   403  403  403  403  400  403  400  403  403
unmark_duplicate   POST public,locked,signed-in,group,hidden,merged : in in 403 403 403 403 303 403  303  403  403
merge_thread       GET  public,locked,signed-in,group,hidden : in in 403 403 403 403 200  403  200  403  403
merge_thread       POST public,locked                  : in   in   403  403  403  403  303  403  303  403  403
merge_thread       POST signed-in,group,hidden         : in   in   403  403  403  403  400  403  400  403  403
split_thread       GET  public,locked,signed-in,group,hidden : in in 403 403 403 403 200  403  200  403  403
split_thread       POST public,locked,signed-in,group  : in   in   403  403  403  403  303  403  303  403  403
split_thread       POST hidden                         : in   in   403  403  403  403  400  403  400  403  403
undo_move          POST public                         : in   in   403  403  403  403  404  403  404  403  403
bulk_hide          GET  -                              : in   in   403  403  403  403  200  403  200  403  403
bulk_hide          POST public,locked,signed-in,group  : in   in   403  403  403  403  303  403  303  403  403
bulk_hide          POST hidden                         : in   in   403  403  403  403  400  403  400  403  403
undo_bulk          POST public                         : in   in   403  403  403  403  404  403  404  403  403
ban_person         GET  public                         : in   in   403  403  403  403  200  403  200  403  403
ban_person         GET  hidden                         : in   in   403  403  403  403  404  403  404  403  403
ban_person         POST public                         : in   in   403  403  403  403  303  403  303  403  403
ban_person         POST hidden                         : in   in   403  403  403  403  404  403  404  403  403
dismiss_hint       POST public,locked,signed-in,group,hidden : in in 403 403 403 403 303  403  303  403  403
recall_hint        POST public,locked,signed-in,group,hidden : in in 403 403 403 403 303  403  303  403  403
hide_answer        POST public,locked,signed-in,group,hidden,h-answer : in in 403 403 403 403 303 403 303 403 403
restore_answer     POST public,locked,signed-in,group,hidden,h-answer : in in 403 403 403 403 303 403 303 403 403

# the customer has a question and an answer that wait for a look
waiting            GET  -                              : in   in   200  200  200  200  200  200  200  200  200
change_waiting     GET  -                              : in   in   404  404  404  404  404  404  404  404  404
change_waiting     POST -                              : in   in   404  404  404  404  404  404  404  404  404
take_back          POST -                              : in   in   303  404  404  404  404  404  404  404  404
start_brake        POST -                              : in   in   403  403  403  403  303  403  303  403  403
lift_brake         POST -                              : in   in   403  403  403  403  303  403  303  403  403
inbox              GET  -                              : in   in   200  200  200  200  200  200  200  200  200
unread             GET  -                              : 403  403  200  200  200  200  200  200  200  200  200
mark_read          POST -                              : in   in   303  303  303  303  303  303  303  303  303
open_notification  POST public                         : in   in   404  303  404  404  404  404  404  404  404
open_notification  POST group,hidden                   : in   in   404  404  404  404  404  404  404  404  404
watches            GET  -                              : in   in   200  200  200  200  200  200  200  200  200
stop_watching      POST public,locked,signed-in,group,hidden : in in 303 303 303 303 303  303  303  303  303
change_watch       POST public,locked,signed-in        : in   in   303  303  303  303  303  303  303  303  303
change_watch       POST group                          : in   in   404  404  404  303  303  404  303  404  404
change_watch       POST hidden                         : in   in   404  404  404  404  303  404  303  404  404
watch_rhythm       POST public                         : in   in   404  303  303  404  404  404  404  404  404
notice_settings    GET  -                              : in   in   200  200  200  200  200  200  200  200  200
notice_settings    POST -                              : in   in   302  302  302  302  302  302  302  302  302
switch_notices     POST -                              : in   in   303  303  303  303  303  303  303  303  303
renew_reply_addresses POST -                           : in   in   303  303  303  303  303  303  303  303  303
mail_help          GET  -                              : 200
change_list        POST public                         : in   in   303  303  303  303  303  303  303  303  303
change_list        POST signed-in                      : in   in   303  303  303  303  303  303  303  303  303
change_list        POST group                          : in   in   404  404  404  303  303  404  303  404  404
# the token in the address is the asker's: whoever holds the mail may stop it, and is told no more than before
stop               GET  public,signed-in,group,hidden  : 200
stop               POST public,signed-in,group,hidden  : 200
person             GET  public                         : 200
person             GET  hidden                         : 404
claim_person       POST public                         : in   in   303  403  403  403  403  403  403  403  403
claim_person       POST hidden                         : in   in   404  404  404  404  404  404  404  404  404
resume_mail        POST -                              : in   in   303  303  303  303  303  303  303  303  303
language           GET  -                              : 200
language           POST -                              : 303
consent            GET  -                              : 200
consent            POST -                              : 303
open_form          POST -                              : 204
form_event         POST -                              : 204
reading_seen       POST -                              : 204
reading_survey     POST -                              : 200
came_for           POST public,locked,signed-in        : in   in   303  303  303  303  303  303  303  303  303
came_for           POST group                          : in   in   404  404  404  303  303  404  303  404  404
came_for           POST hidden                         : in   in   404  404  404  404  303  404  303  404  404
# nobody was asked how it went
went               POST public,locked,signed-in        : in   in   404  404  404  404  404  404  404  404  404
went               POST group,hidden                   : in   in   404  404  404  404  404  404  404  404  404
profile_settings   GET  -                              : in   in   200  200  200  200  200  200  200  200  200
profile_settings   POST -                              : in   in   302  302  302  302  302  302  302  302  302
# (Whoever asks, fetches or closes is asked first whether it is still them: 302.)
your_data          GET  -                              : in   in   200  200  200  200  200  200  200  200  200
your_data          POST -                              : in   in   302  302  302  302  302  302  302  302  302
fetch_data         GET  -                              : in   in   302  302  302  302  302  302  302  302  302
close_account      GET  -                              : in   in   200  200  200  200  200  200  200  200  200
close_account      POST -                              : in   in   302  302  302  302  302  302  302  302  302
brand_stylesheet   GET  -                              : 200
brand_file         GET  -                              : 200
favicon            GET  -                              : 302
accept_invitation  GET  -                              : 200
accept_invitation  POST -                              : 302
# The asker's, out of a mail: good for whoever is not signed in, for nobody who is somebody else.
solved             GET  public,signed-in,locked,solved : 200  200  403  200  403  403  403  403  403  403  403
solved             POST public,signed-in,locked,solved : 303  303  403  303  403  403  403  403  403  403  403
solved             GET  group,hidden,h-answer          : 404  404  403  404  403  403  403  403  403  403  403
solved             POST group,hidden,h-answer          : 404  404  403  404  403  403  403  403  403  403  403
solved             GET  merged                         : 200  200  403  200  403  403  403  403  403  403  403
solved             POST merged                         : 409  409  403  409  403  403  403  403  403  403  403
not_yet            GET  public,signed-in,locked,solved,merged : 200 200 403 200 403 403 403 403 403 403 403
not_yet            POST public,signed-in               : 303  303  403  303  403  403  403  403  403  403  403
not_yet            POST locked,solved,merged           : 409  409  403  409  403  403  403  403  403  403  403
not_yet            GET  group,hidden,h-answer          : 404  404  403  404  403  403  403  403  403  403  403
not_yet            POST group,hidden,h-answer          : 404  404  403  404  403  403  403  403  403  403  403
claim_mail         GET  public                         : 200
claim_mail         GET  group                          : 404
claim_mail         POST public                         : 303
claim_mail         POST group                          : 404

# The desk. The customer asked all of these; the helper is in copy of the second.
# (agents are led from the customer's page to their own)
# Mail that is held: of the community moderators', of a ticket its agents', of nothing administrators'.
incoming           GET  -                              : in   in   403  403  403  403  200  200  200  403  403
incoming_look      GET  m-public                       : in   in   403  403  403  403  200  404  200  403  403
incoming_look      GET  m-t-open                       : in   in   403  403  403  403  404  200  200  403  403  200  200
incoming_look      GET  m-t-team                       : in   in   403  403  403  403  404  200  200  403  403  200  404
incoming_look      GET  m-t-handed                     : in   in   403  403  403  403  404  200  200  403  403  404  200
incoming_look      GET  m-nothing                      : in   in   403  403  403  403  404  404  200  403  403
let_in_mail        POST m-public                       : in   in   403  403  403  403  303  404  303  403  403
let_in_mail        POST m-t-open                       : in   in   403  403  403  403  404  303  303  403  403  303  303
let_in_mail        POST m-t-team                       : in   in   403  403  403  403  404  303  303  403  403  303  404
let_in_mail        POST m-t-handed                     : in   in   403  403  403  403  404  303  303  403  403  404  303
let_in_mail        POST m-nothing                      : in   in   403  403  403  403  404  404  303  403  403
turn_away_mail     POST m-public                       : in   in   403  403  403  403  303  404  303  403  403
turn_away_mail     POST m-t-open                       : in   in   403  403  403  403  404  303  303  403  403  303  303
turn_away_mail     POST m-t-team                       : in   in   403  403  403  403  404  303  303  403  403  303  404
turn_away_mail     POST m-t-handed                     : in   in   403  403  403  403  404  303  303  403  403  404  303
turn_away_mail     POST m-nothing                      : in   in   403  403  403  403  404  404  303  403  403

my_cases           GET  -                              : in   in   200  200  200  200  200  200  200  200  200
ticket             GET  t-open                         : in   in   200  404  404  404  404  302  302  404  404  302  302
ticket             GET  t-team                         : in   in   200  404  200  404  404  302  302  404  404  302  404
ticket             GET  t-handed                       : in   in   200  404  404  404  404  302  302  404  404  404  302
write_ticket       POST t-open,t-handed                : in   in   303  404  404  404  404  404  404  404  404
write_ticket       POST t-team                         : in   in   303  404  303  404  404  404  404  404  404
solve_ticket       POST t-open,t-handed                : in   in   303  404  404  404  404  404  404  404  404
solve_ticket       POST t-team                         : in   in   303  404  404  404  404  404  404  404  404
change_copy        POST t-open,t-handed                : in   in   303  404  404  404  404  404  404  404  404
change_copy        POST t-team                         : in   in   303  404  403  404  404  404  404  404  404
# nobody was asked how it went
rate_ticket        POST t-open                         : in   in   404  404  404  404  404  403  403  404  404
rate_ticket        POST t-team                         : in   in   404  404  403  404  404  403  403  404  404  403  404
rate_ticket        POST t-handed                       : in   in   404  404  404  404  404  403  403  404  404  404  403
rating             GET  -                              : 404
rating             POST -                              : 404
add_ticket_file    POST -                              : in   in   303  303  303  303  303  303  303  303  303
ticket_file        GET  t-open                         : 404  404  200  404  404  404  404  200  200  404  404
ticket_file        GET  t-team                         : 404  404  200  404  200  404  404  200  200  404  404  200  404
ticket_file        GET  t-handed                       : 404  404  200  404  404  404  404  200  200  404  404  404  200
ticket_file        GET  t-open-note                    : 404  404  404  404  404  404  404  200  200  404  404
ticket_file        GET  t-team-note                    : 404  404  404  404  404  404  404  200  200  404  404  200  404
ticket_file        GET  t-handed-note                  : 404  404  404  404  404  404  404  200  200  404  404  404  200
ticket_file        GET  t-loose                        : 404  404  200  404  404  404  404  404  404  404  404
desk               GET  -                              : in   in   403  403  403  403  403  200  200  403  403
desk_news          GET  -                              : in   in   403  403  403  403  403  200  200  403  403
desk_next          GET  -                              : in   in   403  403  403  403  403  302  302  403  403
desk_keys          GET  -                              : in   in   403  403  403  403  403  200  200  403  403
save_view          POST -                              : in   in   403  403  403  403  403  303  303  403  403
remove_view        POST -                              : in   in   403  403  403  403  403  404  404  403  403
desk_ticket        GET  t-open                         : in   in   403  403  403  403  403  200  200  403  403  200  200
desk_ticket        GET  t-team                         : in   in   403  403  403  403  403  200  200  403  403  200  404
desk_ticket        GET  t-handed                       : in   in   403  403  403  403  403  200  200  403  403  404  200
desk_ticket_news   GET  t-open                         : in   in   403  403  403  403  403  200  200  403  403  200  200
desk_ticket_news   GET  t-team                         : in   in   403  403  403  403  403  200  200  403  403  200  404
desk_ticket_news   GET  t-handed                       : in   in   403  403  403  403  403  200  200  403  403  404  200
look_at_ticket     POST t-open                         : in   in   403  403  403  403  403  204  204  403  403  204  204
look_at_ticket     POST t-team                         : in   in   403  403  403  403  403  204  204  403  403  204  404
look_at_ticket     POST t-handed                       : in   in   403  403  403  403  403  204  204  403  403  404  204
reply_ticket       POST t-open                         : in   in   403  403  403  403  403  303  303  403  403  303  303
reply_ticket       POST t-team                         : in   in   403  403  403  403  403  303  303  403  403  303  404
reply_ticket       POST t-handed                       : in   in   403  403  403  403  403  303  303  403  403  404  303
take_back_reply    POST t-open                         : in   in   403  403  403  403  403  404  404  403  403  404  404
take_back_reply    POST t-team                         : in   in   403  403  403  403  403  404  404  403  403  404  404
take_back_reply    POST t-handed                       : in   in   403  403  403  403  403  404  404  403  403  404  404
note_ticket        POST t-open                         : in   in   403  403  403  403  403  303  303  403  403  303  303
note_ticket        POST t-team                         : in   in   403  403  403  403  403  303  303  403  403  303  404
note_ticket        POST t-handed                       : in   in   403  403  403  403  403  303  303  403  403  404  303
save_ticket_draft  POST t-open                         : in   in   403  403  403  403  403  303  303  403  403  303  303
save_ticket_draft  POST t-team                         : in   in   403  403  403  403  403  303  303  403  403  303  404
save_ticket_draft  POST t-handed                       : in   in   403  403  403  403  403  303  303  403  403  404  303
claim_ticket       POST t-open                         : in   in   403  403  403  403  403  303  303  403  403  303  303
claim_ticket       POST t-team                         : in   in   403  403  403  403  403  303  303  403  403  303  404
claim_ticket       POST t-handed                       : in   in   403  403  403  403  403  303  303  403  403  404  303
assign_ticket      POST t-open                         : in   in   403  403  403  403  403  303  303  403  403  303  303
assign_ticket      POST t-team                         : in   in   403  403  403  403  403  303  303  403  403  303  404
assign_ticket      POST t-handed                       : in   in   403  403  403  403  403  303  303  403  403  404  303
move_ticket        POST t-open                         : in   in   403  403  403  403  403  303  303  403  403  303  303
move_ticket        POST t-team                         : in   in   403  403  403  403  403  303  303  403  403  303  404
move_ticket        POST t-handed                       : in   in   403  403  403  403  403  303  303  403  403  404  303
escalate_thread    GET  public,signed-in,silent,solved : in   in   403  403  403  403  200  200  200  403  403
escalate_thread    GET  locked,merged                  : in   in   403  403  403  403  403  403  403  403  403
escalate_thread    GET  group                          : in   in   404  404  404  403  200  404  200  404  404
escalate_thread    GET  hidden                         : in   in   404  404  404  404  403  404  403  404  404
escalate_thread    POST public,signed-in,silent,solved : in   in   403  403  403  403  303  303  303  403  403
escalate_thread    POST locked,merged                  : in   in   403  403  403  403  403  403  403  403  403
escalate_thread    POST group                          : in   in   404  404  404  403  303  404  303  404  404
escalate_thread    POST hidden                         : in   in   404  404  404  404  403  404  403  404  404
# (asked an hour ago: the page says from when on; asked a month ago: at once)
ask_staff          GET  public,signed-in,silent        : in   in   403  200  403  403  403  403  403  403  403
ask_staff          GET  locked,merged,solved           : in   in   403  403  403  403  403  403  403  403  403
ask_staff          GET  group                          : in   in   404  404  404  403  403  404  403  404  404
ask_staff          GET  hidden                         : in   in   404  404  404  404  403  404  403  404  404
ask_staff          POST public,signed-in               : in   in   403  403  403  403  403  403  403  403  403
ask_staff          POST silent                         : in   in   403  303  403  403  403  403  403  403  403
ask_staff          POST locked,merged,solved           : in   in   403  403  403  403  403  403  403  403  403
ask_staff          POST group                          : in   in   404  404  404  403  403  404  403  404  404
ask_staff          POST hidden                         : in   in   404  404  404  404  403  404  403  404  404
# (none of them is about a question, so nothing is published of them, given back or solved there)
ticket_outcome     GET  t-open                         : in   in   403  403  403  403  403  200  200  403  403  200  200
ticket_outcome     GET  t-team                         : in   in   403  403  403  403  403  200  200  403  403  200  404
ticket_outcome     GET  t-handed                       : in   in   403  403  403  403  403  200  200  403  403  404  200
ticket_outcome     POST t-open                         : in   in   403  403  403  403  403  400  400  403  403  400  400
ticket_outcome     POST t-team                         : in   in   403  403  403  403  403  400  400  403  403  400  404
ticket_outcome     POST t-handed                       : in   in   403  403  403  403  403  400  400  403  403  404  400
give_back          POST t-open                     : in   in   403  403  403  403  403  400  400  403  403  400  400
give_back          POST t-team                     : in   in   403  403  403  403  403  400  400  403  403  400  404
give_back          POST t-handed                   : in   in   403  403  403  403  403  400  400  403  403  404  400
close_solved       POST t-open                     : in   in   403  403  403  403  403  400  400  403  403  400  400
close_solved       POST t-team                     : in   in   403  403  403  403  403  400  400  403  403  400  404
close_solved       POST t-handed                   : in   in   403  403  403  403  403  400  400  403  403  404  400
sort_ticket        POST t-open                         : in   in   403  403  403  403  403  303  303  403  403  303  303
sort_ticket        POST t-team                         : in   in   403  403  403  403  403  303  303  403  403  303  404
sort_ticket        POST t-handed                       : in   in   403  403  403  403  403  303  303  403  403  404  303
relate_ticket      POST t-open                         : in   in   403  403  403  403  403  303  303  403  403  303  303
relate_ticket      POST t-team                         : in   in   403  403  403  403  403  303  303  403  403  303  404
relate_ticket      POST t-handed                       : in   in   403  403  403  403  403  303  303  403  403  404  303
copy_ticket        POST t-open                         : in   in   403  403  403  403  403  303  303  403  403  303  303
copy_ticket        POST t-team                         : in   in   403  403  403  403  403  303  303  403  403  303  404
copy_ticket        POST t-handed                       : in   in   403  403  403  403  403  303  303  403  403  404  303
merge_ticket       GET  t-open                         : in   in   403  403  403  403  403  200  200  403  403  200  200
merge_ticket       GET  t-team                         : in   in   403  403  403  403  403  200  200  403  403  200  404
merge_ticket       GET  t-handed                       : in   in   403  403  403  403  403  200  200  403  403  404  200
split_ticket       GET  t-open                         : in   in   403  403  403  403  403  200  200  403  403  200  200
split_ticket       GET  t-team                         : in   in   403  403  403  403  403  200  200  403  403  200  404
split_ticket       GET  t-handed                       : in   in   403  403  403  403  403  200  200  403  403  404  200
split_ticket       POST t-open                         : in   in   403  403  403  403  403  400  400  403  403  400  400
split_ticket       POST t-team                         : in   in   403  403  403  403  403  400  400  403  403  400  404
split_ticket       POST t-handed                       : in   in   403  403  403  403  403  400  400  403  403  404  400
# into the ticket that is everybody's; the second has somebody else in copy
merge_ticket       POST t-open                         : in   in   403  403  403  403  403  400  400  403  403  400  400
merge_ticket       POST t-team                         : in   in   403  403  403  403  403  400  400  403  403  400  404
merge_ticket       POST t-handed                       : in   in   403  403  403  403  403  303  303  403  403  404  303
undo_ticket_move   POST -                              : in   in   403  403  403  403  403  404  404  403  403
bulk_tickets       POST t-open                         : in   in   403  403  403  403  403  200  200  403  403  200  200

# not made in production; and these requests do not come from this machine's own address
outbox             GET  -                              : 404
outbox_mail        GET  -                              : 404
outbox_mail_html   GET  -                              : 404
outbox_reply       POST -                              : 404
look_as            POST -                              : 404
"""

#: Routes of libraries, by the beginning of their path: who may GET what is not a form for everybody.
#: Nothing below these writes on GET, and none answers with a 5xx.
LIBRARIES = {
    "admin/": "admins with a second factor; all others are led away (302, 403 or 404)",
    "accounts/": "each person's own account",
}


@dataclass(frozen=True)
class Line:
    """What each role is answered when it asks this of that object."""

    route: str
    method: str
    thing: str
    answers: dict[str, str]


def read_table() -> list[Line]:
    """The table's lines, one for each object."""
    lines = []
    for text in TABLE.splitlines():
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        left, _colon, right = text.partition(":")
        (route, method, things), answers = left.split(), right.split()
        assert len(answers) in (1, len(COLUMNS), len(COLUMNS) + len(AGENTS)), f"one, or one for each role: {text}"
        each = dict(zip((*COLUMNS, *AGENTS), answers if len(answers) > 1 else answers * len(ROLES), strict=False))
        each = dict.fromkeys(AGENTS, each["agent"]) | each
        each["erased"] = each["suspended"]
        lines += [Line(route, method, thing, each) for thing in things.split(",")]
    return lines


LINES = read_table()

#: Route -> method -> the objects named, in the table's order.
LINES_BY_ROUTE: dict[str, dict[str, list[str]]] = {}
for _line in LINES:
    LINES_BY_ROUTE.setdefault(_line.route, {}).setdefault(_line.method, []).append(_line.thing)
