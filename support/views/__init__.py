"""Pages and verbs of the desk and of the customer."""
