"""How long what is kept at the desk is kept (see community/care/kept.py), and why the rest is not forgotten by age."""

from django.utils.translation import gettext_lazy as _

from community.care.kept import YEAR, Kind
from support.actions.files import LOOSE_LIVES, sweep_loose
from support.care.forgetting import sweep_words, with_words
from support.models import (
    ComputedFigures,
    EscalationRunItem,
    SolvedRating,
    SurveyWords,
    TicketAttachment,
    TicketDraft,
    TicketPresence,
    TicketValue,
)

KEPT: tuple[Kind, ...] = (
    Kind(
        "ticket_values",
        _("Private details of closed tickets"),
        _("Serial numbers, accounts and the like: of no use once the ticket is closed for good."),
        180,
        7,
        5 * YEAR,
        lambda moment: TicketValue.objects.filter(ticket__closed_at__lt=moment),
        "ticket__closed_at",
        texts=("TicketValue.value",),
    ),
    Kind(
        "ticket_words",
        _("What closed tickets say"),
        _("Subject, messages, notes, ratings’ words and files. Events and times stay, so that reports stay true."),
        3 * YEAR,
        90,
        10 * YEAR,
        with_words,
        "closed_at",
        sweep=sweep_words,
        texts=(
            *("Ticket.subject", "Ticket.product_version", "TicketMessage.body", "TicketMessage.body_html"),
            *("TicketNote.body", "TicketNote.body_html", "TicketRating.words", "TicketAttachment.name"),
            *("EscalationWords.text", "Carried.title", "Carried.body", "Carried.body_html", "Carried.product_version"),
        ),
    ),
    Kind(
        "ticket_drafts",
        _("Drafts of replies, notes and outcomes"),
        _("Whoever has not sent it by then will not."),
        60,
        7,
        YEAR,
        lambda moment: TicketDraft.objects.filter(saved_at__lt=moment),
        "saved_at",
        texts=("TicketDraft.body",),
    ),
    Kind(
        "loose_ticket_files",
        _("Files that came into no ticket"),
        _("They were added to a form that was never sent."),
        max(1, LOOSE_LIVES.days),
        1,
        30,
        lambda moment: TicketAttachment.objects.filter(ticket=None, uploaded_at__lt=moment),
        "uploaded_at",
        sweep=sweep_loose,
    ),
    Kind(
        "ticket_presence",
        _("Who had a ticket open"),
        _("Older than a minute it means nothing."),
        1,
        1,
        7,
        lambda moment: TicketPresence.objects.filter(seen_at__lt=moment),
        "seen_at",
    ),
    Kind(
        "solved_words",
        _("Words beside ratings of solved questions"),
        _("The ratings stay; what was said with them has been read by then."),
        2 * YEAR,
        90,
        10 * YEAR,
        lambda moment: SolvedRating.objects.filter(rated_at__lt=moment).exclude(words=""),
        "rated_at",
        blank={"words": ""},
        texts=("SolvedRating.words",),
    ),
    Kind(
        "survey_words",
        _("What readers said about solutions"),
        _("What they answered stays, and so do the figures; their sentence has been read by then."),
        2 * YEAR,
        90,
        10 * YEAR,
        lambda moment: SurveyWords.objects.filter(said_at__lt=moment),
        "said_at",
        texts=("SurveyWords.text",),
    ),
    Kind(
        "computed_figures",
        _("Intervals and medians that were computed"),
        _("They are computed again when somebody wants them."),
        30,
        1,
        YEAR,
        lambda moment: ComputedFigures.objects.filter(wanted_at__lt=moment),
        "wanted_at",
    ),
    Kind(
        "escalation_run_items",
        _("Questions that runs of escalation looked at"),
        _("The runs and their counts stay, and so does what came to staff."),
        90,
        7,
        2 * YEAR,
        lambda moment: EscalationRunItem.objects.filter(run__started_at__lt=moment),
        "run__started_at",
    ),
)


def _fields(text: str, why: str) -> dict[str, str]:
    return dict.fromkeys(text.split(), why)


NOT_BY_AGE: dict[str, str] = {
    **_fields(
        """
        Team.name Calendar.name ClosedDay.name SlaPolicy.name Queue.name PrivateField.label PrivateField.hint
        Macro.name Macro.text SavedView.name AgentSeat.signature TicketTag.name TicketTag.slug
        """,
        "The desk's own words, written by those who work there.",
    ),
    **_fields(
        """
        Calendar.time_zone Calendar.country Calendar.subdivision Macro.sets_status SavedView.sort Ticket.language
        TicketAttachment.content_type TicketEvent.promise TicketMessage.key TicketTally.status TicketTally.channel
        PendingReply.key
        """,
        "Made by us: a code or the name of a thing.",
    ),
    **_fields(
        """
        CostInput.source ProgrammeCost.source ChannelCoverage.note Baseline.source ContactImport.source
        OutsideContact.source Definition.name Definition.note
        """,
        "What figures rest on, in the words of the administrators who said so: a figure is proved by it.",
    ),
    **_fields(
        """
        View.person_key Survey.person_key Intent.person_key OutsideContact.external_id OutsideContact.person_hash
        OutsideContact.person_key DeflectionCase.person_key DeflectionEntry.person_key CurrentEntry.person_key
        ViewerCase.person_key AssistedReuse.person_key RightsChange.person_key
        """,
        "Facts and the ledger, by which a figure is proved: keys, hashes and numbers, no words.",
    ),
    **_fields(
        """
        CostInput.currency ProgrammeCost.currency LedgerTally.kind LedgerTally.status LedgerTally.reason
        LedgerTally.known LedgerTally.channel ComputedFigures.key
        """,
        "Made by us: a code or the name of a thing.",
    ),
    **_fields("PendingReply.body", "It leaves within seconds, and is a message then."),
    **_fields("PendingReply.key", "The key of a mail, by which it is posted once."),
}
