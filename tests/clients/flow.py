"""What every client is asked to do, written once.

A client is an adapter: an object with the methods `create`, `put`, `put_multipart`, `put_tree`, `names`, `get`,
`range`, `copy`, `presign_get`, `presign_put`, `delete`, `delete_tree` and `drop`, all of which speak of files.
`range` with `ranges_to_the_end` means the client can only continue a download. What a client has no way to do it lists in `lacks` (step name -> why): that is printed, never counted as passed.
After each step the server is asked by other means (wire.py) whether it really happened.

Output, read by run.py: `ok NAME`, `FAIL NAME: why`, `none NAME: why`, and `done` at the end.
"""

import hashlib
import os
import random
import secrets
import sys
import traceback
import urllib.parse

import wire

KIB, MIB = 1 << 10, 1 << 20
# More keys than a page of a listing has.
MANY = 1100
# In profile aws only path style puts so many: the names of hosts change nothing in a page.
FEW = 40
PROFILE = os.environ["S3_PROFILE"]
BIG = 20 * MIB


class Report:
    """Prints one line per check."""

    def __init__(self, prefix):
        self.prefix = prefix

    def check(self, name, step):
        """Runs one step; any exception is its failure. Says whether it passed."""
        try:
            step()
        except Exception as error:  # noqa: BLE001, whatever a client raises is a failed check
            self.fail(name, error)
            return False
        print(f"ok {self.prefix} {name}", flush=True)
        return True

    def fail(self, name, error):
        """Prints a failed check on one line."""
        why = " ".join(str(error).split()) or repr(error)
        print(f"FAIL {self.prefix} {name}: {type(error).__name__}: {why[:900]}", flush=True)
        if os.environ.get("CLIENTS_TRACE"):
            traceback.print_exception(error)

    def none(self, name, why):
        """Says that the client has no such command."""
        print(f"none {self.prefix} {name}: {why}", flush=True)


def finish():
    """The last line of every client: without it run.py counts the client as broken."""
    print("done", flush=True)


def end_server(server, client):
    """Ends a server of a script's own; a clean end and a clean store are checks here as they are in run.py."""
    server.kill_if_alive()
    report = Report(client)
    for name, why in server.verdicts():
        report.check(name, lambda why=why: expect(why is None, why))


def expect(condition, text):
    """Like assert, but with the text of what was seen, and not removed by -O."""
    if not condition:
        raise AssertionError(text)


def same(left, right, what):
    """Compares two bodies without printing them."""
    expect(left == right, f"{what}: {len(left)} bytes {digest(left)}, expected {len(right)} bytes {digest(right)}")


def digest(data):
    """A short name for a body."""
    return hashlib.sha256(data).hexdigest()[:12]


def scratch(name):
    """A path in this client's own temporary folder."""
    return os.path.join(os.environ["S3_SCRATCH"], name)


def sample(name, size):
    """Writes a file of bytes that no other file has, and returns its path."""
    path = scratch(name)
    with open(path, "wb") as file:
        file.write(random.randbytes(size))
    return path


def tree(name, count, size=64):
    """Makes a folder of small files in sub-folders and returns it with the relative names, sorted."""
    folder = scratch(name)
    names = [f"d{number % 20:02}/file {number:04}.bin" for number in range(count)]
    for relative in names:
        path = os.path.join(folder, relative)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(random.randbytes(size))
    return folder, sorted(names)


def read(path):
    """A file's bytes."""
    with open(path, "rb") as file:
        return file.read()


class Flow:
    """One client in one addressing style, on a bucket of its own."""

    def __init__(self, client, style, adapter):
        self.adapter = adapter
        self.style = style
        self.report = Report(f"{client} {style}")
        self.bucket = f"{client}-{style}-{secrets.token_hex(4)}".replace("_", "-")
        self.small = sample(f"small-{self.bucket}", KIB)
        self.big = sample(f"big-{self.bucket}", BIG)
        self.many = MANY if PROFILE == "spaces" or style == "path" else FEW

    def run(self):
        """All steps in order. Without a bucket the others would only repeat the same failure."""
        if not self.report.check("create", self.create):
            return
        for name, words in STEPS.items():
            words = words.format(many=self.many)
            why = getattr(self.adapter, "lacks", {}).get(name)
            if why:
                self.report.none(words, why)
            else:
                self.report.check(words, getattr(self, name))

    def create(self):
        self.adapter.create(self.bucket)
        self.seen("HEAD", "", 200)

    def put(self):
        self.adapter.put(self.bucket, "small one.bin", self.small)
        same(self.seen("GET", "small one.bin", 200).body, read(self.small), "stored body")

    def put_multipart(self):
        self.adapter.put_multipart(self.bucket, "dir/big.bin", self.big)
        head = self.seen("HEAD", "dir/big.bin", 200).headers
        expect(head["content-length"] == str(BIG), f"length {head['content-length']}")
        expect("-" in head["etag"], f"an ETag of parts expected, got {head['etag']}")

    def list_many(self):
        folder, names = tree(f"many-{self.bucket}", self.many)
        self.adapter.put_tree(self.bucket, "many/", folder)
        listed = sorted(self.adapter.names(self.bucket, "many/"))
        expect(len(listed) == self.many, f"{len(listed)} keys listed, expected {self.many}")
        expect(listed == ["many/" + name for name in names], f"other names: {listed[:3]} …")

    def get(self):
        path = scratch(f"got-{self.bucket}")
        self.adapter.get(self.bucket, "dir/big.bin", path)
        same(read(path), read(self.big), "body")

    def range(self):
        path = scratch(f"range-{self.bucket}")
        begin, length = 7 * MIB + 3, 9 * MIB
        if getattr(self.adapter, "ranges_to_the_end", False):
            length = BIG - begin
        self.adapter.range(self.bucket, "dir/big.bin", begin, length, path)
        same(read(path), read(self.big)[begin : begin + length], "range")

    def copy(self):
        self.adapter.copy(self.bucket, "small one.bin", "copies/ä+b.bin")
        same(self.seen("GET", "copies/ä+b.bin", 200).body, read(self.small), "copy")

    def presign_get(self):
        url = self.adapter.presign_get(self.bucket, "dir/big.bin")
        host = urllib.parse.urlsplit(url).hostname
        domain = wire.SERVICE if self.style == "proxy" else wire.DOMAIN
        named = wire.HOST if self.style == "path" else f"{self.bucket}.{domain}"
        expect(host == named, f"the link is for {host}, not {named}")
        answer = wire.fetch(url)
        expect(answer.status == 200, f"{url}: {answer}")
        same(answer.body, read(self.big), "body")
        tampered = url.replace("big.bin", "small.bin", 1)
        refused = wire.fetch(tampered)
        expect(refused.status == 403, f"a link changed by hand was answered {refused.status}")

    def presign_put(self):
        url = self.adapter.presign_put(self.bucket, "sent by link.bin")
        body = random.randbytes(3000)
        answer = wire.fetch(url, "PUT", body)
        expect(answer.status == 200, f"{url}: {answer}")
        same(self.seen("GET", "sent by link.bin", 200).body, body, "stored body")

    def delete(self):
        self.adapter.delete(self.bucket, "small one.bin")
        self.seen("HEAD", "small one.bin", 404)

    def delete_tree(self):
        self.adapter.delete_tree(self.bucket)
        body = self.seen("GET", "", 200).body
        expect(b"<Contents>" not in body, f"keys are left: {body[:400]!r}")

    def drop(self):
        self.adapter.drop(self.bucket)
        self.seen("HEAD", "", 404)

    def seen(self, method, key, status):
        """Asks the server itself."""
        answer = wire.signed(method, self.bucket, key)
        expect(answer.status == status, f"{method} {self.bucket}/{key}: {answer}, expected {status}")
        return answer


STEPS = {
    "put": "put 1 KiB",
    "put_multipart": "put 20 MiB in parts",
    "list_many": "put and list {many} keys",
    "get": "get",
    "range": "get a range",
    "copy": "copy",
    "presign_get": "presigned GET",
    "presign_put": "presigned PUT",
    "delete": "delete",
    "delete_tree": "delete all keys",
    "drop": "delete the bucket",
}


def started(report, make):
    """Makes an adapter; a client that cannot even start is one failed check, and None."""
    try:
        return make()
    except Exception as error:  # noqa: BLE001, as above
        report.fail("start", error)
        return None


def main(client, styles):
    """Runs the flow for each style; `styles` maps a style's name to what makes its adapter."""
    for style, make in styles.items():
        adapter = started(Report(f"{client} {style}"), make)
        if adapter is not None:
            Flow(client, style, adapter).run()
            getattr(adapter, "close", lambda: None)()
    finish()
    sys.exit(0)
