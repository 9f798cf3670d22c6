"""What the pages for signing in and for one's account need of allauth's forms."""

from django import forms, template

register = template.Library()


@register.simple_tag
def plain(form: forms.BaseForm) -> forms.BaseForm:
    """The form without placeholders: they repeat the label, vanish while typing and are hard to read."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    return form
