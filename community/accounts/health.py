"""Whether the site is well, and what happened in it lately: for the admin's start page."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from procrastinate.contrib.django.models import ProcrastinateWorker

from community import clock
from community.care.others import others
from community.care.standing import standing
from community.care.watchdog import missed
from community.mails.suspending import is_suspended
from community.models import Brand, Follower, Mail, Thread, User
from community.models.threads import SOLVABLE
from community.notices.fanout import FOLLOWER
from community.notices.followers import position_of
from community.search.status import status
from community.snapshots import count_new

#: A worker says so every ten seconds; longer than this, and it is gone.
SILENT = timedelta(minutes=2)
LATELY = timedelta(days=30)
_LOOK = gettext_lazy("Look at EMAIL_URL and at the mail server's log. News wait until it answers; nothing is lost.")
#: So long after a change the search index should know of it.
LATE_SECONDS = 120
#: A mail that was due for longer than this should have left.
LATE_MAIL = timedelta(minutes=15)
#: Nobody needs to know more exactly how far the notices are behind, or how many addresses take no mail.
MOST = 1000


@dataclass(frozen=True)
class Sign:
    """One thing that is well or is not: its name, what is known, and (if it is not well) what to do."""

    name: str | Promise
    text: str | Promise
    is_well: bool
    advice: str | Promise = ""


def signs() -> list[Sign]:
    """The site itself, the worker and what it owes, the mail, and the search index of this machine."""
    return [*_site(), _worker(), _jobs(), _notices(), _mail(), _search(), *_others()]


def _others() -> list[Sign]:
    """What other apps say of theirs (settings.CARE)."""
    return [sign for care in others() for sign in care.signs()]


def _site() -> list[Sign]:
    """Only where it is not as usual: closed after a restore, or read-only."""
    now, found = standing(), []
    if now.closed_at is not None:
        advice = _("Look whether all is there, then open it with “manage.py go_live”.")
        told = _("Closed since a backup was restored: no mail leaves, no job runs.")
        found.append(Sign(_("Site"), told, False, advice))
    if now.read_only_at is not None:
        since = {"since": localize(timezone.localtime(now.read_only_at))}
        advice = _("End it with “manage.py read_only off”, or under Site in this administration.")
        found.append(Sign(_("Site"), _("Read-only since %(since)s.") % since, False, advice))
    return found


def _jobs() -> Sign:
    name, late = _("Periodic jobs"), missed()
    if not late:
        return Sign(name, _("All ran when they should."), True)
    told = _("Late or failed: %(names)s.") % {"names": ", ".join(one.name for one in late)}
    return Sign(name, told, False, _("Does the worker run? Its log says what went wrong."))


def _worker() -> Sign:
    name, seen = _("Worker"), ProcrastinateWorker.objects.aggregate(at=Max("last_heartbeat"))["at"]
    # by the real clock: the worker is no part of the community's time
    if seen is not None and clock.wall() - seen < SILENT:
        return Sign(name, _("Running."), True)
    advice = _("Without it nobody hears of answers. Start it with “manage.py worker”.")
    return Sign(name, _("Not running.") if seen is None else _("Has been silent for a while."), False, advice)


def _notices() -> Sign:
    name, row = _("Notices"), Follower.objects.filter(name=FOLLOWER).first()
    behind = count_new(position_of(row), "community_threadevent", most=MOST)
    if behind < MOST:
        return Sign(name, _("Up to date.") if not behind else _("%(count)d on their way.") % {"count": behind}, True)
    return Sign(name, _("More than %(count)d wait.") % {"count": MOST}, False, _("Is the worker running?"))


def _mail() -> Sign:
    """Whether the mail server answered last, how many mails wait and for how long, how many addresses take none."""
    now, (answered, is_well, advice) = clock.now(), _mail_server()
    told: list[str] = [answered]
    waiting = Mail.objects.filter(settled_at__isnull=True, due_at__lte=now)
    count, oldest = waiting.count(), waiting.aggregate(at=Min("due_at"))["at"]
    if oldest is not None:
        text = ngettext("%(count)s waits, since %(since)s.", "%(count)s wait, the first since %(since)s.", count)
        told.append(text % {"count": localize(count), "since": localize(timezone.localtime(oldest))})
        if now - oldest > LATE_MAIL and is_well:
            is_well, advice = False, _("Without a worker none leaves. Start it with “manage.py worker”.")
            if _worker().is_well:
                advice = str(_LOOK)
    # Somebody who has another address by now is free of it.
    marked = User.objects.exclude(mail_suspended_for="").only("email", "mail_suspended_for")[:MOST]
    if suspended := sum(is_suspended(person) for person in marked):
        text = ngettext("%(count)s address takes no mail.", "%(count)s addresses take no mail.", suspended)
        told.append(text % {"count": localize(suspended)})
    return Sign(_("Mail"), " ".join(told), is_well, "" if is_well else advice)


def _mail_server() -> tuple[str, bool, str]:
    """How the last conversation with the mail server ended, whether that is well, and what to do if not."""
    spoken = (Mail.Outcome.SENT, Mail.Outcome.REFUSED, Mail.Outcome.GAVE_UP)
    last = Mail.objects.filter(settled_at__isnull=False, outcome__in=spoken).order_by("-settled_at").first()
    if last is not None and last.outcome == Mail.Outcome.GAVE_UP:
        advice = str(_LOOK)
        if last.reply_code:
            return _("The mail server took no mail last time: %(code)s.") % {"code": last.reply_code}, False, advice
        return _("The mail server did not answer last time."), False, advice
    if settings.EMAIL_BACKEND.endswith(".LocalServerBackend"):
        return _("This site sends none: mails are in its outbox."), True, ""
    if last is not None and last.outcome == Mail.Outcome.REFUSED:
        return _("The mail server answers; it refused the last mail (%(code)s).") % {"code": last.reply_code}, True, ""
    brand = Brand.objects.filter(pk=1).first()
    if last is not None or (brand is not None and brand.mail_tested_at):
        return _("The mail server took the last mail."), True, ""
    return _("Not tried yet."), not settings.PRODUCTION, _("Send yourself one: see the first steps.")


def _search() -> Sign:
    name, known = _("Search"), status()
    logs = _("The log of the web server says more; “manage.py search_index status” shows how it is.")
    if (building := known.building) is not None:
        numbers = {"done": localize(building.done), "total": localize(building.total)}
        if known.is_ready:
            return Sign(name, _("Rebuilding: %(done)s of %(total)s questions. The old index answers.") % numbers, True)
        return Sign(name, _("Rebuilding: %(done)s of %(total)s questions. Until then it finds less.") % numbers, True)
    if known.trouble:
        return Sign(name, _("The index cannot be written: %(trouble)s") % {"trouble": known.trouble}, False, logs)
    if known.holder is None:
        advice = _("It starts with the web server; “manage.py search_index follow” keeps it by hand.")
        return Sign(name, _("Nobody keeps the search index in step."), False, advice)
    if not known.is_ready:
        return Sign(name, _("The index is not ready yet."), False, logs)
    if known.behind_seconds > LATE_SECONDS:
        minutes = int(known.behind_seconds // 60)
        text = ngettext("The index is %(count)d minute behind.", "The index is %(count)d minutes behind.", minutes)
        return Sign(name, text % {"count": minutes}, False, logs)
    text = ngettext("Up to date: %(count)s question.", "Up to date: %(count)s questions.", known.documents)
    return Sign(name, text % {"count": localize(known.documents)}, True)


def figures() -> list[tuple[int, str]]:
    """(number, what it counts): the last 30 days on all boards, and what waits now."""
    since = clock.now() - LATELY
    listed = Thread.objects.listed()
    asked = listed.filter(last_activity_at__gt=since, asked_at__gt=since, kind__in=SOLVABLE)
    counted = asked.aggregate(asked=Count("pk"), solved=Count("pk", filter=Q(solved_at__isnull=False)))
    joined = User.objects.filter(date_joined__gt=since, is_imported=False, anonymised_at__isnull=True).count()
    return [
        (counted["asked"], _("questions in 30 days")),
        (counted["solved"], _("of them solved")),
        (listed.unanswered()[:MOST].count(), _("wait for a first answer")),
        (joined, _("new members in 30 days")),
    ]
