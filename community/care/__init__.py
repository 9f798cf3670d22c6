"""Keeping the site: backups and what follows from them, whether it is well, read-only times."""
