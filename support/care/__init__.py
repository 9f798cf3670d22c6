"""What the desk keeps: whose it is, for how long, what goes along, what is forgotten (see community/care/others.py)."""
