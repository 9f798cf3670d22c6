"""A user of the embedded server, as a process of its own: `python user_process.py DATA_DIR`.

It obeys lines on its standard input and answers each with one line of JSON. Run by the tests only.
"""

import json
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from config.embedded_pg import programs, server
from config.embedded_pg.errors import EmbeddedServerError

data_dir = sys.argv[1]
if os.environ.get("WITHOUT_WHEEL"):  # as on a machine where it is not installed
    programs.WHEEL_PACKAGE = "not_installed"


def obey(words: list[str]) -> dict[str, object]:
    order, *rest = words
    if order == "connect":  # attach as every new connection does, and really talk to the server
        address = server.attach(data_dir, "peerdesk")
        with address.connect("peerdesk") as connection:
            row = connection.execute("SELECT current_setting('data_directory')").fetchone()
        return {"server": address.server.pid, "socket": address.socket_folder, "data": row[0] if row else None}
    if order == "sql":
        address = server.attach(data_dir, "peerdesk")
        with address.connect("peerdesk") as connection:
            cursor = connection.execute(" ".join(rest))
            return {"rows": cursor.fetchall() if cursor.description else None}
    if order == "fork":  # a child that does nothing but live
        child = os.fork()
        if child == 0:
            sys.stdin.close()
            os.close(1)
            while True:
                signal.pause()
        return {"child": child}
    raise SystemExit(f"unknown order {order}")


for line in sys.stdin:
    try:
        answer = obey(line.split())
    except EmbeddedServerError as error:
        answer = {"error": str(error)}
    except Exception as error:  # the test wants to see it
        answer = {"crash": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(answer, default=str) + "\n")
    sys.stdout.flush()
