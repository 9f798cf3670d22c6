"""Fields of free text that nothing forgets by age, each with its reason.

A new model with words of people in it is named here, or in the table of retention (care/kept.py): a test asks.
"""

from collections.abc import Iterable, Mapping

from community.care.others import others


def _fields(text: str) -> Iterable[str]:
    return text.split()


_POSTS = "What people posted: it stays until they, a moderator or an erasure take it away."
_NEWS = "What staff told everybody: it stays until they change it or take it back."
_ACCOUNT = "The account itself: erasure empties it."
_SITE = "The site's own words, written by its administrators."
_MACHINE = "Made by us: a key, a hash, a code or the name of a thing."

EXCEPTIONS: Mapping[str, str] = {
    **dict.fromkeys(
        _fields(
            """
            Thread.title Thread.body Thread.body_html Thread.product_version Answer.body Answer.body_html
            Revision.title Revision.body Attachment.name OutdatedReport.product_version Tag.name Tag.slug Tag.key
            """
        ),
        _POSTS,
    ),
    **dict.fromkeys(
        _fields(
            """
            KnownIssue.title KnownIssue.body KnownIssue.body_html KnownIssueUpdate.body KnownIssueUpdate.body_html
            """
        ),
        _NEWS,
    ),
    **dict.fromkeys(
        _fields(
            """
            User.password User.username User.username_key User.display_name User.email User.about User.language
            User.time_zone User.mail_suspended_for User.mail_trouble ImportedIdentity.name
            """
        ),
        _ACCOUNT,
    ),
    **dict.fromkeys(
        _fields(
            """
            Board.slug Board.name Board.name_key Board.description Board.language Board.staff_url
            Board.private_patterns Board.mail_name Board.mail_prefix
            Brand.name Brand.tagline Brand.welcome Brand.accent Brand.support_url
            Brand.support_address Brand.reply_address Brand.mail_footer BrandLink.label BrandLink.url
            Experiment.name SiteState.read_only_words
            """
        ),
        _SITE,
    ),
    **dict.fromkeys(
        _fields(
            """
            Thread.language Attachment.content_type AuditEntry.verb AuditEntry.object_kind Follower.name
            Follower.snapshot Follower.reading Review.outcome IllegalReport.language IllegalReport.token_hash
            Draft.visitor_key Draft.place PostKey.key Watch.rhythm ImportRun.source ImportedIdentity.source
            ImportedIdentity.external_id ImportedItem.source ImportedItem.kind ImportedItem.external_id
            ImportedItem.source_hash IncomingMail.once IncomingMail.message_id
            IncomingMail.sender_hash IncomingMail.target_kind IncomingMail.place IncomingMail.verdict
            OldAddress.path LimitCount.key Mail.key Mail.address_hash Mail.reply_code
            Visitor.key PersonAlias.visitor_key Experiment.surface Experiment.salt Exposure.person_key
            Exposure.drawn_as FormSession.surface FormSession.person_key Notification.event_kind
            Notification.reason StoppedNotice.key Prompt.person_key JobRun.name Keeping.kind Erasure.place
            DataExport.file_name NamesSeen.brand
            """
        ),
        _MACHINE,
    ),
}


def not_by_age() -> dict[str, str]:
    """`EXCEPTIONS` of every app."""
    return {**EXCEPTIONS, **{name: why for care in others() for name, why in care.not_by_age.items()}}
