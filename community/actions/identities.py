"""People an import brought along become members: they claim what they wrote before."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.counters import recount_answers, recount_threads
from community.actions.record import record_audit, record_change, record_event
from community.content.text import key
from community.errors import NotAllowed, NotThere, Refused
from community.models import (
    Answer,
    Helped,
    ImportedIdentity,
    MeToo,
    OldAddress,
    Solution,
    Thread,
    ThreadEvent,
    User,
    Vote,
)

Event = ThreadEvent.Kind


@transaction.atomic
def claim_identity(*, actor: User, identity_id: int) -> ImportedIdentity:
    """Take over what one wrote on the old site: the archive's address must be a verified one of the actor's.

    NotThere for an unknown identity, NotAllowed without that address, Refused when somebody was first.
    """
    identity = _lock_identity(identity_id)
    if not permissions.is_member(actor) or not identity.address_key or identity.address_key not in _addresses(actor):
        raise NotAllowed(_("Only whoever owns the address in the archive can claim this without an administrator."))
    return _hand_over(identity, person=actor, approved_by=None)


@transaction.atomic
def approve_claim(*, actor: User, identity_id: int, person: User) -> ImportedIdentity:
    """An administrator's word that `person` wrote this. NotAllowed for anybody else, Refused when it is claimed."""
    identity = _lock_identity(identity_id)
    if not permissions.can_approve_claim(actor):
        raise NotAllowed(_("Only administrators can approve a claim."))
    if not permissions.is_member(person):
        raise Refused(_("This account cannot take over posts."))
    done = _hand_over(identity, person=person, approved_by=actor)
    record_audit("approve_claim", actor=actor, target=identity)
    return done


def _addresses(actor: User) -> set[str]:
    verified = EmailAddress.objects.filter(user=actor, verified=True).values_list("email", flat=True)
    return {key(address) for address in verified}


def _lock_identity(identity_id: int) -> ImportedIdentity:
    """The identity, locked: of two claims at once the second finds it claimed."""
    found = ImportedIdentity.objects.select_for_update(no_key=True).filter(pk=identity_id).first()
    if found is None:
        raise NotThere(_("There is no such person in the archive."))
    if found.claimed_at is not None:
        raise Refused(_("Somebody has claimed this already."))
    return found


def _hand_over(identity: ImportedIdentity, *, person: User, approved_by: User | None) -> ImportedIdentity:
    """Posts and solutions go to the person. The history's rows stay as they are: they tell of the placeholder."""
    placeholder_id = identity.user_id
    threads = _lock_threads(placeholder_id)
    ids = [thread.pk for thread in threads]
    Thread.objects.filter(pk__in=ids, asker=placeholder_id).update(asker=person)
    Answer.objects.filter(thread_id__in=ids, author=placeholder_id).update(author=person)
    Solution.objects.filter(thread_id__in=ids, accepted_by=placeholder_id).update(accepted_by=person)
    OldAddress.objects.filter(person=placeholder_id).update(person=person)
    _take_back_own_thanks(person, ids)
    recount_threads(ids)
    for thread in threads:
        record_change(thread=thread)
    identity.user, identity.claimed_at, identity.claim_approved_by = person, clock.now(), approved_by
    identity.save(update_fields=["user", "claimed_at", "claim_approved_by"])
    return identity


def _lock_threads(placeholder_id: int) -> list[Thread]:
    """Every thread the placeholder asked, answered in or accepted in, locked in one order."""
    ids = {
        *Thread.objects.filter(asker=placeholder_id).values_list("pk", flat=True),
        *Answer.objects.filter(author=placeholder_id).values_list("thread_id", flat=True),
        *Solution.objects.filter(accepted_by=placeholder_id).values_list("thread_id", flat=True),
    }
    locked = Thread.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids)
    return list(locked.only("pk", "board_id").order_by("pk"))


def _take_back_own_thanks(person: User, thread_ids: list[int]) -> None:
    """What a member thanked for before they knew it was their own: nobody votes for themselves."""
    own = Answer.objects.filter(thread_id__in=thread_ids, author=person)
    thanked = set()
    for vote in Vote.objects.filter(person=person, answer__in=own).select_related("answer__thread"):
        record_event(Event.UNVOTED, actor=person, thread=vote.answer.thread, answer=vote.answer)
        thanked.add(vote.answer_id)
        vote.delete()
    for helped in Helped.objects.filter(person=person, answer__in=own):
        thanked.add(helped.answer_id)
        helped.delete()
    own_threads = MeToo.objects.filter(person=person, thread_id__in=thread_ids, thread__asker=person)
    for joined in own_threads.select_related("thread"):
        record_event(Event.ME_TOO_WITHDRAWN, actor=person, thread=joined.thread)
        joined.delete()
    recount_answers(sorted(thanked))
