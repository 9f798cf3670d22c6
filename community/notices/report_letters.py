"""Mails to whoever reported illegal content: they may have no account, and every mail leads to their receipt."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

from community.actions.decisions import APPEAL_FOR, may_reporter_appeal
from community.actions.report_mails import KIND, RECEIVED, token_of
from community.context_processors import find_brand
from community.mails.kinds import KINDS
from community.mails.letters import compose
from community.mails.outbox import KIND_HEADER
from community.mails.sending import site_address
from community.models import IllegalReport, Mail
from community.notices.headers import message_id
from community.reading.reports import told_of

__all__ = ["KIND", "write_report"]


def write_report(mail: Mail) -> EmailMessage | Mail.Outcome:
    """The receipt, the decision or the answer to an appeal; in the language the report was written in."""
    _kind, number, what = mail.key.split(":")
    report = IllegalReport.objects.select_related("decision__review", "review", "thread", "answer").filter(pk=number)
    found = report.first()
    if found is None or not found.address:
        return Mail.Outcome.GONE
    site = site_address()
    with override(found.language or settings.LANGUAGE_CODE):
        context = {
            "site_name": find_brand().name,
            "place": found.place,
            "url": site + reverse("report_receipt", args=[token_of(found)]),
            "told": told_of(found),
            "words": found.told_words,
            "until": _until(found),
        }
        letter = KINDS["report-received" if what == RECEIVED else "report-told"].write(context)
        headers = {KIND_HEADER: mail.kind, "Message-ID": message_id(mail.pk)}
        return compose(letter, to=found.address, site_address=site, headers=headers)


def _until(report: IllegalReport) -> str:
    """Until when the reporter may appeal; "" where they may not."""
    if report.decision is None or not may_reporter_appeal(report):
        return ""
    return date_format(report.decision.decided_at + APPEAL_FOR, "DATE_FORMAT")
