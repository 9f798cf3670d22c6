"""Tables as CSV that no spreadsheet takes for a formula."""

import csv
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse

#: What a spreadsheet reads as the beginning of a formula (OWASP, "CSV injection").
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(value: Any) -> Any:
    """A number as it is, a date as ISO 8601; words that would be a formula with an apostrophe before them."""
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(FORMULAS) else text


def spreadsheet(name: str, head: Iterable[Any], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """A file of this name; UTF-8 with the mark that spreadsheets look for."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([harmless(each) for each in head])
    writer.writerows([harmless(each) for each in row] for row in rows)
    return response
