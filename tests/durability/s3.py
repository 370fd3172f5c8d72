"""A small signed S3 client on Python's standard library, and a server to point it at."""

import datetime
import hashlib
import hmac
import http.client
import os
import re
import signal
import subprocess
import threading
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEY, SECRET, REGION = "DURABILITYKEY00000001", "durability/tests+secret/0123456789abcdefghij", "nyc3"
PROGRAM = os.environ.get("DURABILITY_SERVER") or os.path.join(ROOT, "target", "release", "spacelet")


class Broken(Exception):
    """The connection ended before the answer: the request may or may not have happened."""


class Answer:
    """Status, headers (lower case) and body."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    def text(self, element):
        found = re.search(f"<{element}>([^<]*)</{element}>".encode(), self.body)
        return found.group(1).decode() if found else None


class Client:
    """One keep-alive connection for one key; not for two threads at once."""

    def __init__(self, port, key=KEY, secret=SECRET, region=REGION):
        self.port = port
        self.key, self.secret, self.region = key, secret, region
        self.connection = None

    def send(self, method, path, query="", body=b"", headers=None, length=None):
        """Signs and sends; `body` may be an iterator when `length` is given. Raises Broken."""
        target = urllib.parse.quote(path)
        host = f"127.0.0.1:{self.port}"
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        signed = {"host": host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-date": now, **(headers or {})}
        names = sorted(signed)
        pairs = sorted(pair.partition("=")[::2] for pair in query.split("&") if pair)
        canonical = "\n".join([
            method, target, "&".join(f"{name}={urllib.parse.quote(value, safe='')}" for name, value in pairs),
            "".join(f"{name}:{signed[name]}\n" for name in names), ";".join(names), "UNSIGNED-PAYLOAD"])
        scope = f"{now[:8]}/{self.region}/s3/aws4_request"
        secret = ("AWS4" + self.secret).encode()
        for text in (now[:8], self.region, "s3", "aws4_request"):
            secret = hmac.new(secret, text.encode(), hashlib.sha256).digest()
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        signature = hmac.new(secret, f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{digest}".encode(), hashlib.sha256).hexdigest()
        signed["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.key}/{scope},SignedHeaders={';'.join(names)},Signature={signature}")
        signed["Content-Length"] = str(len(body) if length is None else length)
        query = "&".join(f"{name}={urllib.parse.quote(value, safe='')}" for name, value in pairs)
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            self.connection.request(method, target + ("?" + query if query else ""), body=body, headers=signed)
            return Answer(self.connection.getresponse())
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Broken(str(error)) from error

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Server:
    """The release program on a data folder (None: volatile), on free ports."""

    def __init__(self, data, *flags, before=()):
        command = [*before, PROGRAM, "server", *([data] if data else []), "--address", "127.0.0.1:0",
                   "--control-address", "127.0.0.1:0", "--part-min", "1KiB", "--log-level", "error", *flags]
        environment = {"PATH": os.environ["PATH"], "HOME": "/", "SPACELET_ACCESS_KEY": KEY, "SPACELET_SECRET_KEY": SECRET}
        if "TEST_RUN_MARK" in os.environ:
            environment["TEST_RUN_MARK"] = os.environ["TEST_RUN_MARK"]
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True)
        self.said = []
        self.port = None
        ready = threading.Event()
        threading.Thread(target=self._listen, args=(ready,), daemon=True).start()
        ready.wait(60)
        if self.port is None:
            self.kill()
            raise RuntimeError("the server did not start: " + " ".join(self.said)[-800:])

    def _listen(self, ready):
        for line in self.process.stderr:
            self.said.append(line.strip())
            del self.said[:-60]
            found = re.search(r"API: http://127\.0\.0\.1:(\d+)", line)
            if found:
                self.port = int(found.group(1))
            if line.startswith("Ready"):
                ready.set()
        ready.set()

    def client(self):
        return Client(self.port)

    def kill(self):
        """SIGKILL."""
        self.process.kill()
        self.process.wait()

    def child(self):
        """The server's own process where another program (strace) started it."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as children:
            return int(children.read().split()[0])

    def stop(self):
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def peak_bytes(self):
        """The most memory that was ever resident."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) * 1024


def fsck(data):
    """None when the store is clean, else what is wrong."""
    done = subprocess.run([PROGRAM, "fsck", data], capture_output=True, text=True, timeout=300)
    return None if done.returncode == 0 else " ".join((done.stdout + done.stderr).split())[-800:]
