"""The archive of one's data: a folder for each kind of row, readable by people and by programs, written as it is read.

Whatever table refers to the person is in it (personal/schema.py, personal/kinds.py). Other people are "somebody"; what
they wrote is not in it, unless the person quoted it.
"""

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from community import clock
from community.accounts.preferences import speaking_to
from community.care.others import others
from community.mails.sending import site_address
from community.models import Answer, Attachment, Thread, User
from community.personal.kinds import SECRET, beyond, exceptions, titles, words
from community.personal.schema import Field, Model, label, links_to_people

#: So many rows are in memory at once.
CHUNK = 500
#: (kinds done, kinds there are)
Tell = Callable[[int, int], None]
_NOT_IN_A_NAME = re.compile(r"[^\w.-]+")


class Part(NamedTuple):
    """One kind of row: its table, and which of its rows refer to the person."""

    model: Model
    rows: QuerySet[Any]

    @property
    def title(self) -> str:
        return str(titles().get(label(self.model)) or capfirst(str(self.model._meta.verbose_name_plural)))

    @property
    def folder(self) -> str:
        return self.model._meta.model_name or ""


class Written(NamedTuple):
    """What the overview says of a kind."""

    title: str
    place: str
    rows: int


def parts_of(person: User) -> list[Part]:
    """Every kind of row there is that refers to people, with those that refer to this one."""
    found: dict[Model, list[QuerySet[Any]]] = {}
    for each in beyond():
        found.setdefault(each.model, []).append(each.rows(person))
    for link in links_to_people():
        if label(link.model, link.field) not in exceptions():
            manager: models.Manager[Any] = link.model._default_manager
            found.setdefault(link.model, []).append(manager.filter(**{link.field.name: person}))
    parts = (Part(model, _together(model, ways)) for model, ways in found.items())
    return sorted(parts, key=lambda part: (part.model is not User, part.folder))


def _together(model: Model, ways: list[QuerySet[Any]]) -> QuerySet[Any]:
    """Rows that are found in any of these ways, each once."""
    wanted = Q()
    for rows in ways:
        wanted |= Q(pk__in=rows.order_by().values("pk"))
    manager: models.Manager[Any] = model._default_manager
    return manager.filter(wanted).order_by("pk")


def write_archive(person: User, target: Any, tell: Tell) -> None:
    """Write the archive into `target` (a path or a file open for writing), in constant memory."""
    parts = parts_of(person)
    with speaking_to(person), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        written: list[Written] = []
        for number, part in enumerate(parts):
            tell(number, len(parts))
            if part.rows.exists():
                written.append(_write_part(archive, part, person))
        files = _write_files(archive, person)
        about = {"person": person, "kinds": written, "files": files, "made_at": clock.now(), "site": site_address()}
        archive.writestr("index.html", render_to_string("community/personal/archive_index.html", about))
        tell(len(parts), len(parts))


def _write_part(archive: zipfile.ZipFile, part: Part, person: User) -> Written:
    place, count = f"{part.folder}/{part.folder}.json", 0
    with archive.open(place, "w", force_zip64=True) as file:
        file.write(b"[")
        for row in _rows(part):
            said = json.dumps(describe(row, person.pk), ensure_ascii=False, indent=1)
            file.write((",\n" if count else "\n").encode() + said.encode(errors="replace"))
            count += 1
        file.write(b"\n]\n")
    return Written(part.title, place, count)


def _rows(part: Part) -> Iterator[Any]:
    """In portions by id: neither the rows nor a cursor of the database stay open for long."""
    last: Any = None
    while True:
        portion = list((part.rows if last is None else part.rows.filter(pk__gt=last))[:CHUNK])
        yield from portion
        if len(portion) < CHUNK:
            return
        last = portion[-1].pk


def describe(row: models.Model, person_id: int) -> dict[str, Any]:
    """One row as it may be shown to this person."""
    model = type(row)
    whose = words().get(label(model))
    is_own = whose is not None and whose(row, person_id)
    said = {
        field.name: _value(row, field, person_id, is_own)
        for field in model._meta.concrete_fields
        if not isinstance(field, models.GeneratedField)
    }
    if isinstance(row, Thread | Answer):
        said["address"] = site_address() + row.get_absolute_url() if is_own else site_address() + _short(row)
    if isinstance(row, Thread):
        said["tags"] = [tag.name for tag in row.tags.all()]
    if is_own and isinstance(row, (Attachment, *(care.file_model for care in others()))):
        said["in this archive"] = _file_place(row)
    return said


def _short(row: Thread | Answer) -> str:
    """An address without the words of a title."""
    return f"/t/{row.pk if isinstance(row, Thread) else row.thread_id}/"


def _value(row: models.Model, field: Field, person_id: int, is_own: bool) -> Any:
    value = getattr(row, field.attname)
    if value is None:
        return None
    if label(type(row), field) in SECRET:
        return _("(kept secret)")
    if field.is_relation:
        if field.related_model is User:
            return _("you") if value == person_id else _("somebody")
        return value
    if isinstance(field, models.FileField):
        return str(value) and _("(a file)")
    is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
    if is_text and not is_own and not field.choices and value:
        return _("(words of somebody else)")
    return value if isinstance(value, str | int | float | bool | list | dict) else _plain(value)


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _file_place(file: Any) -> str:
    number = file.pk if isinstance(file, Attachment) else f"{file._meta.model_name}-{file.pk}"
    return f"files/{number}-{_NOT_IN_A_NAME.sub('-', file.name)}"


def _write_files(archive: zipfile.ZipFile, person: User) -> int:
    """The person's own uploads, and what was sent to them; how many. One whose file is gone is passed over."""
    own: QuerySet[Any] = Attachment.objects.filter(uploader=person)
    count = 0
    for rows in (own, *(care.files(person) for care in others())):
        for file in _rows(Part(rows.model, rows.order_by("pk"))):
            count += _write_file(archive, file)
    return count


def _write_file(archive: zipfile.ZipFile, file: Any) -> bool:
    try:
        with file.file.open() as stored, archive.open(_file_place(file), "w", force_zip64=True) as copy:
            for chunk in stored.chunks():
                copy.write(chunk)
    except OSError:
        return False
    return True
