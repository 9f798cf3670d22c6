"""The demo's desk: weeks of tickets, made through the same actions as real life, beside the community's story."""
