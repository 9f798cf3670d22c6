"""The community in the admin: boards, tags, brand and people change through actions, all else can only be read."""

from community.admin import boards, brand, content, log, mails, measuring, people

__all__ = ["boards", "brand", "content", "log", "mails", "measuring", "people"]
