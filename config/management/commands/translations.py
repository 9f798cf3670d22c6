"""`manage.py translations`: the texts of the code, found, merged into the catalogues, compiled and checked."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import catalogues


class Command(BaseCommand):
    help = "Brings locale/ up to date with the code (update), compiles it (compile), or says what is missing (check)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", choices=("update", "compile", "check"))
        parser.add_argument("--language", action="append", default=[], help="only this one; may be given several times")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["language"] or catalogues.languages()
        if unknown := set(wanted) - set(catalogues.languages()):
            raise CommandError(f"Not a language of this site: {', '.join(sorted(unknown))}. See LANGUAGES.")
        getattr(self, f"_{options['step']}")(wanted)

    def _update(self, languages: list[str]) -> None:
        texts = catalogues.found()
        for language in languages:
            path = catalogues.po_path(language)
            book = catalogues.merged(language, texts)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(catalogues.po_bytes(book))
            missing = sum(1 for message in book if message.id and (message.fuzzy or not catalogues.is_whole(message)))
            self.stdout.write(f"{language}: {len(book)} texts, {missing} to translate in {path}")

    def _compile(self, languages: list[str]) -> None:
        for language in languages:
            catalogues.po_path(language).with_suffix(".mo").write_bytes(catalogues.mo_bytes(language))

    def _check(self, languages: list[str]) -> None:
        texts = catalogues.found()
        told = [fault for language in languages for fault in catalogues.faults(language, texts)]
        if told:
            raise CommandError("\n".join([*told, f"{len(told)} faults in the translations."]))
        self.stdout.write("The translations are complete.")
