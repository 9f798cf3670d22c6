"""The catalogues of languages: what they hold, and what is told when one of them is wrong."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from config import catalogues

PO = """\
# Words: question = Frage
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

{}
"""


@pytest.fixture
def shelf(tmp_path: Path, settings):
    """An empty folder of catalogues; write(entries) puts the German one there, told(texts) what is wrong with it."""
    settings.LOCALE_PATHS = [tmp_path]
    path = catalogues.po_path("de")
    path.parent.mkdir(parents=True)

    class Shelf:
        def write(self, entries: str) -> None:
            path.write_text(PO.format(entries), encoding="utf-8")

        def bring_up_to_date(self, texts: Catalog) -> str:
            path.write_bytes(catalogues.po_bytes(catalogues.merged("de", texts)))
            path.with_suffix(".mo").write_bytes(catalogues.mo_bytes("de"))
            return path.read_text(encoding="utf-8")

        def told(self, texts: Catalog) -> str:
            return "\n".join(catalogues.faults("de", texts))

    return Shelf()


def texts(*wanted: str | tuple[str, str]) -> Catalog:
    catalogue = Catalog(fuzzy=False)
    for text in wanted:
        catalogue.add(text, locations=[("community/views/ask.py", 7)])
    return catalogue


def test_texts_of_code_and_templates_are_found_with_their_plurals_and_contexts() -> None:
    found = catalogues.found()
    assert found.get("Boards") is not None
    assert found.get("New", "state of a question") is not None
    assert found.get("%(counter)s answer").id == ("%(counter)s answer", "%(counter)s answers")
    assert ("templates/404.html", 0) in found.get("Ask a question").locations


def test_the_design_page_is_not_for_translators() -> None:
    assert not any(name in catalogues.NOT_READ for message in catalogues.found() for name, _line in message.locations)


def test_a_translation_stays_when_the_code_changes_around_it(shelf) -> None:
    shelf.write('msgid "Watch"\nmsgstr "Folgen"\n\nmsgid "Gone"\nmsgstr "Fort"\n')
    file = shelf.bring_up_to_date(texts("Watch", "Ask"))
    assert '#: community/views/ask.py\nmsgid "Watch"\nmsgstr "Folgen"' in file
    assert "Gone" not in file
    assert "# Words: question = Frage" in file
    assert "ask.py:7" not in file


def test_a_text_that_changed_a_little_comes_with_its_old_translation_to_be_looked_at(shelf) -> None:
    shelf.write('msgid "Your question is posted."\nmsgstr "Ihre Frage ist gestellt."\n')
    file = shelf.bring_up_to_date(texts("Your question is posted now."))
    assert '#, fuzzy\nmsgid "Your question is posted now."\nmsgstr "Ihre Frage ist gestellt."' in file
    assert "only guessed" in shelf.told(texts("Your question is posted now."))


def test_a_complete_catalogue_has_no_fault(shelf) -> None:
    wanted = texts("Ask.", ("%(count)d day", "%(count)d days"))
    shelf.write(
        'msgid "Ask."\nmsgstr "Fragen."\n\nmsgid "%(count)d day"\nmsgid_plural "%(count)d days"\n'
        'msgstr[0] "ein Tag"\nmsgstr[1] "%(count)d Tage"\n'
    )
    shelf.bring_up_to_date(wanted)
    assert shelf.told(wanted) == ""


@pytest.mark.parametrize(
    ("text", "entry", "fault"),
    [
        ("Ask", 'msgstr ""', "is not translated"),
        ("Ask", '#, fuzzy\nmsgstr "Fragen"', "only guessed"),
        ("By %(name)s", 'msgstr "Von %(nmae)s"', "placeholder"),
        ("By %(name)s", 'msgstr "Von ihr"', "placeholders or tags differ"),
        ("By {name}", 'msgstr "Von {nam}"', "placeholder"),
        ("<b>Ask</b> it", 'msgstr "Fragen"', "placeholders or tags differ"),
        ("Ask.", 'msgstr "Fragen"', "it ends with"),
        ("Ask", 'msgstr "Fragen!"', "it ends with"),
        ("Ask", 'msgstr " Fragen"', "other blanks"),
        (("%(n)s day", "%(n)s days"), 'msgstr[0] "%(n)s Tag"\nmsgstr[1] ""', "is not translated"),
        (("%(n)s day", "%(n)s days"), 'msgstr[0] "ein Tag"\nmsgstr[1] "viele Tage"', "placeholders or tags differ"),
    ],
)
def test_a_faulty_translation_is_named(shelf, text, entry, fault) -> None:
    name, plural = (text, "") if isinstance(text, str) else (text[0], f'msgid_plural "{text[1]}"\n')
    flags, _, strings = entry.rpartition("\n") if "fuzzy" in entry else ("", "", entry)
    shelf.write(f'{flags}\nmsgid "{name}"\n{plural}{strings}\n')
    shelf.bring_up_to_date(texts(text))
    told = shelf.told(texts(text))
    assert fault in told
    assert repr(name) in told


def test_a_missing_plural_form_is_named(shelf) -> None:
    shelf.write('msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s Tage"\n')
    assert "not translated" in shelf.told(texts(("%(n)s day", "%(n)s days")))


def test_a_catalogue_that_lags_behind_the_code_is_named(shelf) -> None:
    shelf.write('msgid "Ask"\nmsgstr "Fragen"\n')
    shelf.bring_up_to_date(texts("Ask"))
    assert "not as the code has it" in shelf.told(texts("Ask", "Watch"))
    assert "not as the code has it" in shelf.told(texts())


def test_a_compiled_file_that_lags_behind_its_source_is_named(shelf) -> None:
    shelf.write('msgid "Ask"\nmsgstr "Fragen"\n')
    file = shelf.bring_up_to_date(texts("Ask"))
    catalogues.po_path("de").write_text(file.replace("Fragen", "Stellen"), encoding="utf-8")
    assert "is not made from" in shelf.told(texts("Ask"))


def test_a_language_without_a_catalogue_is_named(shelf) -> None:
    assert "there is no catalogue" in shelf.told(texts("Ask"))
