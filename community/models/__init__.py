"""Every model of the community, one module per noun."""

from community.models.answers import Answer
from community.models.attachments import Attachment
from community.models.audit import AuditEntry, AuditNote
from community.models.boards import Board, BoardTag, Tag, TaggedThread
from community.models.brand import Brand, BrandLink, Invitation
from community.models.bulk import Brake, BulkAct, BulkItem
from community.models.changes import ChangeRow, Follower
from community.models.decisions import Appeal, Decision, DecisionWords, IllegalReport
from community.models.drafts import Draft, PostKey
from community.models.duplicates import Carried, DuplicateHint, Merge
from community.models.events import ThreadEvent
from community.models.hiding import Hiding
from community.models.imports import ImportedIdentity, ImportedItem, ImportRun, OldAddress
from community.models.incoming import IncomingMail, IncomingRaw
from community.models.known_issues import KnownIssue, KnownIssuePerson, KnownIssueThread, KnownIssueUpdate
from community.models.limits import LimitCount
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
from community.models.names import NamesSeen
from community.models.notifications import NoticeChoice, Notification, Rhythm, StoppedNotice, Topic
from community.models.personal import DataExport, Erasure, ErasureWords
from community.models.prints import PostPrint
from community.models.private_notes import PrivateNote
from community.models.prompts import Prompt
from community.models.purges import Purge
from community.models.regroupings import MovedAnswer, Regrouping
from community.models.retention import Keeping
from community.models.reviews import Flag, Ground, Review
from community.models.revisions import Revision
from community.models.search import ThreadWords
from community.models.site_state import JobRun, SiteState
from community.models.solutions import OutdatedReport, Solution, SolutionMark
from community.models.thanks import Helped, MeToo, Vote
from community.models.threads import Thread
from community.models.users import User
from community.models.watches import Watch

__all__ = [
    "Answer",
    "Appeal",
    "Arm",
    "Attachment",
    "AuditEntry",
    "AuditNote",
    "Board",
    "BoardTag",
    "Brake",
    "Brand",
    "BrandLink",
    "BulkAct",
    "BulkItem",
    "Carried",
    "ChangeRow",
    "Consent",
    "DataExport",
    "Decision",
    "DecisionWords",
    "Draft",
    "DuplicateHint",
    "Erasure",
    "ErasureWords",
    "Experiment",
    "Exposure",
    "Flag",
    "Follower",
    "FormSession",
    "Ground",
    "Helped",
    "Hiding",
    "IllegalReport",
    "ImportRun",
    "ImportedIdentity",
    "ImportedItem",
    "IncomingMail",
    "IncomingRaw",
    "Invitation",
    "JobRun",
    "Keeping",
    "KnownIssue",
    "KnownIssuePerson",
    "KnownIssueThread",
    "KnownIssueUpdate",
    "LimitCount",
    "Mail",
    "MeToo",
    "Merge",
    "MovedAnswer",
    "NamesSeen",
    "NoticeChoice",
    "Notification",
    "OldAddress",
    "OutdatedReport",
    "PersonAlias",
    "PostKey",
    "PostPrint",
    "PrivateNote",
    "Prompt",
    "Purge",
    "Regrouping",
    "Review",
    "Revision",
    "Rhythm",
    "SiteState",
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
