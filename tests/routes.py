"""The site's routes as the resolver knows them, and what the site's own pages would send there."""

from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

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
    if "position" in path:
        arguments["position"] = answer.position if answer else 0
    if "attachment_id" in path:
        arguments = {"attachment_id": world.files[thing].pk, "name": world.files[thing].name}
    if "notification_id" in path:
        arguments["notification_id"] = world.notices[thing].pk
    if "slug" in path:
        arguments["slug"] = {
            "thread": thread.slug if thread else "",
            "board": world.boards[thing].slug if thing in world.boards else "",
            "board_feed": world.boards[thing].slug if thing in world.boards else "",
            "tag": world.tags[thing].slug if thing in world.tags else "",
            "tag_feed": world.tags[thing].slug if thing in world.tags else "",
            "person": world.people["asker" if thing == "public" else "closed"].username_key,
            "claim_person": world.people["archived" if thing == "public" else "closed"].slug,
        }[route]
    if "token" in path:
        asked = Stop("mute", "thread", thread.pk if thread else 1)
        is_about_an_answer = route in ("solved", "not_yet") and answer is not None
        if route == "stop":
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
    if route in ("outbox_mail", "outbox_mail_html"):
        arguments["name"] = "20260101-000000-0000000000000000"
    return reverse(route, kwargs=arguments)


def form(world: World, route: str, thing: str) -> dict[str, Any]:
    """What the page's own form would send."""
    thread, answer = world.threads.get(thing), world.answers.get(thing)
    where = world.boards.get(thing, world.boards["public"])
    forms: dict[str, dict[str, Any]] = {
        "ask": {"title": "Hello", "body": "It blinks.", "board": where.slug, "kind": "question", "post_key": "k"},
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
        "move_thread": {"board": world.boards["signed-in"].slug},
        "retag_thread": {"tags": "changed"},
        "mark_duplicate": {"original": str(world.threads["solved"].pk)},
        "stop_watching": {"thread": [thread.pk if thread else 0]},
        "change_watch": {"do": "watch", "thread": thread.pk if thread else 0},
        "profile_settings": {"display_name": "Changed", "about": "", "language": "", "time_zone": ""},
        "watch_rhythm": {"rhythm": "daily", "thread": thread.pk if thread else 0},
        "notice_settings": {f"topic-{topic}": CHOICES[topic][0] for topic in CHOICES},
        "switch_notices": {"do": "off"},
        "stop": {"List-Unsubscribe": "One-Click"},
        "language": {"language": "de"},
        "consent": {"counting": "yes"},
        "open_form": {"token": "6a6f1f8e-2f5e-4f5b-9c7e-0d9a4f3b2c1d", "surface": "ask", "board": where.slug},
        "form_event": {"token": "6a6f1f8e-2f5e-4f5b-9c7e-0d9a4f3b2c1d", "kind": "solved", "thread": 1, "stops": "yes"},
        "suggestions": {"title": "It blinks in the night", "surface": "ask", "form_token": TOKEN},
        "suggestion": {"did": "solution", "surface": "ask", "form_token": TOKEN},
        "accept_invitation": {"display_name": "Invited"},
    }
    if route == "add_attachment":
        return {"file": SimpleUploadedFile("log.txt", b"line one\n", "text/plain")}
    return forms.get(route, {})


def send(client: Client, method: str, path: str, data: dict[str, Any]) -> Any:
    if method == "POST":
        return client.post(path, data)
    return client.generic(method, path)
