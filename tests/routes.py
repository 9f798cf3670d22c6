"""The site's routes as the resolver knows them, and what the site's own pages would send there."""

from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from community.actions import decisions, report_mails
from community.incoming import proof
from community.notices.solved import make_token
from community.notices.stops import Stop, token_of
from community.notices.topics import CHOICES
from community.reading.found.sitemaps import TAGS, THREADS
from tests.access_table import LIBRARIES
from tests.world import World


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the site with its whole path."""
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry, path)
        else:
            yield path, entry


def library_of(path: str) -> str:
    return next((prefix for prefix in LIBRARIES if path.startswith(prefix)), "")


#: The form_token of the form that somebody writes in.
TOKEN = "8f14e45f-ceea-467f-9a52-3b1f0a6d7c11"
OURS = {str(pattern.name): path for path, pattern in walk(get_resolver()) if not library_of(path)}
THEIRS = sorted(path for path, _pattern in walk(get_resolver()) if library_of(path))


def address(world: World, route: str, thing: str) -> str:
    """The address of a route for one object."""
    path, thread, answer = OURS[route], world.threads.get(thing), world.answers.get(thing)
    arguments: dict[str, Any] = {}
    if "thread_id" in path:
        arguments["thread_id"] = thread.pk if thread else 0
    if "answer_id" in path:
        arguments["answer_id"] = answer.pk if answer else 0
    if "hint_id" in path:
        arguments["hint_id"] = world.hints[thing].pk if thing in world.hints else 0
    if "review_id" in path:
        arguments["review_id"] = world.reviews[thing].pk if thing in world.reviews else 0
    if "regrouping_id" in path or "act_id" in path:
        arguments = {"regrouping_id" if "regrouping_id" in path else "act_id": 0}
    if "position" in path:
        arguments["position"] = answer.position if answer else 0
    if "attachment_id" in path:
        arguments = {"attachment_id": world.files[thing].pk, "name": world.files[thing].name}
    if "issue_id" in path:
        arguments["issue_id"] = world.issues[thing].pk if thing in world.issues else 0
    if "ticket_id" in path:
        arguments["ticket_id"] = world.tickets[thing].pk if thing in world.tickets else 0
    if ":view_id" in path:
        arguments["view_id"] = 0
    if "file_id" in path:
        arguments = {"file_id": world.ticket_files[thing].pk, "name": world.ticket_files[thing].name}
    if "decision_id" in path:
        arguments["decision_id"] = world.decisions[thing].pk if thing in world.decisions else 0
    if "mail_id" in path:
        arguments["mail_id"] = world.mails[thing].pk if thing in world.mails else 0
    if "purge_id" in path:
        arguments["purge_id"] = world.purges[thing].pk
    if "note_id" in path:
        arguments["note_id"] = world.notes[thing].pk
    if "export_id" in path:
        arguments["export_id"] = 1
    if "notification_id" in path:
        arguments["notification_id"] = world.notices[thing].pk
    if "slug" in path:
        arguments["slug"] = {
            "thread": thread.slug if thread else "",
            "board": world.boards[thing].slug if thing in world.boards else "",
            "board_feed": world.boards[thing].slug if thing in world.boards else "",
            "tag": world.tags[thing].slug if thing in world.tags else "",
            "tag_feed": world.tags[thing].slug if thing in world.tags else "",
            "ban_person": world.people["asker" if thing == "public" else "closed"].username_key,
            "person": world.people["asker" if thing == "public" else "closed"].username_key,
            "claim_person": world.people["archived" if thing == "public" else "closed"].slug,
        }[route]
    if "token" in path:
        asked = Stop("mute", "thread", thread.pk if thread else 1)
        is_about_an_answer = route in ("solved", "not_yet") and answer is not None
        if route == "decision_by_token":
            arguments["token"] = decisions.token_of(world.decisions["locked"]) if thing == "public" else "made-up"
        elif route == "report_receipt":
            arguments["token"] = report_mails.token_of(world.report) if thing == "public" else "made-up"
        elif route == "claim_mail":
            own = proof.make_token(world.mails["m-public"], world.people["customer"])
            arguments["token"] = own if thing == "public" else "made-up"
        elif route == "stop":
            arguments["token"] = token_of(world.people["asker"], asked)
        else:
            arguments["token"] = make_token(world.people["asker"], answer) if is_about_an_answer else world.invitation
    if route in ("sitemap_threads", "sitemap_tags"):
        size = {"sitemap_threads": THREADS, "sitemap_tags": TAGS}[route]
        arguments["chunk"] = (thread.pk + size - 1) // size if thread else 1
    if route == "brand_stylesheet":
        arguments["version"] = 1
    if route == "brand_file":
        arguments = {"version": 1, "name": "site.webmanifest"}
    if route == "look_as":
        arguments["role"] = "customer"
    if route in ("outbox_mail", "outbox_mail_html", "outbox_reply"):
        arguments["name"] = "20260101-000000-0000000000000000"
    return reverse(route, kwargs=arguments)


def form(world: World, route: str, thing: str) -> dict[str, Any]:
    """What the page's own form would send."""
    thread, answer = world.threads.get(thing), world.answers.get(thing)
    where = world.boards.get(thing, world.boards["public"])
    forms: dict[str, dict[str, Any]] = {
        "ask": {"title": "Hello", "body": "It blinks.", "board": where.slug, "kind": "question", "post_key": "k"},
        "contact": {"title": "Hello", "body": "It blinks.", "board": where.slug, "post_key": "k"},
        "finish_contact": {"email": "somebody@example.com", "name": "Somebody"},
        "write_ticket": {"body": "Any news?", "post_key": "k"},
        "change_copy": {"name": "membername"},
        "rate_ticket": {"score": "5", "words": "Quick."},
        "rating": {"score": "5", "words": "Quick."},
        "finish_asking": {"email": "somebody@example.com", "name": "Somebody"},
        "preview": {"body": "*Hello*"},
        "save_draft": {"place": "ask", "title": "Hello", "body": "It blinks."},
        "answer_thread": {"body": "Try this.", "post_key": "k"},
        "edit_thread": {
            "title": "Changed",
            "body": "Changed.",
            "version": thread.version if thread else 1,
            "tags": "",
            "product_version": "",
        },
        "edit_answer": {"body": "Changed.", "version": answer.version if answer else 1},
        "new_known_issue": {"title": "It blinks", "body": "We are on it.", "board": where.slug, "thread": []},
        "edit_known_issue": {"title": "It blinks", "body": "We are on it.", "version": 1},
        "link_known_issue": {"thread": [str(world.threads["solved"].pk)], "named": ""},
        "unlink_known_issue": {"thread": str(world.threads["public"].pk)},
        "tell_known_issue": {"body": "Found.", "do": "news"},
        "rising": {"of": str(thread.pk if thread else 0)},
        "move_thread": {"board": world.boards["signed-in"].slug},
        "retag_thread": {"tags": "changed"},
        "mark_duplicate": {"original": str(world.threads["solved"].pk)},
        "settle_review": {"choice": "keep"},
        "settle_several": {"choice": "stand", "review": [world.reviews[thing].pk if thing in world.reviews else 0]},
        "look_at_reviews": {"at": world.reviews[thing].pk if thing in world.reviews else 0},
        "flag_thread": {"ground": "spam", "words": "It sells something."},
        "flag_answer": {"ground": "spam", "words": "It sells something."},
        "merge_thread": {"original": str(world.threads["solved"].pk)},
        "split_thread": {"answer": answer.pk if answer else 0, "title": "Split off"},
        "bulk_hide": {"post": f"t{thread.pk if thread else 0}", "ground": "spam"},
        "ban_person": {"ground": "spam", "hide_posts": "on"},
        "propose_duplicate": {"original": str(world.threads["solved"].pk)},
        "start_brake": {"minutes": "60", "reason": "A flood"},
        "take_back": {"thread": world.held.pk},
        "stop_watching": {"thread": [thread.pk if thread else 0]},
        "change_watch": {"do": "watch", "thread": thread.pk if thread else 0},
        "profile_settings": {"display_name": "Changed", "about": "", "language": "", "time_zone": ""},
        "change_list": {"do": "follow", "board": where.pk},
        "renew_reply_addresses": {"generation": 0},
        "watch_rhythm": {"rhythm": "daily", "thread": thread.pk if thread else 0},
        "notice_settings": {f"topic-{topic}": CHOICES[topic][0] for topic in CHOICES},
        "switch_notices": {"do": "off"},
        "stop": {"List-Unsubscribe": "One-Click"},
        "language": {"language": "de"},
        "consent": {"counting": "yes"},
        "open_form": {"token": "6a6f1f8e-2f5e-4f5b-9c7e-0d9a4f3b2c1d", "surface": "ask", "board": where.slug},
        "form_event": {"token": "6a6f1f8e-2f5e-4f5b-9c7e-0d9a4f3b2c1d", "kind": "solved", "thread": 1, "stops": "yes"},
        "reading_seen": {"thread": "1", "stood": "12", "earlier": "1.40 2.3"},
        "reading_survey": {"token": TOKEN, "did": "answer", "solved": "yes", "instead": "phone"},
        "came_for": {"instead": "phone"},
        "went": {"score": "5", "words": "Quick."},
        "suggestions": {"title": "It blinks in the night", "surface": "ask", "form_token": TOKEN},
        "suggestion": {"did": "solution", "surface": "ask", "form_token": TOKEN},
        "redact_thread": {"others": "Hello there", "ground": "private"},
        "purge_thread": {"ground": "private"},
        "accept_invitation": {"display_name": "Invited"},
        "decision": {"words": "It was no advertisement."},
        "decision_by_token": {"words": "It was no advertisement."},
        "explain_decision": {"ground": "spam", "words": "Five links to one shop."},
        "report_illegal": {
            "place": f"/threads/{where.pk}/",
            "category": "fraud",
            "explanation": "It sells what is none.",
            "name": "Rea",
            "address": "rea@example.com",
            "in_good_faith": "on",
        },
        "report_receipt": {"words": "Look again."},
        "claim_mail": {"do": "mine"},
        "save_view": {"name": "Late ones", "due": "late"},
        "reply_ticket": {"body": "Try this.", "then": "waiting"},
        "note_ticket": {"body": "Asked billing."},
        "save_ticket_draft": {"kind": "note", "body": "Asked bil"},
        "assign_ticket": {"to": "", "reason": ""},
        "move_ticket": {"to": "waiting"},
        "escalate_thread": {"reason": "unsolved", "words": "Look at it."},
        "ask_staff": {"reason": "unsolved", "words": "It still blinks.", "shares": "on"},
        "ticket_outcome": {"body": "The update is to blame."},
        "give_back": {"reason": "Others know it."},
        "close_solved": {"body": "It is solved."},
        "sort_ticket": {"priority": "high"},
        "copy_ticket": {"person": "membername"},
        "relate_ticket": {"do": "unrelated", "reason": "An invoice"},
        "merge_ticket": {"into": world.tickets["t-open"].pk},
        "split_ticket": {"message": 0, "subject": "Split off"},
        "bulk_tickets": {"ticket": [world.tickets["t-open"].pk], "to": "me"},
    }
    if route in ("add_attachment", "add_ticket_file"):
        return {"file": SimpleUploadedFile("log.txt", b"line one\n", "text/plain")}
    return forms.get(route, {})


def send(client: Client, method: str, path: str, data: dict[str, Any]) -> Any:
    if method == "POST":
        # as every browser says it
        return client.post(path, data, headers={"Origin": "http://testserver"})
    return client.generic(method, path)
