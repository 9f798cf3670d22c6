"""The desk's answers to community/care/others.py, put together."""

from community.care.others import Care
from support.actions import peers
from support.care import forgetting, kept, personal, signs
from support.models import Calendar, Definition, DeskState, Queue, SlaPolicy, TicketAttachment
from support.notices import fanout

CARE = Care(
    app="support",
    words=personal.WORDS,
    titles=personal.TITLES,
    unlinked=personal.UNLINKED,
    beyond=personal.BEYOND,
    files=personal.files_of,
    file_model=TicketAttachment,
    no_words=personal.NO_WORDS,
    forget=forgetting.forget,
    took_part=personal.took_part,
    left_behind={
        "support.assistedreuse": "made anew from the facts",
        "support.computedfigures": "computed here, and again there",
        "support.currententry": "kept by the database as entries come",
        "support.ledgerstate": "how far this site's ledger is",
        "support.ledgertally": "counted by the database as entries come",
        "support.ticketpresence": "who has a page open here this very minute",
        "support.tickettally": "counted by the database as tickets come",
        "support.viewercase": "made anew from the facts",
        "support.viewertally": "counted from what is made anew",
    },
    left_out={"support.ticketevent.xid": "the transaction that wrote it here"},
    defaults=(Queue, SlaPolicy, Calendar, DeskState, Definition),
    followers=(fanout.FOLLOWER, peers.FOLLOWER),
    followed=frozenset({"support_ticketevent"}),
    kept=kept.KEPT,
    not_by_age=kept.NOT_BY_AGE,
    rewrite=forgetting.rewrite,
    destroy=forgetting.destroy,
    signs=signs.signs,
)
