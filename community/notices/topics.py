"""What each notice is about, and when it comes by mail unless its reader chose otherwise: the one table of it.

The fan-out reads it as SQL (`TOPIC_SQL`, `DEFAULTS_SQL`), everybody else as Python.
"""

from collections.abc import Mapping

from community import clock, permissions
from community.incoming.addresses import takes_mail
from community.models import NoticeChoice, Rhythm, ThreadEvent, Topic, User
from community.roles import Role

#: When a topic comes by mail as long as a person chose nothing.
DEFAULTS: Mapping[Topic, Rhythm] = {
    Topic.ANSWERS: Rhythm.NOW,
    Topic.MENTIONS: Rhythm.NOW,
    Topic.THANKS: Rhythm.NOW,
    Topic.SHARED: Rhythm.NOW,
    Topic.WATCHED: Rhythm.HOURLY,
    Topic.QUESTIONS: Rhythm.DAILY,
    Topic.LIST: Rhythm.NOW,
    Topic.ISSUES: Rhythm.NOW,
    Topic.DESK: Rhythm.HOURLY,
    Topic.HEARD: Rhythm.NOW,
    Topic.REMINDERS: Rhythm.NOW,
    Topic.DIGEST: Rhythm.WEEKLY,
}
#: What can be chosen: a reminder and a report are one mail or none, a digest has its days.
CHOICES: Mapping[Topic, tuple[Rhythm, ...]] = {
    **dict.fromkeys(Topic, tuple(Rhythm)),
    Topic.LIST: (Rhythm.NOW, Rhythm.OFF),
    Topic.HEARD: (Rhythm.NOW, Rhythm.OFF),
    Topic.REMINDERS: (Rhythm.NOW, Rhythm.OFF),
    Topic.DIGEST: (Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.OFF),
}

_KIND = ThreadEvent.Kind
# By reason, then by kind of event; "" stands for all other kinds.
_TOPICS: Mapping[str, Mapping[str, Topic]] = {
    "mentioned": {_KIND.MENTIONED: Topic.MENTIONS, "": Topic.WATCHED},
    "asked": {"": Topic.ANSWERS},
    "answered": {
        _KIND.ACCEPTED: Topic.THANKS,
        _KIND.WITHDRAWN: Topic.THANKS,
        _KIND.OUTDATED: Topic.THANKS,
        _KIND.HELPED: Topic.THANKS,
        "": Topic.WATCHED,
    },
    "me_too": {_KIND.ACCEPTED: Topic.SHARED, "": Topic.WATCHED},
    "chosen": {"": Topic.WATCHED},
    "tag": {"": Topic.QUESTIONS},
    "board": {"": Topic.QUESTIONS},
    "list": {"": Topic.LIST},
}


def topic_of(kind: str, reason: str) -> Topic:
    """What a notice of this kind of event, for this reason, is about."""
    topics = _TOPICS[reason]
    return topics.get(kind, topics[""])


def _as_sql() -> str:
    whens = []
    for reason, topics in _TOPICS.items():
        whens += [
            f"WHEN reason = '{reason}' AND kind = '{kind}' THEN '{topic}'" for kind, topic in topics.items() if kind
        ]
        whens.append(f"WHEN reason = '{reason}' THEN '{topics['']}'")
    return f"CASE {' '.join(whens)} END"


#: The topic, from columns `reason` and `kind`.
TOPIC_SQL = _as_sql()
#: (topic, rhythm) rows for a VALUES list.
DEFAULTS_SQL = ", ".join(f"('{topic}', '{rhythm}')" for topic, rhythm in DEFAULTS.items())


def rhythms_of(person: User) -> dict[Topic, Rhythm]:
    """When each topic that concerns this person comes to them by mail. One query, and those for their roles.

    Work at the desk is a topic of those alone who may work there; what the company hears, of administrators. Mail
    lists there are only where the site takes mail in.
    """
    chosen = dict(NoticeChoice.objects.filter(person=person).values_list("topic", "rhythm"))
    rhythms = {topic: Rhythm(chosen.get(topic, default)) for topic, default in DEFAULTS.items()}
    if not permissions.has_role(person, Role.AGENT, Role.ADMIN):
        rhythms.pop(Topic.DESK, None)
    if not permissions.has_role(person, Role.ADMIN):
        rhythms.pop(Topic.HEARD, None)
    if not takes_mail():
        rhythms.pop(Topic.LIST, None)
    return rhythms


def is_paused(person: User) -> bool:
    """Whether this person wants no notices by mail for now."""
    return person.mail_paused_until is not None and person.mail_paused_until > clock.now()


def rhythm_for(person: User, topic: Topic) -> Rhythm | str:
    """At which rhythm a notice about this topic waits for a mail to this person; "" for none."""
    if not person.email or is_paused(person):
        return ""
    rhythm = rhythms_of(person).get(topic, Rhythm.OFF)
    return "" if rhythm == Rhythm.OFF else rhythm


def waiting(person: User, topic: Topic) -> Mapping[str, str]:
    """The fields of a Notification that is written for one person in Python (the fan-out has its SQL)."""
    return {"topic": topic, "rhythm": rhythm_for(person, topic)}
