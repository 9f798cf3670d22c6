"""Private files of tickets: checked and drawn anew as everywhere, stored under names that nobody can guess."""

import secrets
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from community import clock
from community.actions.attachments import LOOSE_LIVES, read_upload
from community.actions.limits import spend
from community.errors import NotAllowed
from community.models import User
from community.permissions import is_member
from support.models import TicketAttachment


def add(*, actor: User, upload: UploadedFile) -> TicketAttachment:
    """Store one file for the actor, loose until a message or note of theirs names it.

    Refused for what is neither an image nor a text file we take, TooOften beyond what one may add.
    """
    if not is_member(actor):
        raise NotAllowed(_("Sign in to add files."))
    read, data = read_upload(upload)
    made = TicketAttachment(
        uploader=actor,
        kind=read.kind,
        name=read.name,
        content_type=read.content_type,
        size=len(data),
        width=read.width,
        height=read.height,
        uploaded_at=clock.now(),
    )
    with transaction.atomic():
        spend(what="upload", actor=actor)
        made.file.save(f"{secrets.token_hex(16)}.bin", ContentFile(data), save=False)
        try:
            made.save()
        except BaseException:
            made.file.delete(save=False)
            raise
    return made


def sweep_loose(kept: timedelta = LOOSE_LIVES) -> int:
    """Delete files that came into no ticket within `kept`; returns how many went."""
    with transaction.atomic():
        loose = TicketAttachment.objects.select_for_update(skip_locked=True)
        swept = list(loose.filter(ticket=None, uploaded_at__lt=clock.now() - kept)[:1000])
        TicketAttachment.objects.filter(pk__in=[one.pk for one in swept], ticket=None).delete()
    for one in swept:
        one.file.delete(save=False)
    return len(swept)
