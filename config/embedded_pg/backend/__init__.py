"""Django's database backend for the embedded server; Django looks for the module `base` in here."""
