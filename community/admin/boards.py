"""Boards and tags."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from community.actions.boards import create_board, rename_tag, update_board
from community.admin.base import ActionAdmin
from community.forms.boards import BoardForm
from community.models import Board, Tag, User


@admin.register(Board)
class BoardAdmin(ActionAdmin):
    form = BoardForm
    list_display = ("name", "audience", "closed_vocabulary", "position", "archived_at")
    ordering = ("position", "name")
    search_fields = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def save_model(self, request: HttpRequest, obj: Board, form: forms.ModelForm, change: bool) -> None:
        assert isinstance(request.user, User)
        fields = dict(form.cleaned_data)
        fields["groups"] = fields.pop("audience_groups")
        if change:
            stored = update_board(actor=request.user, board_id=obj.pk, **fields)
        else:
            stored = create_board(actor=request.user, **fields)
        obj.__dict__.update(stored.__dict__)


class TagForm(forms.ModelForm):
    class Meta:
        model = Tag
        fields = ("name",)

    def _post_clean(self) -> None:
        """The action checks and stores."""


@admin.register(Tag)
class TagAdmin(ActionAdmin):
    form = TagForm
    list_display = ("name", "slug")
    ordering = ("name",)
    search_fields = ("name",)

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        assert isinstance(request.user, User)
        stored = rename_tag(actor=request.user, tag_id=obj.pk, name=form.cleaned_data["name"])
        obj.__dict__.update(stored.__dict__)
