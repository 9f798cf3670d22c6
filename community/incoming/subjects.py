"""From a mail's subject to a question's title."""

import re

from community.actions.compose import MAX_TITLE
from community.content.text import excerpt

#: What mail programs put before a subject, in the languages of their users, once or again and again: "Re[2]: AW: Fwd:".
_MARKS = (
    "re|r|fw|fwd|aw|wg|antw|antwort|sv|vs|vb|vl|rif|i|rv|res|enc|tr|odp|pd|ynt|ilt|doorst|bls|"
    "回复|回覆|答复|转发|轉寄|返信|転送|답장|전달"
)
_BEFORE = re.compile(rf"\s*(?:{_MARKS})\s*(?:[\[(]\d{{1,4}}[\])])?\s*[:：]\s*", re.IGNORECASE)
#: "[External] ...": what a mail host put there; a list's own prefix is named by the board.
_WARNING = re.compile(r"\s*\[(?:ext|extern|external|externe|spam\??|suspected spam)\]:?\s*", re.IGNORECASE)
#: What mail programs write where nobody wrote a subject.
_NONE = frozenset({
    *("no subject", "(no subject)", "<no subject>", "kein betreff", "(kein betreff)", "ohne betreff", "(ohne betreff)"),
    *("sin asunto", "(sin asunto)", "(aucun objet)", "(sans objet)", "(nessun oggetto)", "(geen onderwerp)"),
    *("(brak tematu)", "none", "null"),
})  # fmt: skip
_FROM_BODY = 80


def bare_subject(subject: str, *, prefix: str = "") -> str:
    """The subject without what programs put before it; "" for one that says nothing."""
    told, before = " ".join(subject.split())[:1000], None
    while told != before:
        before = told
        told = _WARNING.sub("", told, count=1) if _WARNING.match(told) else told
        told = _BEFORE.sub("", told, count=1) if _BEFORE.match(told) else told
        for mark in (prefix, f"[{prefix}]"):
            if prefix and told.casefold().startswith(mark.casefold()):
                told = told[len(mark) :].lstrip(" :-")
    return "" if told.casefold() in _NONE else told


def title_from(subject: str, body: str, *, prefix: str = "") -> str:
    """A title for what a mail asks: its subject, else its first words."""
    if told := bare_subject(subject, prefix=prefix):
        return excerpt(told, MAX_TITLE)
    first = next((line.strip("#>*_`- \t") for line in body.splitlines() if any(map(str.isalnum, line))), "")
    return excerpt(re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)", r"\1", first), _FROM_BODY)
