"""The arithmetic of experiments: who is in which arm, and how long one must run. Plain values in and out."""

from decimal import Decimal
from hashlib import sha256


def is_in_control(*, salt: str, person_key: str, holdout: Decimal) -> bool:
    """Whether this person sees the form without suggestions (deflection.md, "Randomised holdout").

    `holdout` is a share between 0 and 1; the same salt and key always give the same answer.
    """
    return int(sha256(f"{salt}:{person_key}".encode()).hexdigest()[:8], 16) % 10_000 < holdout * 10_000
