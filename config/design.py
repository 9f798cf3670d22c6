"""The living design page (/design/, only where DEBUG is on): every piece of the interface in all its states."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from community import clock
from community.templatetags.ui import BADGES

#: The kinds of buttons, with words and an icon that suit them.
KINDS = (
    ("", "Watch", "eye"),
    ("primary", "Ask a question", "plus"),
    ("success", "Mark as solution", "check"),
    ("danger", "Hide", "eye-off"),
    ("quiet", "Quote", "quote"),
)
LONG_WORD = "Konfigurationsoberflächenanmeldeseitenzertifikatsfehlermeldungsübersichtstabellenspaltenüberschrift"
TONES = ("neutral", "info", "success", "warning", "danger", "violet")
PEOPLE = (
    "Maja Lindqvist",
    "Tomasz K.",
    "hausmeister_krause",
    "Aisha Rahman",
    "李 明",
    "Ørjan",
    "N. P. Okafor",
    "sam",
    "Zoë Vega",
)
# As Pygments marks it; the very long line has to scroll sideways on a phone.
CODE = """<pre><code><span class="c1"># Wait until the hub answers.</span>
<span class="k">def</span> <span class="nf">wait</span><span class="p">(</span><span class="n">hub</span>\
<span class="p">,</span>\
 <span class="n">seconds</span><span class="o">=</span><span class="mi">30</span><span class="p">):</span>
    <span class="k">if</span> <span class="ow">not</span> <span class="n">hub</span><span class="o">.</span>\
<span class="n">ping</span><span class="p">():</span>
        <span class="k">raise</span> <span class="ne">TimeoutError</span><span class="p">(</span>\
<span class="s2">"no answer from the hub, not even after the button was held for ten seconds"</span>\
<span class="p">)</span>
<span class="gd">-old line</span>
<span class="gi">+new line</span></code></pre>"""


class SampleForm(forms.Form):
    """One field of every kind."""

    title = forms.CharField(
        label="Title", max_length=200, help_text="Say it as you would to a friend: what did you do, what happened?"
    )
    board = forms.ChoiceField(label="Product", choices=[("", "Choose one"), ("router", "Router")])
    kind = forms.ChoiceField(
        label="What is it?",
        widget=forms.RadioSelect,
        choices=[("question", "A question"), ("problem", "A problem"), ("idea", "An idea")],
    )
    version = forms.CharField(
        label="Product version", required=False, help_text="On the label under the device, or in the app."
    )
    email = forms.EmailField(label="Your e-mail address")
    body = forms.CharField(label="Describe it", widget=forms.Textarea(attrs={"rows": 6}))
    picture = forms.FileField(label="Picture", required=False)
    notify = forms.BooleanField(
        label="Tell me about new answers", required=False, help_text="By e-mail; stop it with one click."
    )


def _thread(title: str, state: str, asker: str, hours: int, answers: int, me_too: int, **facts: Any) -> SimpleNamespace:
    tags = [SimpleNamespace(name=name, get_absolute_url="#") for name in facts.pop("tags", ())]
    known = {
        "escalated_at": None,
        "outdated_at": None,
        "hidden_at": None,
        "closed_at": None,
        "is_solvable": True,
        "kind": "question",
    }
    return SimpleNamespace(
        title=title,
        state=state,
        get_absolute_url="#",
        board=SimpleNamespace(name=facts.pop("board", "Router"), get_absolute_url="#"),
        asker=SimpleNamespace(display_name=asker),
        tags=SimpleNamespace(all=tags),
        last_activity_at=clock.now() - timedelta(hours=hours),
        answer_count=answers,
        me_too_count=me_too,
        imported_me_too=0,
        **(known | facts),
    )


def _threads() -> list[SimpleNamespace]:
    return [
        _thread(
            "The router blinks red after the update to 4.2",
            "solved",
            "Maja Lindqvist",
            1,
            7,
            214,
            tags=["update", "led"],
        ),
        _thread(
            "Camera loses the wireless network every night at 2 o'clock",
            "needs_info",
            "Tomasz K.",
            3,
            2,
            5,
            board="Camera",
        ),
        _thread("Can two hubs share one account?", "new", "Aisha Rahman", 0, 0, 1, tags=["account"]),
        _thread(
            "Still dropping out: tried everything on this page",
            "needs_attention",
            "sam",
            26,
            12,
            48,
            escalated_at=clock.now(),
        ),
        _thread("Wie stelle ich die Sprache der Oberfläche dauerhaft um?", "responded", "hausmeister_krause", 60, 3, 0),
        _thread(
            "Firmware 3.9 over serial", "solved", "Ørjan", 9000, 4, 1320, outdated_at=clock.now(), tags=["firmware"]
        ),
        _thread("A night mode for the status light", "new", "Zoë Vega", 5, 9, 31, is_solvable=False, kind="idea"),
    ]


def _rtl_threads() -> list[SimpleNamespace]:
    return [
        _thread("الضوء الأحمر لا ينطفئ بعد التحديث 4.2", "solved", "ليلى حداد", 2, 3, 12, board="جهاز التوجيه"),
        _thread("הנורה האדומה לא נכבית", "new", "נועה", 5, 0, 1, board="Router W3", tags=["עדכון"]),
    ]


def _context(request: HttpRequest) -> dict[str, Any]:
    sprite = (settings.BASE_DIR / "static/img/icons.svg").read_text()
    return {
        "signed_in": "as" in request.GET,
        "icons": re.findall(r'<symbol id="([a-z-]+)"', sprite),
        "badges": list(BADGES),
        "tones": TONES,
        "people": PEOPLE,
        "code": CODE,
        "kinds": KINDS,
        "somebody": SimpleNamespace(display_name="Maja Lindqvist", username="maja", slug="maja", is_authenticated=True),
        "threads": _threads(),
        "rtl_threads": _rtl_threads(),
        **_forms(),
        **_choices(),
        **_facts(),
        **_far_too_much(),
        "now": clock.now(),
        "earlier": clock.now() - timedelta(hours=5),
        "long_ago": datetime(2019, 3, 12, 14, 3, tzinfo=UTC),
    }


def _forms() -> dict[str, Any]:
    """The same form as it begins, with what is wrong in it, switched off, and with somebody's files."""
    return {
        "form": SampleForm(initial={"kind": "question"}),
        "bad_form": SampleForm({"bad-email": "maja at home", "bad-kind": "poem"}, prefix="bad"),
        "off_form": SampleForm(prefix="off"),
        "write_form": SampleForm(prefix="write"),
        "files": [
            {"name": "back-of-the-router.jpg", "url": "#", "remove_name": "remove", "remove_value": "1"},
            {"name": "log.txt"},
        ],
    }


def _choices() -> dict[str, Any]:
    """Ways on: tabs, a menu, breadcrumbs."""
    counts = {"All": 1280, "New": 14, "Needs attention": 9, "Needs info": 22, "Answered": 310, "Solved": 925}
    return {
        "tabs": [
            {"label": label, "url": "#", "current": label == "New", "count": count} for label, count in counts.items()
        ],
        "menu_items": [
            {"label": "Edit", "url": "#", "icon": "edit"},
            {"label": "See what changed", "url": "#", "icon": "history"},
            {"label": "Hide", "url": "#", "icon": "eye-off", "danger": True},
        ],
        "crumbs": [("Boards", "#"), ("Router", "#")],
    }


def _facts() -> dict[str, Any]:
    """What is told in figures and tables."""
    return {
        "facts": [("Asked", "12 March 2025"), ("Board", "Router", "#"), ("Version", "4.2.1"), ("Seen", "1,204 times")],
        "figures": [
            ("2 h", "median first answer"),
            ("81 %", "of questions solved"),
            ("1,204", "people helped this month"),
        ],
        "rows": [("Router", 412, "1.8 h", "84 %"), ("Camera", 96, "3.1 h", "71 %"), ("Hub", 58, "5.0 h", "66 %")],
        "head": ["Board", "Questions", "First answer", "Solved"],
    }


def _far_too_much() -> dict[str, Any]:
    """Words without an end and more of everything than there is room for."""
    tags, counts = [LONG_WORD, "a", "b", "c"], (12_400, 999_000)
    return {
        "long_thread": _thread(f"{LONG_WORD} {LONG_WORD}", "needs_attention", LONG_WORD, 3, *counts, tags=tags),
        "long_facts": [(LONG_WORD, LONG_WORD), ("Address", "http://192.168.100.1/administration/overview.cgi", "#")],
        "many": [f"tag-{number}" for number in range(1, 41)],
        "many_tabs": [{"label": f"Tab {number}", "url": "#", "current": number == 9} for number in range(1, 17)],
    }


def design(request: HttpRequest) -> HttpResponse:
    """Every piece in all its states."""
    return render(request, "site/design.html", _context(request))
