#!/usr/bin/env python3
"""Holds tests/suites/serve to what it promises, in both profiles, volatile and with a folder.

It says `ready` once it serves, is empty, knows the accounts of serve.toml, has its control API on the next port, and
ends cleanly on SIGTERM within five seconds.
"""

import contextlib
import http.client
import os
import pathlib
import select
import signal
import socket
import subprocess
import sys
import tempfile
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "durability"))
from s3 import Client  # noqa: E402

READY_S = 240  # the program may have to be built first
END_S = 5
LOG_LINES = 20


def free_port():
    """A port whose next one is free too."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def ask(port, method, path, key, body=b""):
    """One signed request; status and body."""
    client = Client(port, key["id"], key["secret"], "us-east-1")
    try:
        answer = client.send(method, path, body=body)
        return answer.status, answer.body
    finally:
        client.close()


def fetch(port, path, headers):
    """Status of a GET that is not signed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


class Served:
    """One run of tests/suites/serve."""

    def __init__(self, profile, folder):
        self.port = free_port()
        words = [str(HERE / "serve"), str(self.port), profile, *([folder] if folder else [])]
        self.log = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=self.log, text=True, start_new_session=True
        )

    def is_ready(self):
        """Whether it says so in time, and nothing else first."""
        said, _, _ = select.select([self.process.stdout], [], [], READY_S)
        return bool(said) and self.process.stdout.readline().strip() == "ready"

    def end(self):
        """SIGTERM; its exit status, or None when it does not end in time. Nothing it started is left."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            return None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def last_lines(self):
        """The end of its log."""
        self.log.seek(0)
        return "".join(self.log.readlines()[-LOG_LINES:])


def checks(served):
    """(what, whether it is so) of one run."""
    ready = served.is_ready()
    yield "says ready", ready
    if not ready:
        return
    keys = tomllib.loads((HERE / "serve.toml").read_text())["key"]
    for number, key in enumerate(keys):
        status, body = ask(served.port, "GET", "/", key)
        yield f"knows account {key['account']}, which has no Space", status == 200 and b"<Bucket>" not in body
        bucket = f"serve-check-{number}"
        made = ask(served.port, "PUT", f"/{bucket}", key)[0]
        put = ask(served.port, "PUT", f"/{bucket}/key", key, b"hello")[0]
        yield f"account {key['account']} makes a Space and an object", (made, put) == (200, 200)
    yield "gives back what was put", ask(served.port, "GET", "/serve-check-0/key", keys[0]) == (200, b"hello")
    bearer = {"Authorization": "Bearer suite-token"}
    yield "takes the token on the next port", fetch(served.port + 1, "/v2/nothing", bearer) == 404
    yield "takes no other token", fetch(served.port + 1, "/v2/nothing", {"Authorization": "Bearer x"}) == 401
    yield "ends cleanly on SIGTERM", served.end() == 0


def run(profile, folder):
    """Counts of one run; what was not so is printed, with the end of the server's log."""
    served = Served(profile, folder)
    try:
        outcomes = list(checks(served))
    except Exception:
        print(served.last_lines())
        raise
    finally:
        served.end()
    wrong = [what for what, is_so in outcomes if not is_so]
    for what in wrong:
        print(f"{profile}{', with a folder' if folder else ''}: not so: {what}")
    if wrong:
        print(served.last_lines())
    return len(outcomes) - len(wrong), len(wrong)


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for profile, where in (("spaces", None), ("aws", None), ("spaces", folder)):
            good, bad = run(profile, where)
            passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
