"""The community in the admin: boards, tags, brand and people change through actions, all else can only be read."""

from community.admin import boards, brand, content, incoming, law, log, mails, measuring, people, site

__all__ = ["boards", "brand", "content", "incoming", "law", "log", "mails", "measuring", "people", "site"]
