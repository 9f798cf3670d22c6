"""The search index: one folder on each machine, made from the database and following it; losing it loses nothing."""
