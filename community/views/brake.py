"""The brake's two verbs; what stands on the moderators' page is templates/community/moderation_brake.html."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from community.actions import brake
from community.forms.fields import demand
from community.forms.moderation import BrakeForm
from community.views.gates import done, member_of, moderator_post
from community.views.solutions import reason_of


@moderator_post
def start_brake(request: HttpRequest) -> HttpResponse:
    """What new members post waits for a look, for so many minutes."""
    brake.start(actor=member_of(request), **demand(BrakeForm(request.POST)))
    return done(request, reverse("moderation"), _("The brake is on. What new members post waits for a look."))


@moderator_post
def lift_brake(request: HttpRequest) -> HttpResponse:
    """End it now."""
    lifted = brake.lift(actor=member_of(request), reason=reason_of(request))
    message = _("The brake is off. What waits goes on waiting for its look.") if lifted else _("No brake is on.")
    return done(request, reverse("moderation"), message)
