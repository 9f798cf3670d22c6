"""Lengths of business time as people read and write them."""


def length_words(minutes: int) -> str:
    """Minutes as they are written in forms and read in reports: 4 h, 1 h 30 min. Never days: they differ in length."""
    parts = [f"{minutes // 60} h" if minutes >= 60 else "", f"{minutes % 60} min" if minutes % 60 else ""]
    return " ".join(part for part in parts if part) or "0 min"
