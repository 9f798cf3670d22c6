"""The language of a text by its script and its small words: good enough to label a thread, and to say "unsure"."""

import re
from collections import Counter

# Enough to be sure, little enough to be quick: a long body says nothing more after its first lines.
MAX_READ = 2_000
MIN_WORDS = 4
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Code, addresses and mail addresses have no language (or always English).
_NOISE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\S*(?:://|@|\\|/)\S*|^(?: {4}|\t).*$", re.S | re.M)

_SMALL_WORDS = {
    "en": """the of and to in is that it for was on with as at this have not are be from or an but they you your my i
        can what when which will would there their if do does did how has been we all no any just some me so then than
        after about only don't i'm it's doesn't please thanks hello hi know need want help why could should get got
        anyone problem use using now other where am had were up out""",
    "de": """der die das und ist nicht ich ein eine einen einem einer zu den dem des von mit auf für im es sich auch
        als an nach bei aus wie wird werden hat habe haben kann oder aber wenn noch nur so dass mir mich mein meine
        sie wir ihr man über war sind vom zum zur wo warum was hallo danke bitte gibt mehr keine kein schon
        immer jetzt doch dann hier alle diese dieser ohne wieder seit gehen geht bin""",
    "fr": """le la les de des du un une et est pas je que qui dans pour sur ne ce il elle avec au aux en vous nous
        mais ou où mon ma mes plus par se sont ai été être j'ai c'est n'est qu'il d'un d'une l'ordinateur comment
        bonjour merci fait faire cette ces tout tous toutes si depuis sans quand peut comme avez leur même
        aussi très bien cela ça y pourquoi votre vos lorsque chez""",
    "es": """el la los las de del un una y es no que en por para con se lo su mi me al como más pero o si está este
        esta estos cuando muy sin sobre también hay ya todo todos puedo tengo hola gracias desde porque qué cómo
        he ha son fue ser hacer le les nos ni donde puede yo eso esto mis sus tiene estoy solo cada vez ahora
        alguien ayuda quiero hace""",
    "it": """il lo la i gli le di del della dei delle un una e è non che in per con si ho mi ma come più se sono da
        al alla nel nella anche questo questa ha hanno o mio mia dal dalla sul sulla cosa ciao grazie buongiorno
        quando perché posso fare tutti tutte essere stato molto solo ora già ci ne dove così però c'è l'ho
        qualcuno salve problema viene sempre dopo suo""",
    "nl": """de het een en van ik niet is dat in op te zijn met voor die maar er aan als ook heb mijn je om naar bij
        wat dan nog hoe kan geen uit wel of over deze dit door worden wordt heeft hebben was alle meer hallo bedankt
        graag wie waar waarom nu moet al zo weer kunnen moeten ze wij hij mij uw u via tot onder sinds
        iemand gaat doen krijg""",
    "pt": """o a os as de do da dos das um uma e é não que em para com se no na nos nas por mais mas como eu meu
        minha ou está este esta isso quando muito sem também há já tudo todos posso tenho olá obrigado obrigada desde
        porque são foi ser fazer ao à pelo pela você ele ela você's seu sua aqui onde pode sobre até
        só agora depois estou consigo ajuda alguém vocês não-é faz tem""",
    "cs": """a je se na v že to s z do o i pro jak ale jsem jsou není by který která které kde když co tak už po při
        od jako mi mám nebo ve ze za také mně můj moje děkuji dobrý den prosím není jen ještě všechny být nelze než
        až bylo byl tím této tento toto proč jde lze""",
    "hu": """a az és hogy nem is egy van ez azt meg csak de már mint ha vagy kell még nincs lehet volt ki el én
        nekem amit ami mert hogyan miért köszönöm üdvözlöm sziasztok minden most után sem fel le be ezt akkor
        szeretném lett tudom ott itt""",
    "fi": """ja on ei että se en kun niin ole mutta tai jos myös olen mitä miten kuin oli voi nyt vain hän sen
        tämä ovat mikä miksi kiitos hei minulla sitä sekä joka jotka siitä kaikki vaan vielä eikä onko saa pitäisi
        ongelma enää itse ollut tämän missä""",
    "tr": """ve bir bu da de için ile ne çok ama var yok mi mı daha gibi olarak ben benim nasıl neden değil
        olan kadar sonra her o şu ya veya bana en ki merhaba teşekkürler lütfen tüm şekilde zaman hesabı
        içinde oldu olduğunu sadece hiç""",
    "pl": """i w na nie się jest to że z do jak o ale po co za od czy są tylko mam już przez ma tak jej jego
        mi może które który która dla przy lub jeśli kiedy gdzie dziękuję dzień dobry proszę był było być tego
        ten ta także bardzo więc mnie""",
    "sv": """och det att i en jag som är på inte för med har den till av om ett men så kan var från vad när hur
        eller min mitt mina nu alla då man vi ni hej tack någon detta denna finns också bara utan efter
        inga ingen skulle blir varför sedan""",
}
# Letters that one of these languages has and the others have not: each counts like a small word.
_LETTERS = {
    "de": "ß",
    "es": "ñ¿¡",
    "pt": "ãõ",
    "fr": "œêù",
    "cs": "řěůď",
    "hu": "őű",
    "tr": "ğış",
    "pl": "łąężśćńź",
    "sv": "å",
}
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
)


def _weights() -> dict[str, list[tuple[str, float]]]:
    """Word -> the languages it belongs to, each with its weight: a word of one language tells most."""
    owners: dict[str, list[str]] = {}
    for language, words in _SMALL_WORDS.items():
        for word in set(words.split()):
            owners.setdefault(word, []).append(language)
    return {word: [(language, 1 / len(languages)) for language in languages] for word, languages in owners.items()}


_WEIGHTS = _weights()


def detect(text: str) -> str | None:
    """Return the language code of `text`, or None when unsure: too short, mixed, or none of those known here.

    By letters: ja, zh, ko, ru, el, he, ar (Cyrillic is called ru). By small words: en, de, es, fr, it, nl, pt, cs, hu,
    fi, tr, pl, sv. About 0.1 ms.
    """
    text = _NOISE.sub(" ", text[: 2 * MAX_READ])[:MAX_READ]
    by_script = _by_script(text)
    if by_script is not None:
        return by_script
    words = [word.replace("’", "'") for word in _WORD.findall(text.lower())]
    scores: Counter[str] = Counter()
    for word in words:
        for language, weight in _WEIGHTS.get(word, ()):
            scores[language] += weight  # type: ignore[assignment]  # weights are fractions
    if not text.isascii():
        lowered = text.lower()
        for language, letters in _LETTERS.items():
            scores[language] += sum(lowered.count(letter) for letter in letters)
    if len(words) < MIN_WORDS or not scores:
        return None
    (best, score), (_second, next_score) = (*scores.most_common(2), ("", 0))[:2]
    # Real sentences have a small word in every third or fourth place.
    sure = score >= max(1.5, len(words) * 0.08) and score >= next_score * 1.3 + 0.3
    return best if sure else None


def _by_script(text: str) -> str | None:
    if text.isascii():
        return None
    letters = sum(char.isalpha() for char in text)
    # One character of these scripts says what two or three Latin ones say; Japanese mixes kana with Chinese.
    counts = {language: len(pattern.findall(text)) for language, pattern in _SCRIPTS}
    if counts["ja"] and counts["ja"] * 10 >= counts["zh"]:
        counts["ja"] += counts.pop("zh")
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] >= 3 and counts[best] * 3 >= letters else None
