"""Helping somebody who lost their second factor back in, after an administrator made sure who asks."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from community import permissions
from community.accounts.renewal import end_sessions
from community.actions.record import record_audit
from community.errors import NotAllowed, NotThere
from community.mails.kinds import write_mail
from community.mails.sending import leave_now, site_address
from community.models import User


@transaction.atomic
def recover_account(*, actor: User, person_id: int, words: str = "") -> User:
    """Take the second factors away and end every session; the person is told at their main address.

    NotAllowed for all but administrators, and for one's own account: that is done in the settings.
    """
    person = User.objects.select_for_update(no_key=True).filter(pk=person_id, anonymised_at__isnull=True).first()
    if person is None:
        raise NotThere(_("There is no such person."))
    if not permissions.can_open_admin(actor) or actor.pk == person.pk:
        raise NotAllowed(_("Only another administrator can do this."))
    Authenticator.objects.filter(user=person).delete()
    end_sessions(person.pk)
    record_audit("recovered", actor=actor, target=person, note=words.strip())
    if EmailAddress.objects.filter(user=person, email__iexact=person.email, verified=True).exists():
        told = write_mail("account_recovered", to=person.email, site_address=site_address(), context={})
        transaction.on_commit(lambda: leave_now(told, is_limited=False))
    return person
