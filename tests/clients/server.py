"""Starts and ends the server under test."""

import collections
import os
import re
import signal
import subprocess
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEYS = ("CLIENTTESTSKEY000001", "client/tests+secret/only0123456789abcdefghij")
LISTENING = re.compile(r"http://127\.0\.0\.1:(\d+)")
TOKEN = "clients-tests-token"
# Of a profile: the region that clients sign for and create in; the domain whose names buckets get, with the server's
# port; the service's own endpoint, for clients that ask it through the server as an HTTP proxy. Clients know Amazon's
# names and drop the port, so in profile aws the first domain is one of our own.
Names = collections.namedtuple("Names", "region domain service")
PROFILES = {
    "spaces": Names("nyc3", "nyc3.digitaloceanspaces.com", "nyc3.digitaloceanspaces.com"),
    "aws": Names("us-east-1", "s3.spacelet.test", "s3.us-east-1.amazonaws.com"),
}
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "CLIENTS_SERVER", "CLIENTS_TRACE", "TEST_RUN_MARK")


def clean_environment(home):
    """What a client may see of the caller's environment: no AWS_*, no proxy, no settings of the user."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {"LC_ALL": "C.UTF-8", **kept, "HOME": home, "TMPDIR": home}


class Server:
    """A durable server on free ports of 127.0.0.1, with a given first key and control token."""

    def __init__(self, scratch, profile="spaces"):
        self.profile = profile
        self.program = os.environ.get("CLIENTS_SERVER") or os.path.join(ROOT, "target", "release", "spacelet")
        self.data = os.path.join(scratch, "data")
        self.home = os.path.join(scratch, "server")
        os.makedirs(self.home)
        names = PROFILES[profile]
        # restic asks the dual-stack twin of Amazon's endpoint.
        domains = [names.domain, names.service, names.service.replace("s3.", "s3.dualstack.", 1)]
        self.flags = [] if profile == "spaces" else ["--profile", profile, "--domain", ",".join(domains)]
        self.keys = KEYS
        self.endpoint = None
        self.control = None
        self.process = None
        self.said = []
        self.stopped = None

    def start(self):
        """Returns when the S3 address is known. Raises OSError when there is no program or it ends at once."""
        environment = {
            **clean_environment(self.home),
            "SPACELET_ACCESS_KEY": self.keys[0],
            "SPACELET_SECRET_KEY": self.keys[1],
            "SPACELET_TOKEN": TOKEN,
        }
        ports = ["--address", "127.0.0.1:0", "--control-address", "127.0.0.1:0"]
        command = [self.program, "server", self.data, *ports, *self.flags]
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        known = threading.Event()
        threading.Thread(target=self._listen, args=(known,), daemon=True).start()
        known.wait(timeout=30)
        if self.endpoint is None:
            raise OSError(f"the server named no API address: {' '.join(self.said)[-600:]}")

    def _listen(self, known):
        for line in self.process.stderr:
            self.said.append(line.strip())
            del self.said[:-50]
            found = LISTENING.search(line)
            if self.endpoint is None and "API:" in line and found:
                self.endpoint = found.group(0)
            elif self.control is None and "Console:" in line and found:
                self.control = found.group(0)
                known.set()
        known.set()

    def kill_if_alive(self):
        """SIGTERM, and SIGKILL only when that was not enough; how it ended is kept for `verdicts`."""
        if self.process is None or self.stopped is not None:
            return
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=20)
            self.stopped = (code, time.monotonic() - begin)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            self.stopped = (None, 20.0)

    def verdicts(self):
        """Two checks after the clients: (name, why it failed or None); none of a server that never ran."""
        if self.stopped is None:
            return
        code, seconds = self.stopped
        bad_end = None if code == 0 and seconds < 5 else f"exit {code} after {seconds:.1f} s: {' '.join(self.said)[-400:]}"
        yield "server ends cleanly on SIGTERM", bad_end
        check = subprocess.run(
            [self.program, "fsck", self.data], env=clean_environment(self.home), capture_output=True, text=True, timeout=120
        )
        words = " ".join((check.stdout + check.stderr).split())[-400:]
        yield "fsck finds the store clean", None if check.returncode == 0 else f"exit {check.returncode}: {words}"
