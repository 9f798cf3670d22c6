"""The demo community: a believable brand with three months of history, made through the same actions as real life."""
