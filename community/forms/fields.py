"""Fields and habits all our forms share: clean text, tags, one-time keys, errors tied to their control."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b, sha256
from typing import Any, TypeVar
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from community import clock
from community.actions.private_data import Noticed
from community.actions.tags import MAX_TAG_LENGTH, MAX_TAGS
from community.content.images import MAX_BYTES
from community.content.suspicion import Entry
from community.content.text import BadText, clean_text, key
from community.errors import EditConflict, PrivateData, Refused
from community.models import Attachment, User
from community.permissions import Anyone

Made = TypeVar("Made")
#: An id fits PostgreSQL's bigint and is no negative number.
MAX_ID = 2**63 - 1
MAX_VERSION = 2**31 - 1


#: What to say of a field that was left empty. "This field is required." is nobody's sentence.
MISSING: dict[str, Any] = {
    "title": _("Please give your question a title."),
    "email": _("Please give your e-mail address."),
    "login": _("Please give your e-mail address or your name."),
    "username": _("Please choose a name."),
    "name": _("Please choose a name."),
    "display_name": _("Please choose a name."),
    "password": _("Please type your password."),
    "oldpassword": _("Please type your present password."),
    "password1": _("Please choose a password."),
    "password2": _("Please type the password a second time."),
    "code": _("Please type the code."),
}


class PlainWords(forms.Form):
    """A form that says in a whole sentence what is missing; `missing` has the words by the field's name."""

    missing: Mapping[str, Any] = MISSING

    def full_clean(self) -> None:
        for name, words in self.missing.items():
            if name in self.fields:
                self.fields[name].error_messages["required"] = words
        super().full_clean()


class TextField(forms.CharField):
    """Text as we store it: cleaned; a character that cannot be stored is told.

    `most` characters are possible. It is no `maxlength` of the control: browsers would cut what is pasted, silently.
    """

    def __init__(self, *, most: int, **options: Any) -> None:
        self.most = most
        super().__init__(**options)
        self.validators.append(
            MaxLengthValidator(most, _("This is too long: %(show_value)d characters, at most %(limit_value)d fit."))
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"data-most": self.most}

    def to_python(self, value: Any) -> str:
        try:
            return str(super().to_python(clean_text(str(value)))) if value not in self.empty_values else ""
        except BadText as error:
            raise ValidationError(str(error)) from error


class HiddenNumber(forms.IntegerField):
    """The id or version of a row, carried hidden; anything else is told as a broken form."""

    widget = forms.HiddenInput

    def __init__(self, *, most: int = MAX_ID, **options: Any) -> None:
        broken = _("This form is broken. Please load the page again.")
        options.setdefault("error_messages", dict.fromkeys(("invalid", "required", "min_value", "max_value"), broken))
        super().__init__(**options)
        self.most = most

    def to_python(self, value: Any) -> int | None:
        # Before int(): a megabyte of digits is no number.
        if isinstance(value, str) and len(value) > 19:
            raise ValidationError(self.error_messages["invalid"])
        number = super().to_python(value)
        if number is not None and not 0 <= number <= self.most:
            raise ValidationError(self.error_messages["invalid"])
        return number


class IdsField(forms.Field):
    """Several ids; what is no id is left out, as nothing but our own pages sends them."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        return read_ids(value or [])


def read_ids(values: Any) -> list[int]:
    """The ids among these texts, at most 100."""
    texts = [str(value) for value in values][:100]
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


class WordsInput(forms.TextInput):
    """Words typed with commas between them; checkboxes of the same name are read too."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        return ", ".join(value for value in data.getlist(name) if value)


class WordsChoice(forms.CheckboxSelectMultiple):
    """Words of a closed vocabulary as checkboxes; words typed before the board was chosen tick theirs."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return self.tick(split_words(", ".join(data.getlist(name))))

    def tick(self, words: list[str]) -> list[str]:
        names = {key(str(value)): str(value) for value, _label in self.choices}
        return [names.get(key(word), word) for word in words]


class WordsField(TextField):
    """Tags: a list of words."""

    widget = WordsInput

    def __init__(self, **options: Any) -> None:
        super().__init__(most=MAX_TAGS * (MAX_TAG_LENGTH + 2) * 2, **options)

    def clean(self, value: Any) -> Any:
        words = split_words(super().clean(", ".join(value) if isinstance(value, list) else value))
        if len({key(word) for word in words}) > MAX_TAGS:
            raise ValidationError(_("At most %(most)d tags, please."), params={"most": MAX_TAGS})
        if any(len(word) > MAX_TAG_LENGTH for word in words):
            raise ValidationError(_("A tag has at most %(most)d characters."), params={"most": MAX_TAG_LENGTH})
        return words


def split_words(text: str) -> list[str]:
    """The words between the commas."""
    return [word for word in (" ".join(part.split()) for part in text.split(",")) if word]


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesForm(PlainWords):
    """A form with a composer: files may come along, for members. Their ids travel hidden until they are in a post."""

    uploads = forms.FileField(required=False, label=_("Pictures and log files"), widget=FilesInput)
    attachments = IdsField(required=False)
    #: Bytes of the largest file we take.
    most_bytes = MAX_BYTES
    #: What may be private in it, once it was noticed: the writer says what becomes of it.
    noticed: Sequence[Noticed] = ()

    def __init__(self, *args: Any, user: Anyone, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.fields["uploads"].help_text = _("PNG, JPEG, GIF or WebP up to 10 MB; text and log files up to 2 MB.")
        if not user.is_authenticated:
            del self.fields["uploads"]

    def kept_files(self) -> list[dict[str, Any]]:
        """The files that came before and are in no post yet, as the composer's template shows them."""
        ids = read_ids(self["attachments"].value() or [])
        if not ids or not isinstance(self.user, User):
            return []
        loose = Attachment.objects.filter(pk__in=ids, uploader=self.user, thread=None, answer=None).order_by("pk")
        return [
            {"name": file.name, "url": file.get_absolute_url(), "remove_name": "remove", "remove_value": file.pk}
            for file in loose
        ]


#: A field nobody sees, in no browser's list of things to fill in by itself (templates/community/trap.html).
TRAP = "remark"
_SIGNED = 16


def new_post_key() -> str:
    """A form's one-time key, with the second it was opened in and a signature, so that nobody makes one up."""
    made = f"{uuid4().hex}{int(clock.now().timestamp()):08x}"
    return made + _signature(made)


def seconds_open(post_key: str) -> float | None:
    """How long ago the form of this key was opened; None for a key that is not ours."""
    made, signature = post_key[:-_SIGNED], post_key[-_SIGNED:]
    if len(made) != 40 or not post_key.isascii() or signature != _signature(made):
        return None
    return clock.now().timestamp() - int(made[32:], 16)


def _signature(made: str) -> str:
    key = settings.SECRET_KEY.encode()[:64]
    return blake2b(made.encode(), key=key, digest_size=_SIGNED // 2, person=b"post key").hexdigest()


class PostForm(FilesForm):
    """A form that makes a post: its one-time key makes a second click with the same words return the same post."""

    post_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Anyone, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        self.fields["post_key"].initial = new_post_key

    def entry(self) -> Entry:
        """How it came in. A form that was filled from a draft was not typed since it was opened."""
        data: Any = self.data
        seconds = None if data.get("draft_seen") else seconds_open(str(data.get("post_key", "")))
        return Entry(trapped=bool(data.get(TRAP)), seconds=seconds)

    def one_time_key(self) -> str:
        """The key for the action. The words are part of it: going back and posting something else is another post."""
        words = [str(self.cleaned_data.get(name, "")) for name in ("post_key", "title", "body")]
        return sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest() if words[0] else ""


def attempt(form: forms.Form, act: Callable[[], Made]) -> tuple[Made | None, int]:
    """Run an action for a form; what it refuses becomes the form's error, so that no typed word is lost.

    Returns what was made (None when refused or when the form is not valid) and the HTTP status of the page to show.
    An EditConflict is the caller's: it knows how to show both texts.
    """
    if not form.is_valid():
        return None, 422
    try:
        return act(), 200
    except EditConflict:
        raise
    except Refused as refused:
        if isinstance(refused, PrivateData) and isinstance(form, FilesForm):
            form.noticed = refused.found
        else:
            form.add_error(None, str(refused.message))
        form.again_at = getattr(refused, "again_at", None)  # type: ignore[attr-defined]
        return None, refused.status


def demand(form: forms.Form) -> dict[str, Any]:
    """What a verb's small form says; Refused with its complaints, as there is no page to show them on."""
    if not form.is_valid():
        raise Refused(" ".join(str(message) for messages in form.errors.values() for message in messages))
    return dict(form.cleaned_data)
