def detect(text: str) -> str | None:
    return None
