"""Subjects of mails, without what mail programs and lists put before them: so one conversation has one subject."""

import re
import unicodedata

from community.content.text import key

#: "Re" and "Fwd" as mail programs write them, in the languages they speak.
_ANSWERS = """
    re aw antw antwort sv vs vá ref odp od: odg yan ynt rv res resp r rif ris bls atb ots ots: απ σχετ hv ha nt
    отв ответ відп השב رد 回复 回覆 答复 答覆 返信 回答 답장 회신 ตอบ trả_lời
""".replace(":", "").split()
_FORWARDS = """
    fwd fw wg tr rv enc i ts vb vl továbbítás továbbított doorst fs pd ilt i̇lt trs prosl prep πρθ пересл fwd: הועבר
    إعادة_توجيه 转发 轉寄 轉發 転送 전달 chuyển_tiếp
""".replace(":", "").split()
_WORDS = "|".join(re.escape(word.replace("_", " ")) for word in sorted({*_ANSWERS, *_FORWARDS}, key=len, reverse=True))
_PREFIX = re.compile(rf"\s*(?:{_WORDS})\s*(?:\[\d{{1,4}}\]|\(\d{{1,4}}\)|\^\d{{1,4}}|\*\d{{1,4}})?\s*[:：]", re.I)
_TAG = re.compile(r"\s*\[([^\[\]]{1,60})\]")
#: What gateways of companies put before subjects that come from outside.
_GATEWAYS = frozenset({"ext", "external", "extern", "spam", "suspected spam", "non-dod source", "internal use only"})
_MOST = 1000
#: "help", "problem", "question": subjects that say nothing, in two words or fewer.
_GENERIC = 12


def title_of(subject: str, tags: frozenset[str]) -> str:
    """The subject as its author meant it: without the list's tag and what answers and forwards are marked by."""
    return _stripped(subject, tags)[0]


def is_reply(subject: str, tags: frozenset[str]) -> bool:
    """Whether the subject says that it goes on with something."""
    return _stripped(subject, tags)[1]


def subject_key(subject: str, tags: frozenset[str]) -> str:
    """The same for all subjects of one conversation; "" for none that could tell one from another."""
    kept = unicodedata.normalize("NFKC", title_of(subject, tags))
    return key("".join(c if c.isalnum() else " " for c in kept))


def is_generic(subject: str) -> bool:
    """Whether such a subject is found over many conversations: by it alone only neighbours are joined."""
    return len(subject) < _GENERIC or len(subject.split()) < 2


def tag_of(subject: str) -> str:
    """The tag in brackets before a subject, as a key; "" without one."""
    rest = subject[:_MOST]
    while match := _PREFIX.match(rest):
        rest = rest[match.end() :]
    match = _TAG.match(rest)
    return key(match[1]) if match else ""


def _stripped(subject: str, tags: frozenset[str]) -> tuple[str, bool]:
    """(what is left, whether a mark of an answer or a forward was before it)"""
    rest, marked = " ".join(subject.split())[:_MOST], False
    while True:
        if match := _PREFIX.match(rest):
            marked = True
        elif (match := _TAG.match(rest)) and not _is_taken_off(match[1], rest[match.end() :], tags):
            match = None
        if match is None:
            return rest.strip(), marked
        rest = rest[match.end() :]


def _is_taken_off(tag: str, behind: str, tags: frozenset[str]) -> bool:
    """The list's own tags are; a gateway's, where a mark follows or nothing else would tell it from the author's."""
    return key(tag) in tags or key(tag) in _GATEWAYS or bool(_PREFIX.match(behind))
