"""Mixed writes by many threads, and the judgement whether what a store holds afterwards may be so.

Each value says whose it is. After a crash a key must hold the value of some write that is not older than an
acknowledged one: `value` is wrong when another write was acknowledged and had begun after `value`'s own was done.
"""

import hashlib
import random
import threading
import time

from s3 import Broken

BUCKET = "/durable"
KEYS = [f"k{number}" for number in range(24)]
SOURCES = [f"source{number}" for number in range(4)]
WRITERS = 16
SIZES = [0, 1, 700, 4096, 60_000, 262_143, 262_145, 400_000, 2_000_000]


def body_of(name, length):
    """A body that no other name has, of about `length` bytes."""
    head = f"{name};{length};".encode()
    block = hashlib.sha256(head).digest() * 1024
    return head + (block * (length // len(block) + 1))[:length]


def told(body):
    """Whose body it is and whether it is whole, for a person to read."""
    if body is None:
        return "nothing"
    name, _, rest = body[:80].partition(b";")
    length = rest.partition(b";")[0]
    if not length.isdigit():
        return f"{len(body)} bytes that begin with {body[:32]!r}"
    whole = body == body_of(name.decode(errors="replace"), int(length))
    return f"{name.decode(errors='replace')} ({len(body)} bytes, {'whole' if whole else 'NOT whole'})"


def digest(body):
    return None if body is None else hashlib.sha256(body).hexdigest()


class Ledger:
    """Every write that was sent, by key: [value, sent at, acknowledged at or None]."""

    def __init__(self):
        self.lock = threading.Lock()
        self.writes = {key: [[None, -1.0, 0.0]] for key in KEYS}
        self.acknowledged = 0

    def begin(self, key, value):
        write = [value, time.monotonic(), None]
        with self.lock:
            self.writes[key].append(write)
        return write

    def done(self, write):
        write[2] = time.monotonic()
        self.acknowledged += 1

    def judge(self, key, value):
        """None when the key may hold this value, else why not."""
        writes = self.writes[key]
        own = [write for write in writes if write[0] == value]
        if not own:
            return f"{key} holds a value that nobody wrote"
        for write in own:
            done = write[2] if write[2] is not None else float("inf")
            if not any(other[2] is not None and other[1] > done for other in writes):
                return None
        return f"{key} holds a value that an acknowledged write had replaced"

    def restart_from(self, key, value):
        """What was found is what the next round begins with."""
        self.writes[key] = [[value, -1.0, 0.0]]


def prepare(client, ledger):
    answer = client.send("PUT", BUCKET)
    assert answer.status == 200, answer.body
    for name in SOURCES:
        answer = client.send("PUT", f"{BUCKET}/{name}", body=body_of(name, 300_000))
        assert answer.status == 200, answer.body


class Writer(threading.Thread):
    """Writes until the connection breaks or `stop` is set."""

    def __init__(self, server, ledger, number, round_number, stop):
        super().__init__(daemon=True)
        self.client, self.ledger, self.stop = server.client(), ledger, stop
        self.name_prefix = f"r{round_number}w{number}"
        self.random = random.Random(f"{round_number}/{number}")
        self.count = 0
        self.refused = None

    def run(self):
        try:
            while not self.stop.is_set():
                self.write()
        except Broken:
            pass
        self.client.close()

    def write(self):
        key = self.random.choice(KEYS)
        self.count += 1
        name = f"{self.name_prefix}n{self.count}"
        kind = self.random.choices(["put", "delete", "multipart", "copy"], [12, 2, 2, 2])[0]
        if kind == "delete":
            self.attempt(key, None, [("DELETE", f"{BUCKET}/{key}", "", b"", None)])
        elif kind == "copy":
            source = self.random.choice(SOURCES)
            headers = {"x-amz-copy-source": f"{BUCKET}/{source}"}
            self.attempt(key, body_of(source, 300_000), [("PUT", f"{BUCKET}/{key}", "", b"", headers)])
        elif kind == "multipart":
            self.multipart(key, body_of(name, 310_000))
        else:
            body = body_of(name, self.random.choice(SIZES))
            self.attempt(key, body, [("PUT", f"{BUCKET}/{key}", "", body, None)])

    def multipart(self, key, body):
        path = f"{BUCKET}/{key}"
        begun = self.client.send("POST", path, "uploads=")
        if begun.status != 200:
            return self.refuse(f"POST {path}?uploads", begun)
        upload, tags = begun.text("UploadId"), []
        for number, part in enumerate((body[:300_000], body[300_000:]), 1):
            answer = self.client.send("PUT", path, f"partNumber={number}&uploadId={upload}", part)
            if answer.status != 200:
                return self.refuse(f"PUT {path}?partNumber", answer)
            tags.append(answer.headers["etag"])
        listed = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{t}</ETag></Part>" for n, t in enumerate(tags, 1))
        document = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
        self.attempt(key, body, [("POST", path, f"uploadId={upload}", document, None)])

    def attempt(self, key, body, requests):
        write = self.ledger.begin(key, digest(body))
        for method, path, query, sent, headers in requests:
            answer = self.client.send(method, path, query, sent, headers)
            if answer.status not in (200, 204) or b"<Error>" in answer.body:
                # While a disk is being lost an error says only that nothing was promised: it may still have happened.
                return self.refuse(f"{method} {path}", answer)
        self.ledger.done(write)

    def refuse(self, what, answer):
        self.refused = f"{what}: {answer.status} {answer.body[:200]!r}"


def load(server, ledger, round_number, seconds, crash):
    """Writers for `seconds`, then `crash()`; the refusals that they saw."""
    stop = threading.Event()
    writers = [Writer(server, ledger, number, round_number, stop) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    time.sleep(seconds)
    crash()
    stop.set()
    for writer in writers:
        writer.join(90)
    return [writer.refused for writer in writers if writer.refused]


def verify(server, ledger):
    """Every key against the ledger, the listing and the counters against the content; what is wrong."""
    client, wrong, objects, size = server.client(), [], 0, 0
    listing = client.send("GET", BUCKET, "list-type=2").body.decode()
    for name in SOURCES:
        body = client.send("GET", f"{BUCKET}/{name}").body
        if body != body_of(name, 300_000):
            wrong.append(f"{name} is not whole")
        objects, size = objects + 1, size + len(body)
    for key in KEYS:
        answer = client.send("GET", f"{BUCKET}/{key}")
        body = answer.body if answer.status == 200 else None
        if answer.status not in (200, 404):
            wrong.append(f"{key}: {answer.status} {answer.body[:200]!r}")
            continue
        if (f"<Key>{key}</Key>" in listing) != (body is not None):
            wrong.append(f"{key}: the listing and GET disagree")
        why = ledger.judge(key, digest(body))
        if why:
            wrong.append(f"{why}: {told(body)}")
        ledger.restart_from(key, digest(body))
        objects, size = objects + (body is not None), size + (len(body) if body is not None else 0)
    # Parts of uploads that were cut are counted as well; drop them, then the counters must be exact.
    uploads = client.send("GET", BUCKET, "uploads=").body.decode()
    for upload in uploads.split("<Upload>")[1:]:
        key = upload.split("<Key>")[1].split("<")[0]
        identity = upload.split("<UploadId>")[1].split("<")[0]
        client.send("DELETE", f"{BUCKET}/{key}", f"uploadId={identity}")
    counted = client.send("HEAD", BUCKET).headers
    found = (int(counted["x-rgw-object-count"]), int(counted["x-rgw-bytes-used"]))
    if found != (objects, size):
        wrong.append(f"counters say {found}, there are {(objects, size)}")
    client.close()
    return wrong
