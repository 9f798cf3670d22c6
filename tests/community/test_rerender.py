"""When the renderer changes, what people wrote long ago is shown as it would be shown today."""

from io import StringIO

import pytest
from django.core.management import call_command

from community.actions import moderation
from community.content.markdown import RENDERER_VERSION
from community.integrity import violations
from community.management.commands import rerender
from community.models import Answer, Thread
from tests.community.reading import browser_of
from tests.factories import moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


def run() -> str:
    out = StringIO()
    call_command("rerender", stdout=out)
    return out.getvalue()


def make_old() -> None:
    for model in (Thread, Answer):
        model.objects.update(body_html="<p>as it was</p>", renderer_version=RENDERER_VERSION - 1)


def test_old_posts_are_rendered_anew_with_their_mentions_hidden_ones_too(monkeypatch) -> None:
    monkeypatch.setattr(rerender, "BATCH", 2)
    person("ben")
    question = thread(body="It is **red**.")
    said = [reply(question, body=f"@ben knows, try {number}") for number in range(5)]
    moderation.hide_answer(actor=moderator(), answer_id=said[2].pk, reason="Advertising")
    fresh = dict(Answer.objects.values_list("pk", "body_html"))
    make_old()
    assert "6 posts" in run()
    assert dict(Answer.objects.values_list("pk", "body_html")) == fresh
    assert "<strong>red</strong>" in Thread.objects.get().body_html
    assert not list(violations())
    assert "up to date" in run()


def test_a_run_that_was_stopped_goes_on_where_it_was_and_touches_nothing_twice() -> None:
    question = thread()
    reply(question), reply(question)
    make_old()
    done = Answer.objects.order_by("pk")[0]
    Answer.objects.filter(pk=done.pk).update(renderer_version=RENDERER_VERSION, body_html="<p>done before</p>")
    assert "2 posts" in run()
    assert Answer.objects.get(pk=done.pk).body_html == "<p>done before</p>"


def test_pages_that_are_kept_for_visitors_show_it_at_once() -> None:
    question = thread(body="It is **red**.")
    make_old()
    assert "as it was" in browser_of().get(question.get_absolute_url()).content.decode()
    run()
    assert "<strong>red</strong>" in browser_of().get(question.get_absolute_url()).content.decode()
