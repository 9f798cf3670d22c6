"""Bringing another community's history here: read, stage, convert, write; safe to stop and to run again."""
