"""From events to notifications, after commit and outside the request."""
