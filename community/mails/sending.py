"""Mails that somebody waits for: sent at once, with a told error when the mail server does not take them.

(News of answers are not sent here: the worker sends them from rows.)
"""

import logging
from email.utils import parseaddr
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from community.errors import Refused
from community.models import Brand

logger = logging.getLogger(__name__)


class MailNotSent(Refused):
    """The mail server did not take the mail; nothing else went wrong."""

    status = 503


def from_address() -> str:
    """The sender of our mails: the brand's name, with its own address or the site's."""
    brand = Brand.objects.filter(pk=1).first() or Brand()
    if not (brand.reply_address or brand.set_up_at) and parseaddr(settings.DEFAULT_FROM_EMAIL)[0]:
        return str(settings.DEFAULT_FROM_EMAIL)
    name = "".join(letter for letter in brand.name if letter not in '"\\<>\r\n')
    return f'"{name}" <{brand.reply_address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}>'


def send_now(message: EmailMessage) -> None:
    """Give the mail to the mail server; MailNotSent says so in words when it does not take it."""
    try:
        message.send()
    except (OSError, SMTPException) as error:
        logger.warning("A mail could not be sent: %s", error)
        raise MailNotSent(_("We could not send the mail just now. Please try again in a few minutes.")) from error
