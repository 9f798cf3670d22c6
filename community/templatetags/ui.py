"""The smallest pieces of the interface, as template tags.

A thread page shows hundreds of these and a tag costs a tenth of an include, so the pieces that repeat inside a row live
here; the larger ones are includes in templates/ui/ (see the list in templates/ui/README.md).
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zlib import crc32

from django import template
from django.templatetags.static import static
from django.utils.formats import date_format, get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy

register = template.Library()

AVATAR_HUES = 8
_THOUSANDS = pgettext_lazy("a number of thousands, in as little room as can be", "%(number)sk")
_MILLIONS = pgettext_lazy("a number of millions, in as little room as can be", "%(number)sM")
# Arrows point the other way where text runs from right to left.
DIRECTIONAL_ICONS = frozenset(
    {"arrow-left", "arrow-right", "chevron-left", "chevron-right", "reply", "log-out", "external"}
)

# kind: (icon, word, tone). The word is always shown: colour alone tells nobody anything.
BADGES: dict[str, tuple[str, Any, str]] = {
    "new": ("star", pgettext_lazy("state of a question", "New"), "info"),
    "needs_info": ("question", gettext_lazy("Needs info"), "warning"),
    "needs_attention": ("bell", gettext_lazy("Needs attention"), "warning"),
    "responded": ("message", gettext_lazy("Responded"), "neutral"),
    "solved": ("check-circle", gettext_lazy("Solved"), "success"),
    "solution": ("check-circle", gettext_lazy("Solution"), "success"),
    "closed": ("lock", pgettext_lazy("state of a question", "Closed"), "neutral"),
    "escalated": ("arrow-up", gettext_lazy("With the support team"), "violet"),
    "locked": ("lock", gettext_lazy("Locked"), "neutral"),
    "hidden": ("eye-off", gettext_lazy("Hidden"), "danger"),
    "duplicate": ("link", gettext_lazy("Duplicate"), "neutral"),
    "outdated": ("history", gettext_lazy("Outdated"), "warning"),
    "pinned": ("pin", gettext_lazy("Pinned"), "neutral"),
    "imported": ("download", gettext_lazy("From the archive"), "neutral"),
    "edited": ("edit", gettext_lazy("Edited"), "neutral"),
    "staff": ("shield", gettext_lazy("Staff"), "violet"),
    "moderator": ("shield", gettext_lazy("Moderator"), "violet"),
    "agent": ("shield", gettext_lazy("Support agent"), "violet"),
    "admin": ("shield", gettext_lazy("Administrator"), "violet"),
    "official": ("check-circle", gettext_lazy("Official answer"), "brand"),
    "asker": ("user", gettext_lazy("Asked this"), "info"),
    "question": ("question", gettext_lazy("Question"), "neutral"),
    "problem": ("warning", gettext_lazy("Problem"), "neutral"),
    "idea": ("lightbulb", gettext_lazy("Idea"), "neutral"),
    "praise": ("heart", gettext_lazy("Praise"), "neutral"),
}


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static("img/icons.svg")


@lru_cache(maxsize=256)
def _icon(name: str, css: str) -> SafeString:
    """A decorative icon: hidden from screen readers, because a word stands beside it."""
    classes = " ".join(filter(None, ["icon", "icon-flip" if name in DIRECTIONAL_ICONS else "", css]))
    return format_html(
        '<svg class="{}" width="20" height="20" aria-hidden="true"><use href="{}#{}"/></svg>', classes, _sprite(), name
    )


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """One icon of static/img/icons.svg: with a label its words are there for screen readers, else it is decoration."""
    drawing = _icon(name, css)
    return format_html('{}<span class="visually-hidden">{}</span>', drawing, label) if label else drawing


@lru_cache(maxsize=1024)
def _badge(kind: str, label: str, tone: str, icon_name: str, language: str | None) -> SafeString:
    key = kind.replace("-", "_").replace(" ", "_")
    known_icon, word, known_tone = BADGES.get(key, ("tag", kind.replace("_", " "), "neutral"))
    drawing = _icon(icon_name or known_icon, "")
    return format_html('<span class="badge tone-{}">{}{}</span>', tone or known_tone, drawing, label or word)


@register.simple_tag
def badge(kind: str, label: str = "", tone: str = "", icon: str = "") -> SafeString:
    """Icon, word and tone of a state or a role; an unknown kind shows its label or own name, in the neutral tone."""
    return _badge(str(kind), str(label), tone, icon, get_language())


@lru_cache(maxsize=2048)
def _tally(icon_name: str, number: int, language: str | None) -> SafeString:
    words = {
        "message": ngettext("answer", "answers", number),
        "me-too": ngettext("person has this too", "people have this too", number),
        "thumb-up": ngettext("person found this helpful", "people found this helpful", number),
        "eye": ngettext("view", "views", number),
    }
    return format_html(
        '<span class="tally">{}{}<span class="visually-hidden"> {}</span></span>',
        _icon(icon_name, ""),
        compact(number),
        words[icon_name],
    )


@register.simple_tag
def tally(what: str, number: int, more: int = 0) -> SafeString:
    """A small count: icon, number, and words for screen readers. what: message (answers), me-too, thumb-up or eye."""
    return _tally(what, number + more, get_language())


def initials(name: str) -> str:
    """At most two letters to stand for a name; a question mark for a name without any letter or digit."""
    words = [[character for character in word if character.isalnum()] for word in name.split()]
    letters = [word[0] for word in words if word]
    chosen = letters if len(letters) < 2 else [letters[0], letters[-1]]
    return "".join(chosen).upper() or "?"


@lru_cache(maxsize=4096)
def _avatar(name: str, size: str) -> SafeString:
    hue = crc32(name.encode("utf-8", "surrogatepass")) % AVATAR_HUES
    return format_html('<span class="avatar avatar-{} hue-{}" aria-hidden="true">{}</span>', size, hue, initials(name))


@register.simple_tag
def avatar(name: object, size: str = "md") -> SafeString:
    """A person's initials on a colour that is always theirs; decoration beside the name. Sizes: sm, md, lg."""
    return _avatar(str(name), size)


@lru_cache(maxsize=2048)
def _day(day: date, language: str | None) -> str:
    return date_format(day, "DATE_FORMAT")


@register.simple_tag
def moment(value: datetime | None, exact: bool | str = False) -> SafeString:
    """A time as the same text for every reader (a cached page must not age); site.js makes it relative and local.

    `exact` asks site.js for date and time instead of "2 hours ago"; "clock" for the time alone where it was today.
    None gives an empty string.
    """
    if value is None:
        return SafeString("")
    utc = value.astimezone(UTC)
    stamp = utc.isoformat(timespec="seconds")[:19] + "Z"
    day, at = _day(utc.date(), get_language()), stamp[11:16] + " UTC"
    # Nothing here comes from a person: no escaping needed, and a list shows a hundred of these.
    if exact:
        mark = "data-clock" if exact == "clock" else "data-exact"
        return SafeString(f'<time datetime="{stamp}" title="{day}, {at}" {mark}>{day}, {at}</time>')
    return SafeString(f'<time datetime="{stamp}" title="{day}, {at}">{day}</time>')


@lru_cache(maxsize=1024)
def _tongue(written: str, spoken: str) -> SafeString:
    return SafeString("") if not written or written == spoken.split("-")[0] else format_html(' lang="{}"', written)


@register.filter
def tongue(written: str) -> SafeString:
    """The attribute that says in which language something is written, where that is not the page's."""
    return _tongue(written, get_language() or "")


@register.filter
def compact(number: int) -> str:
    """A count that fits a narrow row, in the reader's way: 999, 1.2k, 34k, 1.2M."""
    if number < 1000:
        return str(number)
    size, form = (1_000_000, _MILLIONS) if number >= 1_000_000 else (1_000, _THOUSANDS)
    value = number / size
    tenths = f"{value:.1f}".rstrip("0").rstrip(".") if value < 10 else str(int(value))
    return form % {"number": tenths.replace(".", get_format("DECIMAL_SEPARATOR"))}


@register.simple_tag
def page_window(page: int, last: int) -> list[int | None]:
    """The page numbers worth showing: first, last, the current one and its neighbours; None where some are left out."""
    wanted = sorted({1, last, page - 1, page, page + 1} & set(range(1, last + 1)))
    shown: list[int | None] = []
    for number in wanted:
        previous = shown[-1] if shown else None
        if previous is not None and number - previous == 2:
            shown.append(number - 1)
        elif previous is not None and number - previous > 2:
            shown.append(None)
        shown.append(number)
    return shown


@register.simple_tag
def error_count(form: Any) -> str:
    """The heading of the error summary, in words."""
    count = sum(len(errors) for errors in form.errors.values())
    return ngettext("There is %(count)s thing to correct", "There are %(count)s things to correct", count) % {
        "count": count
    }
