"""Static files with their content's hash in the name, ES module imports included."""

from collections.abc import Callable
from re import Match
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True

    def url_converter(self, name: str, *arguments: Any, **options: Any) -> Callable[[Match[str]], str]:
        """Follow imports in our own modules only: libraries name types in comments that look like imports."""
        if name.endswith(".js") and not name.startswith("js/"):
            return lambda match: match[0]
        converter: Callable[[Match[str]], str] = super().url_converter(name, *arguments, **options)
        return converter
