"""The demo brands' desks: stories about people, questions and acts there are (tests/test_demo.py lives them)."""

import pytest

from community.demo.scene import Scene
from community.demo.scenes import SCENES
from community.demo.story import read_story
from support.demo.build import ACTS
from support.demo.story import read_desk
from support.models import EscalationReason

STAFF = {"agent", "moderator", "admin", "lena"}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_a_desks_story_is_about_people_questions_and_acts_there_are(scene: Scene) -> None:
    cases = read_desk(scene.name)
    titles = {case.title for case in cases}
    questions = {plot.title: plot for plot in read_story(scene.story)}
    assert len(titles) == len(cases) >= 8
    assert {case.door for case in cases} == {"form", "staff", "asker"}
    assert {case.who for case in cases} | {act.who for case in cases for act in case.acts} <= {*scene.people, *STAFF}
    for case in cases:
        if case.door != "form":
            assert case.title in questions and case.where in EscalationReason.values
        if case.door == "asker":
            assert questions[case.title].asker == case.who
        for act in case.acts:
            assert act.verb in ACTS
            assert act.verb != "merge" or " ".join(act.words) in titles


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_something_of_everything_an_agent_does_is_in_it(scene: Scene) -> None:
    told = {act.verb for case in read_desk(scene.name) for act in case.acts}
    assert {"claim", "queue", "priority", "tags", "reply", "write", "note", "publish", "merge", "rate"} <= told


def test_what_cannot_be_read_is_named() -> None:
    with pytest.raises(FileNotFoundError):
        read_desk("nowhere")
