#!/usr/bin/env python3
"""Holds tests/suites/serve to what it promises, in both profiles, volatile and with a folder.

It says `ready` once it serves, is empty, knows the accounts of serve.toml, has its control API on the next port, and
ends cleanly on SIGTERM within five seconds.
"""

import datetime
import hashlib
import hmac
import http.client
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
READY_S = 600  # the program may have to be built first
END_S = 5


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


def sign(key, message):
    return hmac.new(key, message.encode(), hashlib.sha256).digest()


def ask(port, method, path, key, body=b""):
    """One request signed with V4; status and body."""
    host = f"127.0.0.1:{port}"
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(body).hexdigest()
    headers = {"host": host, "x-amz-content-sha256": digest, "x-amz-date": now}
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    scope = f"{now[:8]}/us-east-1/s3/aws4_request"
    canonical = f"{method}\n{path}\n\n{lines}\n{names}\n{digest}"
    text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    secret = ("AWS4" + key["secret"]).encode()
    for part in scope.split("/"):
        secret = sign(secret, part)
    signature = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
    credential = f"{key['id']}/{scope}"
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    return fetch(port, method, path, headers, body)


def fetch(port, method, path, headers, body=b""):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body=body or None, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class Served:
    """One run of tests/suites/serve."""

    def __init__(self, profile, folder):
        self.port = free_port()
        words = [str(HERE / "serve"), str(self.port), profile, *([folder] if folder else [])]
        self.log = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.first_line = self.process.stdout.readline().strip()

    def end(self):
        """SIGTERM; its exit status, or None when it does not end in time."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None


def checks(profile, folder):
    """(what, whether it is so) of one run."""
    keys = tomllib.loads((HERE / "serve.toml").read_text())["key"]
    served = Served(profile, folder)
    yield "says ready", served.first_line == "ready"
    for number, key in enumerate(keys):
        status, body = ask(served.port, "GET", "/", key)
        yield f"knows account {key['account']}, which has no Space", status == 200 and b"<Bucket>" not in body
        bucket = f"serve-check-{number}"
        made = ask(served.port, "PUT", f"/{bucket}", key)[0]
        put = ask(served.port, "PUT", f"/{bucket}/key", key, b"hello")[0]
        yield f"account {key['account']} makes a Space and an object", (made, put) == (200, 200)
    yield "gives back what was put", ask(served.port, "GET", "/serve-check-0/key", keys[0]) == (200, b"hello")
    bearer = {"Authorization": "Bearer suite-token"}
    yield "takes the token on the next port", fetch(served.port + 1, "GET", "/v2/nothing", bearer)[0] == 404
    yield "takes no other token", fetch(served.port + 1, "GET", "/v2/nothing", {"Authorization": "Bearer x"})[0] == 401
    yield "ends cleanly on SIGTERM", served.end() == 0


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for profile, where in (("spaces", None), ("aws", None), ("spaces", folder)):
            for what, is_so in checks(profile, where):
                passed, failed = passed + is_so, failed + (not is_so)
                if not is_so:
                    print(f"{profile}{', with a folder' if where else ''}: not so: {what}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
