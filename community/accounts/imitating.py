"""Names that speak for the brand or for its people, however they are written. Plain values in and out.

A name speaks for the site when all of it is made of such words ("Nordwave Help", "help24"), when one of its words can
mean nothing else ("Anna Support"), or when the brand stands beside any of them ("Nordwave Anna, Service"). A brand that
is somebody's family name beside other words is just that: Anna Bosch may be called so.
"""

import re
from functools import lru_cache

from community.accounts.skeletons import of_word, readings, skeleton

#: Of these words and rules: with another one every name is looked at anew (actions/imitations.py).
VERSION = 1

# These speak for the site wherever they stand in a name.
_STRONG = """
    admin admins administrator administrators administrateur administration sysadmin superadmin webmaster postmaster
    moderator moderators moderation mods official officially officials staff staffmember support supporter supports
    helpdesk helpline hotline customercare customerservice customersupport customerhelp techsupport livesupport
    kundendienst kundenservice kundensupport kundenbetreuung kundenbetreuer kundenbetreuerin kundenhilfe mitarbeiter
    mitarbeiterin mitarbeiterinnen moderatorin moderatoren administratorin administratoren offiziell offizielle
    offizieller offizielles
    soporte oficial oficiales administrador administradora administradores moderador moderadora moderadores
    atencionalcliente servicioalcliente serviciotecnico ayudaalcliente
"""
# These do so where nothing else is in the name, and beside each other or the brand.
_WEAK = """
    accounts agent agents billing care channel community crew customer customers center centre department desk employee
    feedback headquarters help helper host legal mod operator owner privacy representative safety sales security
    service services status sponsor super superuser system team tech technical technician trust warranty bot
    hilfe dienst beratung betreuung betreuer betrieb garantie kunden kunde technik techniker zentrale leitung
    anlaufstelle besitzer eigentuemer konto konten sicherheit verkauf vertrieb
    ayuda equipo servicio servicios asistencia atencion cliente clientes garantia tecnico seguridad cuenta cuentas
    ventas personal empleado
"""
# These are nobody's name; beside others they are just words.
_ALONE = """
    about abuse account all anonymous answers api ask deleted demo everybody everyone expert find guide here inbox info
    login me news nobody none noreply null people root settings signup undefined unknown user you null
"""
# These are passed over between the others.
_FILLING = """
    the my your our real true original verified genuine online live echt echte echter der die das dem den von vom bei
    from for von fur fuer und and y el la los las de del al a an at by of in im am to zu h hr hrs us uk eu dach inc ltd
    gmbh ag com org net www http https germany deutschland espana spain europe europa global international
    de en es world here now today first lead head chief senior junior
"""
#: Words so long may have a letter twice or once in place of the other ("Suppport", "Suport"): no other word is that.
_LONG = 7
_RUN = re.compile(r"(.)\1+")


def _set(words: str) -> frozenset[str]:
    return frozenset(of_word(word) for word in words.split())


STRONG, WEAK, ALONE, FILLING = _set(_STRONG), _set(_WEAK), _set(_ALONE), _set(_FILLING)


def _thin(word: str) -> str:
    return _RUN.sub(r"\1", word)


_THIN_STRONG = frozenset(_thin(word) for word in STRONG if len(word) >= _LONG)


@lru_cache(maxsize=8)
def _brand(name: str) -> frozenset[str]:
    """The brand's name in one word, as the eye reads it, and what people call it for short: its first word."""
    squeezed, words = skeleton(name), readings(name)[0]
    short = {word for word in words[:1] if len(word) > 3 and word not in STRONG | WEAK | ALONE | FILLING}
    return frozenset({squeezed} if len(squeezed) > 2 else ()) | short


def imitates(name: str, *, brand: str = "") -> bool:
    """Whether the name speaks for the site or its people. `brand` is the site's name."""
    own = _brand(brand)
    return any(_speaks(words, own) for words in readings(name))


def _speaks(words: list[str], own: frozenset[str]) -> bool:
    """Whether these words of one name do."""
    squeezed = "".join(words)
    whole = _kinds(squeezed, own)
    if squeezed in ALONE or (whole and whole != {"filling"}):
        return True
    kinds = [_kinds(word, own) for word in words]
    # Words that together are one of ours, as in "Help Desk", "Nord wave", "Service Team" or "Atención al cliente".
    beside = [_kinds("".join(words[at : at + many]), own) for many in (2, 3) for at in range(len(words) - many + 1)]
    found = frozenset().union(*kinds, *(each & {"brand", "strong"} for each in beside))
    if "strong" in found or {"brand", "weak"} <= found:
        return True
    return all(kinds) and bool(found - {"filling"})


@lru_cache(maxsize=4096)
def _kinds(word: str, own: frozenset[str]) -> frozenset[str]:
    """What the word says, whole or taken apart into such words without a rest; nothing for any other word."""
    if (one := _kind(word, own)) is not None:
        return frozenset({one})
    # ends[n]: what the first n letters can be taken apart into, in parts of three letters and more
    ends: list[frozenset[str] | None] = [frozenset(), *([None] * len(word))]
    for end in range(3, len(word) + 1):
        for begin in range(max(0, end - 20), end - 2):
            before = ends[begin]
            if before is not None and (kind := _kind(word[begin:end], own)) is not None:
                ends[end] = max(ends[end] or frozenset(), before | {kind}, key=len)
    found = ends[-1] or frozenset()
    # Two small words in one ("serviceteam") are as plain as a big one; "Elcare" is not.
    return found | {"strong"} if found == {"weak"} else found


def _kind(word: str, own: frozenset[str]) -> str | None:
    if word in own or _thin(word) in {_thin(each) for each in own if len(each) >= _LONG}:
        return "brand"
    if word in STRONG or _thin(word) in _THIN_STRONG:
        return "strong"
    return "weak" if word in WEAK else "filling" if word in FILLING else None
