"""How away notes and other answers of programs begin, in the languages of mail. Pure.

Each entry is a regular expression for the beginning of a subject. Behind it a colon, a dash, a bracket or the end must
follow, so that a person may still write *about* away notes; whole sentences need nothing behind them.
"""

import re

_BEGINNINGS = {
    "en": r"auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office(?: (?:auto[- ]?)?(?:reply|response|notice))?"
    r"|auto[- ]?generated reply|away from (?:the )?office|vacation (?:reply|notice|response)",
    "de": r"automatische (?:antwort|nachricht|r[üu]ckmeldung)|abwesend|abwesenheit|nicht im (?:haus|b[üu]ro)"
    r"|abwesenheits(?:notiz|meldung|nachricht|assistent)(?: (?:von|vom|bis|ab) .{0,80})?|urlaubs(?:notiz|meldung)",
    "fr": r"r[ée]ponse automatique|absen(?:t|ce) du bureau|message d['’]absence|avis d['’]absence|absence",
    "es": r"respuesta autom[áa]tica|fuera de (?:la )?oficina|ausencia(?: de la oficina)?",
    "pt, gl": r"resposta autom[áa]tica|fora d[eo] escrit[óo]rio|aus[êe]ncia tempor[áa]ria",
    "ca": r"resposta autom[àa]tica",
    "it": r"risposta automatica|fuori (?:sede|ufficio)",
    "nl": r"automatisch antwoord|afwezig(?:heids(?:bericht|assistent|melding))?|niet aanwezig",
    "sv": r"auto(?:matiskt)?[- ]?svar|fr[åa]nvaromeddelande",
    "da, nb": r"automatisk svar|frav[æa]r(?:smeddelelse|smelding)?|ikke til stede",
    "fi": r"automaattinen (?:vastaus|poissaoloviesti)|poissaoloilmoitus",
    "is": r"sjálfvirkt svar",
    "pl": r"autoodpowied[źz]|automatyczna odpowied[źz]|odpowied[źz] automatyczna|poza biurem|nieobecno[śs][ćc]",
    "cs, sk": r"automatick[áa] odpov[ěe][ďd]|mimo kancel[áa][řr]",
    "sl, hr": r"samodejni odgovor|automatski odgovor",
    "hu": r"automatikus v[áa]lasz|h[áa]zon k[íi]v[üu]l",
    "ro": r"r[ăa]spuns automat",
    "lt, lv, et": r"automatinis atsakymas|autom[āa]tisk[āa] atbilde|automaatvastus",
    "ru": r"автоматический ответ|автоответ(?:чик)?|нет на работе",
    "uk, bg": r"автоматична відповідь|автовідповідь|автоматичен отговор",
    "el": r"αυτόματη απάντηση|εκτός γραφείου",
    "tr": r"otomatik (?:yanıt|cevap)|ofis dışında",
    "zh": r"自动(?:回复|答复)|自動(?:回覆|回復)|外出自动回复",
    "ja": r"自動(?:返信|応答|返答)|不在(?:通知|連絡)",
    "ko": r"자동 ?(?:회신|응답)|부재중",
    "he, ar": r"מענה אוטומטי|תשובה אוטומטית|رد تلقائي",
    "vi, id, th": r"trả lời tự động|balas(?:an)? otomatis|การตอบกลับอัตโนมัติ",
}
_SENTENCES = {
    "en": r"i am (?:currently )?(?:out of (?:the )?office|on (?:vacation|holiday|leave))|i['’]m out of (?:the )?office",
    "de": r"ich bin (?:derzeit |zur ?zeit |momentan )?(?:nicht im (?:b[üu]ro|haus)|im urlaub|abwesend)",
    "fr": r"je suis absente?",
    "es, pt": r"estoy fuera de la oficina|estou (?:ausente|de f[ée]rias)",
    "it": r"sono (?:assente|in ferie)",
    "nl": r"ik ben afwezig",
}
_SUBJECT = re.compile(
    rf"(?:\[[^\]]{{1,40}}\]\s*|\*+\s*)?(?:(?:{'|'.join(_BEGINNINGS.values())})"
    r"(?:\s*(?:$|[:：;,\-–—_(\[!\"“„«])|\s+(?:re|aw|sv|tr|ref)\s*:)"
    rf"|(?:{'|'.join(_SENTENCES.values())})\b)",
    re.IGNORECASE,
)


def is_away_subject(subject: str) -> bool:
    """Whether a subject begins as those of away notes do."""
    return bool(_SUBJECT.match(subject[:300]))
