"""Parts of pages that templates/site/ puts together."""
