import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.content.languages import detect

SENTENCES = {
    "en": [
        "My printer does not print anything since the last update. What can I do?",
        "I have tried to restart it twice, but the light is still red and there is no sound.",
        "Where do I find the serial number of the device?",
    ],
    "de": [
        "Mein Drucker druckt seit dem letzten Update nicht mehr. Was kann ich tun?",
        "Ich habe das Gerät schon zweimal neu gestartet, aber die Lampe bleibt rot.",
        "Wo finde ich die Seriennummer von meinem Gerät?",
    ],
    "es": [
        "Mi impresora no imprime nada desde la última actualización. ¿Qué puedo hacer?",
        "He reiniciado el aparato dos veces, pero la luz sigue en rojo y no hay sonido.",
        "¿Dónde está el número de serie de los altavoces?",
    ],
    "fr": [
        "Mon imprimante n'imprime plus rien depuis la dernière mise à jour. Que puis-je faire ?",
        "J'ai redémarré l'appareil deux fois, mais le voyant reste rouge et il n'y a pas de son.",
        "Où est-ce que je trouve le numéro de série de mon appareil ?",
    ],
    "it": [
        "La mia stampante non stampa più niente dall'ultimo aggiornamento. Che cosa posso fare?",
        "Ho riavviato il dispositivo due volte, ma la luce è sempre rossa e non si sente nulla.",
        "Dove trovo il numero di serie della cassa?",
    ],
    "nl": [
        "Mijn printer doet niets meer sinds de laatste update. Wat kan ik doen?",
        "Ik heb het apparaat al twee keer opnieuw gestart, maar het lampje blijft rood.",
        "Waar vind ik het serienummer van mijn toestel?",
    ],
    "pt": [
        "A minha impressora não imprime nada desde a última atualização. O que posso fazer?",
        "Já reiniciei o aparelho duas vezes, mas a luz continua vermelha e não há som.",
        "Onde está o número de série do meu aparelho?",
    ],
    "cs": ["Moje tiskárna od poslední aktualizace nic netiskne. Co mám dělat, když už jsem ji restartoval?"],
    "hu": ["A nyomtatóm a legutóbbi frissítés óta nem nyomtat semmit. Mit lehet tenni, ha már nem is kapcsol be?"],
    "fi": ["Tulostimeni ei tulosta mitään päivityksen jälkeen. Mitä voin tehdä, kun se ei ole enää päällä?"],
    "tr": ["Yazıcım son güncellemeden sonra hiç yazmıyor. Ne yapmam gerekiyor, bu sorun için bir çözüm var mı?"],
    "pl": ["Moja drukarka nie drukuje od ostatniej aktualizacji. Co mam zrobić, jeśli już jest włączona?"],
    "sv": ["Min skrivare skriver inte ut något sedan den senaste uppdateringen. Vad ska jag göra?"],
    "ja": ["更新してからプリンターが印刷しません。どうすればいいですか。", "最新版に更新後、印刷機能が停止した。"],
    "zh": ["更新之后打印机不能打印了，请问怎么办？"],
    "ko": ["업데이트 후에 프린터가 인쇄하지 않습니다. 어떻게 해야 하나요?"],
    "ru": ["После обновления принтер ничего не печатает. Что мне делать?"],
    "el": ["Ο εκτυπωτής μου δεν τυπώνει τίποτα μετά την ενημέρωση. Τι να κάνω;"],
    "he": ["המדפסת שלי לא מדפיסה כלום מאז העדכון. מה לעשות?"],
    "ar": ["لا تطبع طابعتي أي شيء منذ التحديث الأخير. ماذا أفعل؟"],
}


@pytest.mark.parametrize(
    ("language", "sentence"), [(code, one) for code, all_of in SENTENCES.items() for one in all_of]
)
def test_a_sentence_tells_its_language(language, sentence):
    assert detect(sentence) == language


@pytest.mark.parametrize(
    "text",
    ["", "ok", "it is the", "RX-200", "Thunderbird 115.3.1", "12345 67890", "!!!", "lorem foo xyzzy quux grault"],
)
def test_too_little_to_go_by_is_unsure(text):
    assert detect(text) is None


def test_code_and_addresses_do_not_make_a_german_question_english():
    text = (
        "Was bedeutet diese Meldung und wie kann ich das beheben?\n\n```\n"
        + "if the file is not in the list then do this\n" * 9
    )
    assert detect(text + "```\nhttps://example.org/what/to/do/when/it/is/not/there") == "de"


def test_a_foreign_product_name_does_not_change_the_language():
    assert detect("Мой принтер Super Print Deluxe 200 не печатает после обновления") == "ru"


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_no_text_whatever_ends_in_an_error(text):
    assert detect(text) in {None, *SENTENCES}
