"""Attachments: pictures drawn anew, text files checked, both stored under names nobody can guess or choose."""

import secrets
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.limits import spend
from community.content.images import MAX_BYTES, BadImage, reencode
from community.content.text import slugify_title
from community.content.textfiles import EXTENSIONS, BadTextFile, check_text_file, safe_file_name
from community.errors import NotAllowed, Refused
from community.models import Attachment, User

#: What is in no post after this long is swept away.
LOOSE_LIVES = timedelta(hours=24)


def add_attachment(*, actor: User, upload: UploadedFile) -> Attachment:
    """Store one file for the actor, loose until a post of theirs names it.

    Refused for what is neither an image nor a text file we take, TooOften beyond what one may add.
    """
    if not permissions.is_member(actor):
        raise NotAllowed(_("Sign in to add files."))
    made, data = read_upload(upload)
    made.uploader, made.size, made.uploaded_at = actor, len(data), clock.now()
    with transaction.atomic():
        spend(what="upload", actor=actor)
        made.file.save(f"{secrets.token_hex(16)}.bin", ContentFile(data), save=False)
        try:
            made.save()
        except BaseException:
            made.file.delete(save=False)
            raise
    return made


def read_upload(upload: UploadedFile) -> tuple[Attachment, bytes]:
    """The checked contents of what somebody sent, and an unsaved row that describes them; Refused for what we
    do not take."""
    if not upload.size:
        raise Refused(_("This file is empty."))
    if upload.size > MAX_BYTES:
        raise Refused(_("The file is larger than %(megabytes)s MB.") % {"megabytes": MAX_BYTES // 1024 // 1024})
    return _read(upload.name or "", upload.read())


def _read(name: str, data: bytes) -> tuple[Attachment, bytes]:
    extension = "." + name.rpartition(".")[2].lower()[:10]
    if extension in EXTENSIONS:
        try:
            text = check_text_file(name, data)
        except BadTextFile as error:
            raise Refused(str(error)) from error
        return Attachment(kind=Attachment.Kind.TEXT, name=text.name, content_type=text.content_type), text.data
    try:
        image = reencode(data)
    except BadImage as error:
        raise Refused(str(error)) from error
    # ASCII, because the address of a picture stands in bodies.
    stem = slugify_title(safe_file_name(name).rpartition(".")[0])
    made = Attachment(kind=Attachment.Kind.IMAGE, name=f"{stem}.{image.extension}", content_type=image.content_type)
    made.width, made.height = image.width, image.height
    return made, image.data


def sweep_loose_attachments(kept: timedelta = LOOSE_LIVES) -> int:
    """Delete files that came into no post within `kept`; the worker calls it. Returns how many went.

    Rows go first, under a lock a post would wait for; a file whose deletion fails is a file too many, never one short.
    """
    with transaction.atomic():
        loose = Attachment.objects.select_for_update(skip_locked=True).filter(
            thread=None, answer=None, uploaded_at__lt=clock.now() - kept
        )
        swept = list(loose[:1000])
        Attachment.objects.filter(pk__in=[one.pk for one in swept], thread=None, answer=None).delete()
    for one in swept:
        one.file.delete(save=False)
    return len(swept)
