#!/usr/bin/env python
"""Peerdesk's command line: every management command starts here. Must parse in Python 3.6, to call that too old."""

import os
import sys


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - the sentence below is for those who have an older one
        sys.exit("Peerdesk needs Python 3.11 or newer; this is Python {}.{}.".format(*sys.version_info[:2]))
    if sys.argv[1:2] == ["receive_mail"]:
        # Called by mail servers, once for each mail: it starts lean, and ends as they expect it.
        from config.doorstep import receive

        return receive(sys.argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # Imported here, after the version has been checked: these do not even parse in an old Python.
    try:
        import django
        import psycopg
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import Error

        from config.database_errors import explain_database_error, require_database
    except ModuleNotFoundError as error:
        sys.exit(f"The library {error.name} is missing in this Python; `make demo` sets everything up (see README.md).")
    try:
        if sys.argv[1:2] == ["runserver"]:
            # Its reloader would show a traceback and go on without a database.
            django.setup()
            require_database()
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error))
    except (Error, psycopg.Error) as error:
        sentence = explain_database_error(error)
        if not sentence or "--traceback" in sys.argv:
            raise
        sys.exit(sentence)


if __name__ == "__main__":
    main()
