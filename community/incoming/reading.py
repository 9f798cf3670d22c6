"""A message taken apart: from bytes to plain values, within limits. Runs in a process that can be killed (child.py).

Nothing here knows Django's models, settings or languages: the child starts without them.
"""

import html
import re
from collections import defaultdict
from datetime import UTC, datetime

from community.incoming.automatic import Facts, automatic_of
from community.incoming.bodies import Body, body_of
from community.incoming.bounces import bounce_in_words, bounce_of
from community.incoming.charsets import decode, one_line
from community.incoming.cutting import cut
from community.incoming.fields import Mailbox, date, mailboxes, message_id, message_ids, only_mailbox, parameters, words
from community.incoming.html_replies import cut_html
from community.incoming.mime import Part, take_apart
from community.incoming.records import MAX_MESSAGE, Automatic, Bounce, Cut, Parsed, Unreadable
from community.incoming.transfer import content
from community.incoming.verdict import verdict_of

MAX_SUBJECT = 300
#: Of the names of earlier messages: a thread of years.
MAX_REFERENCES = 100
MAX_RECIPIENTS = 100

#: What is worth having from HTML rather than from the text beside it: code, tables, bold words...
_WORTH = re.compile(r"^ {0,3}(?:```|~~~)|^\|.*\|$|`[^`\n]+`|\*\*\S", re.MULTILINE)
#: ...links whose words are not their address, and lists.
_LINK = re.compile(r"\[([^\]\n]{1,300})\]\(<?([^)\s>]{1,2000})")
_LIST = re.compile(r"^\s{0,8}(?:[-*+•o·]|\d{1,2}[.)])\s+\S", re.MULTILINE)
#: Converting HTML is most of what a mail costs; where none of this is in it, nothing of that can come of it.
_MARKUP = re.compile(r"<(?:pre|code|tt|kbd|samp|ul|ol|table|strong|b|h[1-6]|img)[\s>/]", re.IGNORECASE)
_ANCHOR = re.compile(
    r"<a\s(?:(?!href)[^<>]){0,500}+href\s?=\s?[\"']?(?:mailto:)?([^\"'\s<>]{1,2000}+)[^<>]{0,500}+>([^<]{0,300})",
    re.IGNORECASE,
)
_STUB = re.compile(
    r"(?:html|does(?: not|n['’]t) support|can(?:not|['’]t) (?:view|display|read)|view (?:this|it) in)", re.IGNORECASE
)


def read(raw: bytes, *, authserv: str = "", own_domains: tuple[str, ...] = ()) -> Parsed:
    """Take a message apart. Raises Unreadable.

    `authserv` is whose Authentication-Results count (settings.INCOMING_AUTHSERV); mails that `own_domains` say they
    sent are loops.
    """
    if len(raw) > MAX_MESSAGE:
        raise Unreadable(f"It is larger than {MAX_MESSAGE // 1_000_000} MB.", "too_large")
    left_out: list[str] = []
    top = take_apart(raw, left_out)
    if not top.fields:
        raise Unreadable("It has no header: it is no mail.")
    body = body_of(raw, top)
    sender, reply_to = only_mailbox(top.all("from")), only_mailbox(top.all("reply-to"))
    subject = one_line(words(top.first("subject")), MAX_SUBJECT)
    automatic = automatic_of(_facts(top, sender, subject, own_domains))
    return Parsed(
        message_id=message_id(top.all("message-id")),
        in_reply_to=message_ids(top.all("in-reply-to"), 10),
        references=message_ids(top.all("references"), MAX_REFERENCES),
        sent_at=date(top.first("date"), datetime.now(UTC)),
        subject=subject,
        sender=sender.address,
        sender_name=sender.name,
        reply_to=reply_to.address,
        reply_to_name=reply_to.name,
        delivered_to=_addresses(top, "delivered-to", "x-original-to"),
        to=_addresses(top, "to", "cc"),
        list_id=one_line(words(top.first("list-id")), 200),
        automatic=automatic,
        bounce=_bounce(raw, top, body) if automatic is Automatic.BOUNCE else None,
        verdict=verdict_of(top.all("authentication-results"), authserv=authserv, sender=sender.address),
        cut=_cut(body),
        files=tuple(body.files),
        left_out=tuple(left_out + body.left_out),
    )


def _addresses(top: Part, *names: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in names:
        for value in top.all(name)[:MAX_RECIPIENTS]:
            for each in mailboxes(value, MAX_RECIPIENTS - len(found)):
                if each.address:
                    found[each.address] = None
    return tuple(found)[:MAX_RECIPIENTS]


def _facts(top: Part, sender: Mailbox, subject: str, own_domains: tuple[str, ...]) -> Facts:
    fields: dict[str, list[str]] = defaultdict(list)
    for name, value in top.fields:
        fields[name].append(value)
    declared = parameters(top.first("content-type"))
    return Facts(
        fields=fields,
        content_type=declared.value,
        parameters=declared.parameters,
        parts=[_kind(part) for part in _all_parts(top)],
        sender=sender.address,
        sender_name=sender.name,
        subject=subject,
        own_domains=tuple(domain.lower() for domain in own_domains if domain),
    )


def _all_parts(top: Part) -> list[Part]:
    found, waiting = [], [top]
    while waiting:
        part = waiting.pop()
        found.append(part)
        waiting.extend(reversed(part.parts))
    return found


def _kind(part: Part) -> str:
    method = part.content_type.parameters.get("method", "").lower()
    return f"text/calendar; method={method}" if part.content_type.value == "text/calendar" else part.content_type.value


def _bounce(raw: bytes, top: Part, body: Body) -> Bounce:
    for part in _all_parts(top):
        if part.content_type.value == "message/delivery-status":
            told = bounce_of(decode(content(raw, part)[:100_000], "utf-8"))
            if told is not None:
                return told
    return bounce_in_words(body.plain[:20_000])


def _cut(body: Body) -> Cut:
    """What its author wrote just now: from the text, or from the HTML where that is there alone or holds more."""
    plain, formatted = body.plain, body.formatted
    if not formatted:
        return cut(plain)
    if not plain.strip():
        return cut_html(formatted)
    from_text = cut(plain)
    if from_text.kept and not _STUB.search(plain[:2_000]) and not _may_have_more(formatted):
        return from_text
    from_html = cut_html(formatted)
    if _is_stub(from_text.kept, from_html.kept):
        return from_html
    # Twice as long means that the quote was found in one and not in the other.
    is_sure = bool(from_html.kept.strip()) and len(from_html.kept) <= 2 * len(from_text.kept) + 200
    return from_html if is_sure and _has_more(from_html.kept, from_text.kept) else from_text


def _may_have_more(formatted: str) -> bool:
    """Whether `_has_more` is worth asking."""
    if _MARKUP.search(formatted):
        return True
    anchors = ((target, html.unescape(label).strip()) for target, label in _ANCHOR.findall(formatted))
    return any(label not in target for target, label in anchors)


def _has_more(formatted: str, plain: str) -> bool:
    """Whether the Markdown made of the HTML has what the text beside it lost."""
    if _WORTH.search(formatted) or (_LIST.search(formatted) and not _LIST.search(plain)):
        return True
    links = ((label.replace("\\", ""), target) for label, target in _LINK.findall(formatted))
    return any(label not in target and target not in label for label, target in links)


def _is_stub(plain: str, formatted: str) -> bool:
    """Whether the text only says that there is HTML, or nothing at all."""
    told = plain.strip()
    if not told:
        return bool(formatted.strip())
    return len(told) < 300 and len(formatted) > 2 * len(told) and bool(_STUB.search(told))
