"""Links from one post of the old site to another, found and led to the new place. Plain values, no ORM.

While bodies are converted, a link to a question that is (or will be) here becomes the path the old site used,
`/questions/12#answer-34`; it already works, by redirect. When everything is in, a last pass puts the new address there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

_LINK = re.compile(
    r"""(?:https?:)?(?://(?P<host>[^/?#\s]+))?(?P<path>/[^?#\s]*)(?:\?[^#\s]*)?(?:\#(?P<fragment>\S*))?\Z""",
    re.X | re.I,
)
_QUESTION = re.compile(r"/(?:[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?/)?(?:questions|q)/(?P<id>\d{1,18})(?P<rest>[^\d].*)?\Z")
_ANSWER = re.compile(r"/a/(?P<id>\d{1,18})(?:/.*)?\Z")
_FRAGMENT_ONLY = re.compile(r"#(?P<kind>answer|question)-(?P<id>\d{1,18})\Z")
_IN_FRAGMENT = re.compile(r"(?:answer-)?(\d{1,18})\Z")
_IN_PATH = re.compile(r"/[^/]+/(\d{1,18})/?\Z")
#: what the first pass leaves behind in the Markdown: only ever the whole address of a link
_LEFT = re.compile(
    r"\]\((?:/questions/(?P<question>\d{1,18})(?:\#answer-(?P<fragment>\d{1,18}))?|/a/(?P<answer>\d{1,18}))\)"
)
#: the numbers in HTML that may be such ids, to ask for all of them at once
_CANDIDATE = re.compile(r"(?:/|answer-|question-|\#)(\d{1,18})")
_MAY_HOLD = re.compile(r"/(?:questions|q|a)/\d|#(?:answer|question)-\d")


@dataclass(frozen=True, slots=True)
class Target:
    """What an old link points to; either may be empty."""

    question: str
    answer: str


def parse(address: str, hosts: list[str], here: str = "") -> Target | None:
    """What the address points to, None for a link to anywhere else. `here` is the question whose page it stands on."""
    if match := _FRAGMENT_ONLY.match(address):
        return Target(here, match["id"]) if match["kind"] == "answer" else Target(match["id"], "")
    match = _LINK.match(address.strip())
    if match is None or (match["host"] and match["host"].lower() not in hosts):
        return None
    fragment = _IN_FRAGMENT.match(match["fragment"] or "")
    if answer := _ANSWER.match(match["path"]):
        return Target("", answer["id"])
    if question := _QUESTION.match(match["path"]):
        inside = _IN_PATH.match(question["rest"] or "")
        return Target(question["id"], fragment[1] if fragment else inside[1] if inside else "")
    return None


def candidates(html: str) -> set[str]:
    """Numbers in the body that may be ids of questions or answers it links to."""
    return set(_CANDIDATE.findall(html)) if _MAY_HOLD.search(html) else set()


@dataclass(frozen=True, slots=True)
class InternalLinks:
    """The first pass: old addresses of what is known become paths of this site."""

    hosts: list[str]
    questions: frozenset[str]
    answers: frozenset[str]
    here: str = ""

    def rewrite(self, address: str) -> str:
        target = parse(address, self.hosts, self.here)
        if target is not None:
            known_answer = target.answer in self.answers
            if target.question in self.questions and (known_answer or not address.startswith("#answer")):
                return f"/questions/{target.question}" + (f"#answer-{target.answer}" if known_answer else "")
            if known_answer and not target.question:
                return f"/a/{target.answer}"
        # Not among what comes here: the old site's own address is the only one that may still work.
        if self.hosts and address.startswith("/") and not address.startswith("//"):
            return f"https://{self.hosts[0]}{address}"
        return address


def left_in(markdown: str) -> list[Target]:
    """What the first pass left to be resolved."""
    return [
        Target(match["question"] or "", match["fragment"] or match["answer"] or "")
        for match in _LEFT.finditer(markdown)
    ]


def resolved(markdown: str, address_of: Callable[[Target], str | None], hosts: list[str]) -> str:
    """The text with new addresses; what has none after all goes back to the old site's, where its host is known."""

    def replace(match: re.Match[str]) -> str:
        target = Target(match["question"] or "", match["fragment"] or match["answer"] or "")
        if address := address_of(target):
            return f"]({address})"
        return f"](https://{hosts[0]}{match[0][2:-1]})" if hosts else match[0]

    return _LEFT.sub(replace, markdown)
