"""What a name looks like: one spelling for all that a hurried reader takes for the same. Plain values in and out.

Unicode's own decompositions take letters out of their costumes (full width, bold, ligatures, accents). What is left are
letters of other alphabets, and digits and signs that stand for letters; those few hundred are written down here.
"""

import re
import unicodedata

# Letters that pass for a Latin one in the faces that browsers use, after NFKD and casefolding. Small capitals count.
_LOOKS = {
    "a": "аɑαᴀꭺꓮɐ",
    "b": "ьЬʙвƅᏏꓐᏼβ",
    "c": "сϲᴄᏟꓚⲥↄ",
    "d": "ԁɗᴅᎠꓓԃ",
    "e": "еҽєɛᴇᎬꓰεәǝ℮",
    "f": "ſꞙϝꓝғ",
    "g": "ɡցɢᏀꓖԍğ",
    "h": "һհнʜᎻꓧⲏԋ",
    "i": "іıɩιӏʟᛁꓲⅼƖߊا١۱ǀ∣|וןᎥɪ",
    "j": "јϳᴊᎫꓙ",
    "k": "кκᴋᏦꓗⲕқ",
    "m": "мᴍᎷꓟⲙϻ",
    "n": "ոпɴηꓠⲛή",
    "o": "оοσօᴏᎤꓳⲟ०೦໐๐٥ہهоөⵔᴑס",
    "p": "рρᴘᏢꓑⲣþ",
    "q": "ԛգզ",
    "r": "гᴦʀᎡꓣⲅя",
    "s": "ѕꜱꓢᏚƽՏֆ",
    "t": "тτᴛᎢꓔⲧ",
    "u": "υսᴜꓴцʋμ",
    "v": "ѵνᴠᏙꓦטꮩ",
    "w": "ԝѡшщωᴡᏔꓪա",
    "x": "хχꓫⲭ×ӿ",
    "y": "уγүყꓬʏᎩⲩұ",
    "z": "ᴢᏃꓜⲍʐ",
}
# Capitals of which the small letter looks like another one.
_CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧЅІЈҮԌԜВНҺӀԚ", "abezhikmnoptyxsijygwbhhiq")
_TO_LATIN = {
    ord(look): letter
    for letter, others in _LOOKS.items()
    for other in others
    for look in {other, other.casefold()}
    if len(look) == 1 and not look.isascii()
}
_TO_LATIN |= {ord(one): many for one, many in zip("ßæœøđħł", ["b", "ae", "oe", "o", "d", "h", "l"], strict=True)}
#: Digits and signs as they stand for letters.
_SPOKEN = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "6": "b", "2": "z"}
    | {"@": "a", "$": "s", "!": "i", "|": "i", "+": "t", "€": "e", "¢": "c", "©": "c", "®": "r", "£": "l", "§": "s"}
)
#: Letters by their category, with nothing to be seen: fillers of Hangul, an empty braille pattern.
_BLANK = "\u115f\u1160\u3164\uffa0\u2800"
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NO_WORD = re.compile(r"[\W_]+")
# What the eye cannot tell apart in a hurry, on both sides of every comparison.
_SAME = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("l", "i"), ("j", "i"))


def letters(text: str) -> str:
    """The text in plain small letters, its digits, signs and spaces as they are."""
    shown = "".join(each for each in unicodedata.normalize("NFKD", text[:400]) if _is_shown(each))
    folded = unicodedata.normalize("NFKD", shown.translate(_CAPITALS).casefold().translate(_TO_LATIN))
    return "".join(each for each in folded if _is_shown(each)).translate(_TO_LATIN)


def readings(text: str) -> list[list[str]]:
    """The words of the text as they may be read: digits and signs as letters or as nothing; backwards if it turns."""
    plain = letters(text)
    ways = [plain.translate(_SPOKEN), re.sub(r"\d+", " ", plain)]
    if _BIDI.search(text):
        ways += [each[::-1] for each in ways]
    return [_words(way) for way in dict.fromkeys(ways)]


def skeleton(text: str) -> str:
    """What two names that look the same have in common; "" for a name without letters."""
    return "".join(_words(letters(text).translate(_SPOKEN)))


def of_word(word: str) -> str:
    """A word in the spelling that `readings` brings."""
    for seen, meant in _SAME:
        word = word.replace(seen, meant)
    return word


def _words(plain: str) -> list[str]:
    """The words between signs; letters that stand alone in a row are one word."""
    joined, run = [], ""
    for part in _NO_WORD.split(plain):
        if len(part) == 1:
            run += part
            continue
        joined += [run, part]
        run = ""
    return [of_word(word) for word in [*joined, run] if word]


def _is_shown(each: str) -> bool:
    """Neither a mark on a letter nor something that shows nothing."""
    return (
        unicodedata.category(each) not in {"Mn", "Me", "Cf", "Cc", "Co", "Cn"}
        and each not in "\u115f\u1160\u3164\uffa0\u2800"
    )
