"""Trials of the embedded development server, with real processes and real kills."""
