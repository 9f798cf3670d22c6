"""The top and the foot of every page, rendered once for everybody for whom they are the same; so are fixed words.

Each is made from the plain values named in its function and from nothing else, so that what is kept cannot hold
anything of somebody's. The form token is put in when the page is made.
"""

from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from django import template
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from community import permissions
from community.mails.suspending import trouble_of

register = template.Library()

_TOKEN = "token-of-nobody"  # noqa: S105 - stands for the token until the page is made
_HERE = "place-of-nobody"  # stands for the page's address until the page is made
_PLACE = "page-of-nobody"  # stands for the page somebody may report; empty where the address itself is a key
#: The addresses that look different in the top of their own page.
_PLACES = ("home", "boards", "threads", "tags", "for_you", "ask", "search", "moderation")


class Fixed(template.Node):
    """`{% fixed %}...{% endfixed %}`: words and icons that are the same on every page, rendered once per language.

    They are rendered with no context at all: a variable in between is an error, not a leak.
    """

    child_nodelists = ()  # nothing in it is for a page to replace

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist
        self._kept: dict[tuple[str, str], SafeString] = {}

    def render(self, context: Any) -> SafeString:
        key = (get_language() or "", get_script_prefix())
        if (kept := self._kept.get(key)) is None:
            kept = self._kept[key] = self.nodelist.render(template.Context())
        return kept


@register.tag
def fixed(parser: Any, _token: Any) -> Fixed:
    """See `Fixed`."""
    nodelist = parser.parse(("endfixed",))
    parser.delete_first_token()
    return Fixed(nodelist)


class Place(NamedTuple):
    """A place of the site that only some people have in the top of their pages (settings.MEMBER_PLACES)."""

    label: str
    url: str
    icon: str
    #: whether it stands beside the bell, or in the account's menu only
    is_foremost: bool = False
    #: how many things wait there; 0 says nothing
    waits: int = 0


class Member(NamedTuple):
    """What the top of the page shows of somebody signed in."""

    display_name: str
    username: str
    slug: str
    unread: int
    can_moderate: bool
    can_open_admin: bool
    #: what waits for this person's decision; None for whoever decides nothing
    waiting: int | None = None
    places: tuple[Place, ...] = ()

    @property
    def is_authenticated(self) -> bool:
        return True


@lru_cache(maxsize=8192)
def _header(language: str, name: str, logos: tuple[Any, ...], path: str, member: Member | None) -> str:
    context: dict[str, Any] = {
        "brand": {"name": name, "logos": logos},
        "request": {"path": path},
        "user": member or AnonymousUser(),
        "csrf_token": _TOKEN,
    }
    if member is not None:
        may = {"can_moderate": member.can_moderate, "can_open_admin": member.can_open_admin}
        context |= {"unread_count": member.unread, "waiting_count": member.waiting, "places": member.places, **may}
    return render_to_string("ui/site_header.html", context)


@lru_cache(maxsize=64)
def _footer(language: str, name: str, links: tuple[Any, ...], languages: tuple[Any, ...], counting: str) -> SafeString:
    brand = {"name": name, "footer_links": [dict(link) for link in links], "counting": counting}
    report_url = f"{reverse('report_illegal')}?place={_PLACE}"
    context = {"brand": brand, "languages": [dict(each) for each in languages], "report_url": report_url}
    return mark_safe(render_to_string("ui/site_footer.html", context))  # noqa: S308 - a template's own output


@lru_cache(maxsize=64)
def _languages(current: str, spoken: tuple[tuple[str, str], ...]) -> tuple[Any, ...]:
    """The site's languages for the switch; nothing where there is no choice."""
    address = f"{reverse('language')}?next={_HERE}"
    return _frozen(
        {"code": code, "name": name, "url": address, "current": code == current}
        for code, name in (spoken if len(spoken) > 1 else ())
    )


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    return frozenset(reverse(name) for name in _PLACES)


def _frozen(items: Any) -> tuple[Any, ...]:
    return tuple(tuple(sorted(item.items())) for item in items or ())


def _value(context: Any, variable: template.Variable) -> Any:
    """What a template would read there, None where there is nothing."""
    try:
        return variable.resolve(context)
    except template.VariableDoesNotExist:
        return None


_NAME, _LOGOS = template.Variable("brand.name"), template.Variable("brand.logos")
#: What the page's head links to of the brand's own.
_ADDRESSES = {
    name: template.Variable(f"brand.{name}")
    for name in ("favicon_url", "touch_icon_url", "manifest_url", "stylesheet_url")
}
_LINKS, _LANGUAGES = template.Variable("brand.footer_links"), template.Variable("languages")
_COUNTING = template.Variable("brand.counting")


@lru_cache(maxsize=64)
def _links(**addresses: str) -> SafeString:
    return mark_safe(render_to_string("ui/site_links.html", {"brand": addresses}))  # noqa: S308 - a template's own output


@register.simple_tag(takes_context=True)
def site_links(context: Any) -> SafeString:
    """Icons, manifest, stylesheets and scripts: the site's own, and the brand's where it has them."""
    return _links(**{name: _value(context, variable) or "" for name, variable in _ADDRESSES.items()})


@register.simple_tag(takes_context=True)
def site_header(context: Any) -> SafeString:
    """The top of the page, for this reader at this address."""
    user, request = context.get("user"), context.get("request")
    member = None
    if user is not None and user.is_authenticated:
        unread = int(str(context.get("unread_count", 0)))
        may = {"can_moderate": permissions.can_moderate(user), "can_open_admin": permissions.can_open_admin(user)}
        waiting = int(str(context.get("waiting_count", 0))) if permissions.can_open_queue(user) else None
        places = tuple(place for path in settings.MEMBER_PLACES for place in import_string(path)(user))
        places += _held_mail(int(str(context.get("held_mail_count", 0))))
        member = Member(
            user.display_name, user.username or "", user.slug, unread, waiting=waiting, places=places, **may
        )
    path = request.path if request is not None and request.path in _places() else ""
    html = _header(get_language() or "", _value(context, _NAME) or "", _value(context, _LOGOS) or (), path, member)
    if member is not None:
        html = html.replace(_TOKEN, str(context.get("csrf_token", "")))
    return mark_safe(html)  # noqa: S308 - a template's own output, and the token


def _held_mail(count: int) -> tuple[Place, ...]:
    """Where mail is looked at: a place only while some is held for this person."""
    if not count:
        return ()
    return (Place(_("Held mail"), reverse("incoming"), "mail", is_foremost=True, waits=count),)


@register.simple_tag(takes_context=True)
def mail_banner(context: Any) -> str:
    """For somebody whose address takes no mail: since when, why, and what to do. Asks nothing of the database."""
    user, request = context.get("user"), context.get("request")
    trouble = trouble_of(user) if user is not None else ""
    if not trouble or request is None:
        return ""
    here = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    told = {"trouble": trouble, "address": user.email, "since": user.mail_suspended_at, "next": here}
    return render_to_string("community/mail_banner.html", told, request=request)


@register.simple_tag(takes_context=True)
def site_footer(context: Any) -> SafeString:
    """The foot of the page."""
    current = get_language() or ""
    links = _frozen(_value(context, _LINKS))
    languages = _frozen(_value(context, _LANGUAGES)) or _languages(current, tuple(settings.LANGUAGES))
    html = _footer(current, _value(context, _NAME) or "", links, languages, _value(context, _COUNTING) or "off")
    request = context.get("request")
    here = request.get_full_path() if request is not None and request.method in ("GET", "HEAD") else "/"
    # Quoted for an address, so there is nothing left in it that HTML would read.
    return mark_safe(html.replace(_HERE, quote(here, safe="/")).replace(_PLACE, _reported(request, here)))  # noqa: S308


def _reported(request: Any, here: str) -> str:
    """The page as it may be handed to moderators: of those behind a key (the links of mails), nothing."""
    match = request.resolver_match if request is not None else None
    is_secret = match is None or "token" in match.kwargs or match.url_name == "report_illegal"
    return "" if is_secret else quote(here.partition("?")[0], safe="/")
