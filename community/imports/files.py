"""Files of imported posts, by the same rules as files of the page: pictures drawn anew, text files checked."""

import secrets
from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from community.actions.attachments import read_upload
from community.content.markdown import MAX_BODY, render
from community.errors import Refused
from community.imports.batch import Run
from community.imports.report import Counts
from community.models import Answer, Attachment, Thread

Post = Thread | Answer


class Files:
    """The files of one batch. Their rows come first, because the bodies name them by number."""

    def __init__(self, run: Run, counts: Counts) -> None:
        self.run, self.counts = run, counts
        self.kept: list[tuple[Attachment, Post]] = []

    def of(self, post: Post, files: Iterable[tuple[str, str]]) -> None:
        """Store the files of a post that is about to be stored, and show them below its words."""
        if self.run.open_file is None:
            return
        shown = []
        for name, place in files:
            try:
                made, data = read_upload(SimpleUploadedFile(name or "file", self.run.open_file(place)))
            except Refused:
                self.counts.notes["files left out: no picture or text file, or too large"] += 1
                continue
            self._store(post, made, data)
            shown.append(_shown(made))
        if shown:
            body = "\n\n".join([post.body, *shown]) if post.body else "\n\n".join(shown)
            if len(body) <= MAX_BODY:
                post.body, post.body_html = body, render(body).html

    def _store(self, post: Post, made: Attachment, data: bytes) -> None:
        made.uploader_id = post.asker_id if isinstance(post, Thread) else post.author_id
        made.size, made.uploaded_at = len(data), post.asked_at if isinstance(post, Thread) else post.answered_at
        self.counts.notes["files taken along"] += 1
        if self.run.dry_run:
            made.pk = 0
            return
        made.file.save(f"{secrets.token_hex(16)}.bin", ContentFile(data), save=False)
        made.save()
        self.kept.append((made, post))

    def settle(self) -> None:
        """The posts are stored: their files are theirs now."""
        for made, post in self.kept:
            made.thread_id = post.pk if isinstance(post, Thread) else post.thread_id
            made.answer_id = post.pk if isinstance(post, Answer) else None
        Attachment.objects.bulk_update([made for made, _post in self.kept], ["thread", "answer"])


def _shown(made: Attachment) -> str:
    mark = "!" if made.kind == Attachment.Kind.IMAGE else ""
    return f"{mark}[{made.name}]({made.get_absolute_url()})"
