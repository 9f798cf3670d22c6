"""Mail that comes in: read in a killable process, cut, known by token and sender together, taken in by actions."""
