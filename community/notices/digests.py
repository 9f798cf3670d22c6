"""Daily and weekly mails: made when somebody's morning has come (rounds.py), written when they are sent."""

from community.notices.rounds import make_digests

__all__ = ["make_digests"]
