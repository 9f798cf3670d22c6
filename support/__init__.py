"""Support records what the community's work was worth. It imports community, never the other way."""
