"""Input of the desk."""
