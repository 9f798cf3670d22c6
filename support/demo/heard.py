"""What the company heard in the demo's last weeks: the reports that a worker would have made on their Mondays."""

from community import clock
from community.demo.build import Builder
from support.actions.weekly import make_due


def report_the_weeks(builder: Builder) -> None:
    """The last weeks that are over, as they stand at the end of the story; administrators hear of the newest."""
    with clock.at(builder.now):
        make_due()
