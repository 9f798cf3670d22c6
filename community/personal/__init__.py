"""What is kept about one person: found by the schema itself, so that no new table can be forgotten."""
