"""What a site says of itself each year about reports of illegal content (DSA, article 15): how many, how soon."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext as _

from community.models import IllegalReport

# By when they came in (UTC). A report that waits is in the count of all, and in no time.
_BY_YEAR = """
    WITH reports AS (
        SELECT r.id, r.category, r.reported_at, extract(year FROM r.reported_at AT TIME ZONE 'UTC')::int AS year,
            v.settled_at, coalesce(v.outcome, '') AS outcome,
            EXISTS (SELECT 1 FROM community_appeal a WHERE a.report_id = r.id) AS has_appeal
        FROM community_illegalreport r LEFT JOIN community_review v ON v.id = r.review_id
    )
    SELECT year, category, count(*), count(*) FILTER (WHERE outcome = 'hide'),
        count(*) FILTER (WHERE settled_at IS NOT NULL AND outcome <> 'hide'),
        count(*) FILTER (WHERE settled_at IS NULL), count(*) FILTER (WHERE has_appeal),
        extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY settled_at - reported_at))::float
    FROM reports GROUP BY year, category ORDER BY year DESC, category
"""


@dataclass(frozen=True)
class Line:
    """One year and category: all that came, what was hidden, what was left, what waits, appeals, the median time."""

    year: int
    category: str
    reports: int
    hidden: int
    left: int
    waits: int
    appeals: int
    median: timedelta | None

    @property
    def name(self) -> str:
        """The category in words."""
        return str(IllegalReport.Category(self.category).label)

    @property
    def hours(self) -> str:
        """The median time to a decision, in hours."""
        return "" if self.median is None else f"{self.median.total_seconds() / 3600:.1f}"


def figures() -> list[Line]:
    """Every year's, newest first: a few lines a year. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_YEAR)
        rows = cursor.fetchall()
    return [Line(*[*row[:-1], _span(row[-1])]) for row in rows]


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def heads() -> list[str]:
    """The names of the columns."""
    return [
        _("Year"),
        _("Category"),
        _("Reports"),
        _("Hidden"),
        _("Left as it is"),
        _("Waiting"),
        _("Appeals of reporters"),
        _("Median hours to the decision"),
    ]
