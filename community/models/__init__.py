"""Every model of the community, one module per noun."""

from community.models.answers import Answer
from community.models.attachments import Attachment
from community.models.audit import AuditEntry, AuditNote
from community.models.boards import Board, BoardTag, Tag, TaggedThread
from community.models.brand import Brand, BrandLink, Invitation
from community.models.changes import ChangeRow, Follower
from community.models.drafts import Draft, PostKey
from community.models.duplicates import Carried, DuplicateHint, Merge
from community.models.events import ThreadEvent
from community.models.imports import ImportedIdentity, ImportedItem, ImportRun, OldAddress
from community.models.mails import Mail
from community.models.measuring import (
    Arm,
    Consent,
    Experiment,
    Exposure,
    FormSession,
    PersonAlias,
    SuggestionEvent,
    Visitor,
)
from community.models.notifications import NoticeChoice, Notification, Rhythm, StoppedNotice, Topic
from community.models.prompts import Prompt
from community.models.revisions import Revision
from community.models.search import ThreadWords
from community.models.solutions import OutdatedReport, Solution, SolutionMark
from community.models.thanks import Helped, MeToo, Vote
from community.models.threads import Thread
from community.models.users import User
from community.models.watches import Watch

__all__ = [
    "Answer",
    "Arm",
    "Attachment",
    "AuditEntry",
    "AuditNote",
    "Board",
    "BoardTag",
    "Brand",
    "BrandLink",
    "Carried",
    "ChangeRow",
    "Consent",
    "Draft",
    "DuplicateHint",
    "Experiment",
    "Exposure",
    "Follower",
    "FormSession",
    "Helped",
    "ImportRun",
    "ImportedIdentity",
    "ImportedItem",
    "Invitation",
    "Mail",
    "MeToo",
    "Merge",
    "NoticeChoice",
    "Notification",
    "OldAddress",
    "OutdatedReport",
    "PersonAlias",
    "PostKey",
    "Prompt",
    "Revision",
    "Rhythm",
    "Solution",
    "SolutionMark",
    "StoppedNotice",
    "SuggestionEvent",
    "Tag",
    "TaggedThread",
    "Thread",
    "ThreadEvent",
    "ThreadWords",
    "Topic",
    "User",
    "Visitor",
    "Vote",
    "Watch",
]
