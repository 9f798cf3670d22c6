"""How `manage.py receive_mail` begins and ends: quickly, and so that no mail is lost when something is wrong with us.

A mail server takes an exit status it does not know for a final no, and tells the sender. Whatever keeps this program
from taking a mail (a setting, a library, a fault of ours) is no word about the mail: the server tries again later.
"""

import os
import sys

TEMPORARY = 75


def receive(argv: list[str]) -> None:
    """Run the command. Ends the process with 0, 64 or 75."""
    try:
        if {"--text", "--dry-run"} <= set(argv) and set(argv[2:]) == {"--text", "--dry-run"}:
            _cut()
            return
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.doorstep_settings")
        from django.core.management import execute_from_command_line

        execute_from_command_line(argv)
    except SystemExit as ended:
        # Django's own end for a command that failed is 1, which no mail server knows.
        raise SystemExit(TEMPORARY if ended.code == 1 else ended.code) from None
    except BaseException as error:
        if "--traceback" in argv:
            raise
        sys.stderr.write(f"Not now: {_sentence(error)}\n")
        sys.exit(TEMPORARY)


def _cut() -> None:
    """A bare text is cut without Django: trying out many takes no time."""
    from community.incoming.bare import MAX_MESSAGE, told_of_text

    sys.stdout.write(told_of_text(sys.stdin.buffer.read(MAX_MESSAGE + 1)) + "\n")


def _sentence(error: BaseException) -> str:
    """One line; only settings speak for themselves, other errors may quote a mail or a password."""
    if type(error).__name__ == "ImproperlyConfigured":
        return " ".join(str(error).split())[:500]
    return f"{type(error).__name__} (add --traceback to see more)."
