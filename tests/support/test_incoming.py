"""Mail to a ticket: the customer's side writes in it, those who work on it reply to the customer."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from community import clock
from community.errors import NotThere, Refused
from community.incoming.choosing import post_key_of_row
from community.incoming.commands import ACCEPT, LEAVE
from community.incoming.records import Letter, MailFile, Reached
from community.models import IncomingMail, User
from support.actions import drafts, regrouping, replies
from support.incoming import TARGETS
from support.models import (
    PendingReply,
    Status,
    TeamMember,
    Ticket,
    TicketAttachment,
    TicketCc,
    TicketDraft,
    TicketMessage,
    TicketNote,
)
from tests.factories import admin, agent, moderator, person
from tests.mailed import held_mail
from tests.support.desk import at_status, fresh, queue, story, team, ticket

pytestmark = pytest.mark.django_db

TARGET: Any = TARGETS["k"]


def take(actor: User, to: Ticket, body: str = "It works with the other cable.", **fields: Any) -> Reached:
    reached = TARGET.take(actor=actor, number=to.pk, letter=Letter("Re: It", body, **{"once": "mail-1", **fields}))
    assert isinstance(reached, Reached)
    return reached


def said_in(of: Ticket) -> list[tuple[str, bool, str]]:
    return list(of.messages.order_by("position").values_list("body", "is_staff", "via"))


def in_copy(of: Ticket, who: User) -> None:
    TicketCc.objects.create(ticket=of, person=who, added_by=of.requester)


# The customer's side --------------------------------------------------------------------------------------------------
def test_what_the_customer_replies_stands_in_the_ticket_and_opens_it() -> None:
    made = at_status(Status.WAITING, agent())
    reached = take(made.requester, made)
    assert said_in(made)[-1] == ("It works with the other cable.", False, "mail")
    assert fresh(made).status == Status.OPEN
    assert reached == Reached(f"/my/{made.pk}/#m3")


def test_who_is_in_copy_writes_there_too() -> None:
    made, ben = at_status(Status.WAITING, agent()), person()
    in_copy(made, ben)
    take(ben, made)
    assert made.messages.get(position=3).author == ben


def test_the_same_mail_twice_is_one_message() -> None:
    made = at_status(Status.WAITING, agent())
    assert take(made.requester, made) == take(made.requester, made)
    assert made.messages.count() == 3


def test_a_reply_to_a_closed_ticket_begins_one_that_goes_on_from_it() -> None:
    made = at_status(Status.CLOSED, agent())
    take(made.requester, made)
    other = Ticket.objects.exclude(pk=made.pk).get()
    assert (other.requester, other.channel) == (made.requester, "mail") and made.messages.count() == 2


def test_a_reply_to_a_ticket_that_was_merged_stands_where_that_went() -> None:
    anna, boss = person(), admin()
    first, second = ticket(anna), ticket(anna)
    regrouping.merge(actor=boss, ticket_id=first.pk, into_id=second.pk)
    reached = take(anna, first)
    assert reached.place.startswith(f"/my/{second.pk}/") and second.messages.count() == 3


@pytest.mark.parametrize("who", [person, moderator, lambda: agent(second_factor=False)])
def test_nobody_else_reaches_it(who: Any) -> None:
    made = ticket()
    with pytest.raises(NotThere):
        take(who(), made)
    assert made.messages.count() == 1 and not PendingReply.objects.exists()


def test_a_ticket_that_is_not_there_is_told_as_one_out_of_sight() -> None:
    with pytest.raises(NotThere):
        TARGET.take(actor=person(), number=2**62, letter=Letter("", "Hello"))


# Those who work on it -------------------------------------------------------------------------------------------------
def test_what_an_agent_replies_goes_to_the_customer_and_is_never_a_note() -> None:
    ada, made = agent(), ticket()
    reached = take(ada, made, "Please try the other cable.")
    pending = PendingReply.objects.get()
    assert made.messages.count() == 1 and reached.place == f"/desk/{made.pk}/"
    with clock.at(pending.leaves_at):
        replies.let_leave()
    assert said_in(made)[-1] == ("Please try the other cable.", True, "mail")
    assert fresh(made).status == Status.WAITING and not TicketNote.objects.exists()
    take(ada, made, "Please try the other cable.")
    assert made.messages.count() == 2 and not PendingReply.objects.exists()


def test_what_is_being_written_at_the_desk_stays(settings: Any) -> None:
    settings.UNDO_SECONDS = 0
    ada, made = agent(), ticket()
    drafts.save(actor=ada, ticket_id=made.pk, kind=TicketDraft.Kind.REPLY, body="Half a sentence")
    take(ada, made)
    assert TicketDraft.objects.get().body == "Half a sentence" and made.messages.count() == 2


def test_an_agent_of_another_team_reaches_nothing() -> None:
    ada, made = agent(), ticket()
    Ticket.objects.filter(pk=made.pk).update(queue=queue(team=team(agent())))
    with pytest.raises(NotThere):
        take(ada, made)
    TeamMember.objects.create(team=fresh(made).queue.team, person=ada)
    take(ada, made)


def test_an_agent_is_the_customer_in_a_ticket_of_their_own() -> None:
    ada = agent()
    made = ticket(ada)
    take(ada, made)
    assert said_in(made)[-1][1] is False and not PendingReply.objects.exists()


def test_a_reply_by_mail_to_a_closed_ticket_is_refused_as_on_the_page() -> None:
    ada = agent()
    with pytest.raises(Refused):
        take(ada, at_status(Status.CLOSED, ada))
    assert not PendingReply.objects.exists()


# Words that do something ----------------------------------------------------------------------------------------------
def test_solved_resolves_the_requesters_ticket_and_posts_nothing() -> None:
    made = at_status(Status.WAITING, agent())
    reached = take(made.requester, made, "solved", command=ACCEPT)
    assert fresh(made).status == Status.RESOLVED and story(made)[-1] == "resolved"
    assert reached.was_command and made.messages.count() == 2


def test_solved_resolves_the_ticket_that_took_it_in() -> None:
    anna = person()
    first, second = ticket(anna), ticket(anna)
    regrouping.merge(actor=admin(), ticket_id=first.pk, into_id=second.pk)
    take(anna, first, "solved", command=ACCEPT)
    assert fresh(second).status == Status.RESOLVED


def test_who_is_in_copy_decides_nothing_and_leaves_by_a_word() -> None:
    made, ben = at_status(Status.WAITING, agent()), person()
    in_copy(made, ben)
    with pytest.raises(Refused):
        take(ben, made, "solved", command=ACCEPT)
    assert fresh(made).status == Status.WAITING
    assert take(ben, made, "leave", command=LEAVE).was_command
    assert not made.ccs.exists() and made.messages.count() == 2


def test_nobody_leaves_their_own_ticket_by_a_word() -> None:
    made = ticket()
    with pytest.raises(Refused):
        take(made.requester, made, "leave", command=LEAVE)


@pytest.mark.parametrize("command", [ACCEPT, LEAVE])
def test_an_agents_bare_word_is_never_sent_to_a_customer(command: str) -> None:
    made = ticket()
    with pytest.raises(Refused):
        take(agent(), made, command, command=command)
    assert fresh(made).status == Status.NEW and not PendingReply.objects.exists()


# Files ----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def media(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


LOG = MailFile("log.txt", "text/plain", b"all is well")
TOOL = MailFile("`tool`.exe", "application/octet-stream", b"MZ\x00\x01")


def test_files_come_along_and_what_the_page_would_not_take_is_named(media: Any) -> None:
    made = ticket()
    take(made.requester, made, "See ![shot](cid:a@b) here.", files=(LOG, TOOL))
    said = made.messages.get(position=2)
    assert [each.name for each in said.attachments.all()] == ["log.txt"]
    assert said.body.startswith("See  here.") and "cid:" not in said.body
    assert "`tool .exe`" in said.body and "could not be taken along" in said.body


def test_files_go_with_an_agents_reply(media: Any) -> None:
    ada, made = agent(), ticket()
    take(ada, made, files=(LOG,))
    with clock.at(clock.now() + timedelta(minutes=1)):
        replies.let_leave()
    assert made.messages.get(position=2).attachments.get().name == "log.txt"


def test_a_mail_that_is_only_a_file_is_a_message(media: Any) -> None:
    made = ticket()
    take(made.requester, made, "", files=(LOG,))
    assert made.messages.get(position=2).body == "`log.txt`"


def test_nothing_of_a_refused_mail_stays_on_the_disk(media: Any) -> None:
    ada = agent()
    with pytest.raises(Refused):
        take(ada, at_status(Status.CLOSED, ada), files=(LOG,))
    assert not TicketAttachment.objects.exists()
    assert not [each for each in media.rglob("*") if each.is_file()]


# Who may look ---------------------------------------------------------------------------------------------------------
def held(to: Ticket) -> IncomingMail:
    return IncomingMail.objects.create(
        received_at=clock.now(), door="pipe", target_kind="k", target_id=to.pk, end="held", reason="sender"
    )


def test_held_mail_of_a_ticket_is_seen_by_those_who_work_on_it_and_by_nobody_else() -> None:
    made = ticket()
    ours, theirs = agent(), agent()
    Ticket.objects.filter(pk=made.pk).update(queue=queue(team=team(ours)))
    row = held(made)
    seen = lambda who: row in IncomingMail.objects.visible_to(who)  # noqa: E731
    assert seen(ours) and seen(admin())
    for who in (theirs, moderator(), made.requester, person(), agent(second_factor=False)):
        assert not seen(who)


def test_only_those_who_see_a_ticket_learn_what_it_is_called() -> None:
    made = ticket(subject="It does not start")
    assert TARGET.title_of(made.pk, made.requester) == "It does not start"
    assert TARGET.title_of(made.pk, agent()) == "It does not start"
    assert TARGET.title_of(made.pk, moderator()) is None and TARGET.title_of(0, admin()) is None


def test_what_letting_in_would_do_is_said() -> None:
    made, ada = ticket(), agent(display_name="Ada")
    assert "the ticket as a message of" in TARGET.consequence_of(made.pk, made.requester)
    assert TARGET.consequence_of(made.pk, ada) == "It goes to the customer as a reply of Ada’s."
    assert TARGET.consequence_of(made.pk, None) == "" == TARGET.consequence_of(0, ada)


def test_the_message_keeps_what_tells_its_mail_from_all_others() -> None:
    made = ticket()
    take(made.requester, made, once="a" * 64)
    assert TicketMessage.objects.get(position=2).key == "a" * 64


# At the desk ----------------------------------------------------------------------------------------------------------
def mailed(made: Ticket, who: User) -> IncomingMail:
    """A message of theirs that came by mail, and that mail."""
    row = held_mail(
        "m", who, target_kind="k", target_id=made.pk, message_id="<1@example.com>", end="accepted", reason="posted"
    )
    take(who, made, once=post_key_of_row(row))
    return row


def test_those_who_work_on_it_unfold_what_was_cut_and_customers_never_see_it(client: Client) -> None:
    made = ticket()
    row = mailed(made, made.requester)
    link = f"/incoming/{row.pk}/"
    client.force_login(agent())
    for page in (client.get(f"/desk/{made.pk}/"), client.get(f"/desk/{made.pk}/news/")):
        shown = page.content.decode()
        assert "zqmcut" in shown and link in shown and "by e-mail" in shown
    client.force_login(made.requester)
    shown = client.get(f"/my/{made.pk}/").content.decode()
    assert "zqmcut" not in shown and link not in shown


def test_a_message_moved_to_another_ticket_keeps_what_was_cut_with_those_who_may_see_the_first(client: Client) -> None:
    made, ours = ticket(), agent()
    row = mailed(made, made.requester)
    message = made.messages.get(position=2)
    done = regrouping.split(actor=admin(), ticket_id=made.pk, message_ids=[message.pk])
    Ticket.objects.filter(pk=made.pk).update(queue=queue(team=team(agent())))
    client.force_login(ours)
    shown = client.get(f"/desk/{done.target_id}/").content.decode()
    assert "It works with the other cable." in shown and "zqmcut" not in shown and f"/incoming/{row.pk}/" not in shown
