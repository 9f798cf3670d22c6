"""What whoever reported illegal content is told: the receipt, the decision, the answer to an appeal."""

from django.utils.crypto import salted_hmac

from community import clock
from community.models import IllegalReport, Mail

#: The kind of these mails, in their keys: "report:12:received".
KIND = "report"
RECEIVED, DECIDED, AGAIN = "received", "told", "again"


def token_of(report: IllegalReport) -> str:
    """What stands in the receipt's address; it can be made again for the mails, and is kept only as a hash."""
    return salted_hmac("community.reports.token", str(report.pk), algorithm="sha256").hexdigest()[:40]


def hash_of(token: str) -> str:
    """The token as it is kept and looked for."""
    return salted_hmac("community.reports.hash", token, algorithm="sha256").hexdigest()


def tell_reporter(report: IllegalReport, what: str, *, words: str = "") -> None:
    """Queue the mail that says `what` (RECEIVED, DECIDED or AGAIN), if there is an address; keep the words with it."""
    now = clock.now()
    if what != RECEIVED:
        IllegalReport.objects.filter(pk=report.pk).update(told_at=now, told_words=words)
    if report.address:
        Mail.objects.get_or_create(
            key=f"{KIND}:{report.pk}:{what}",
            defaults={"kind": Mail.Kind.DECISION, "created_at": now, "due_at": now},
        )
