"""What of support can be written to by mail: tickets."""

from community.incoming.targets import Target

TARGETS: dict[str, Target] = {}
