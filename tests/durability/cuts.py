"""Power cuts at chosen points: the server's file calls are recorded, and the folder is rebuilt as a disk might have it.

The server runs under strace. A cut is a place in the record: what was synced before it is there; of the calls after
the last sync each block may have any first part, and of the names (create, rename, remove) those of any first
part may be there, because journals keep their order. A sync covers only what had returned before it began. A file's
sync does not bring its name, which is less than ext4 and xfs do: a directory's own sync does.
"""

import os
import random
import re
import shutil
import threading
import time

from load import BUCKET, body_of, digest, told
from s3 import Broken, Server, fsck

KEYS = [f"c{number}" for number in range(8)]
SIZES = [0, 100, 5_000, 60_000, 262_200, 300_000]
TRACED = ("openat,write,pwrite64,writev,sendto,ftruncate,fallocate,rename,renameat,renameat2,unlink,unlinkat,rmdir,"
          "mkdir,mkdirat,fsync,fdatasync,sync_file_range,syncfs,link,linkat,pwritev,pwritev2,copy_file_range,sync")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
OPEN = re.compile(r"^\w+\((\d+)<([^>]*)>")
BLOCKS = [512, 4096]


def plain(text):
    return bytes.fromhex(text.replace("\\x", ""))


def path_of(text):
    return plain(text).decode() if text.startswith("\\x") else text


class File:
    def __init__(self):
        self.writes = []  # [began, ended, offset or None for a new length, bytes or length, durable from]


class Record:
    """What a server's life did to its folder, in order; `tick` counts the lines of the record."""

    def __init__(self, root):
        self.root, self.tick = root, 0
        self.now = {root: "dir"}  # path: a File or "dir"
        self.names = []  # [tick, path, what stands there, durable from]
        self.answers = {}  # request id: tick
        self.syncs = []
        self.unknown = set()

    def read(self, trace):
        waiting = {}
        with open(trace) as lines:
            for line in lines:
                self.tick += 1
                thread, _, rest = line.rstrip("\n").partition(" ")
                rest = rest.lstrip()
                if "<unfinished ...>" in rest:
                    began, text = self.tick, rest.partition("<unfinished")[0].rstrip()
                    waiting[thread] = (began, text)
                    self.enter(began, text)
                    continue
                if rest.startswith("<... "):
                    began, text = waiting.pop(thread, (self.tick, ""))
                    self.leave(began, text + rest.partition("resumed>")[2])
                elif "(" in rest:
                    self.enter(self.tick, rest)
                    self.leave(self.tick, rest)

    def inside(self, path):
        return path == self.root or path.startswith(self.root + "/")

    def enter(self, began, text):
        """A write may have happened as soon as it began."""
        call, found = text.partition("(")[0], OPEN.match(text)
        if call in ("write", "writev", "sendto") and found and "socket" in path_of(found[2]):
            for data in TEXT.findall(text):
                for name in re.findall(rb"x-amz-request-id: (\S+)", plain(data), re.I):
                    self.answers.setdefault(name.decode(), began)
            return
        if not found:
            return
        file = self.now.get(path_of(found[2]))
        if not isinstance(file, File):
            return
        if call == "pwrite64":
            data = plain(TEXT.search(text)[1])
            at = int(re.findall(r", (\d+)", text[text.rindex('"'):])[1])
            file.writes.append([began, None, at, data, None])
        elif call == "write":
            data = plain(TEXT.search(text)[1])
            end = max([0] + [at + len(what) for _, _, at, what, _ in file.writes if at is not None])
            file.writes.append([began, None, end, data, None])
        elif call == "ftruncate":
            file.writes.append([began, None, None, int(re.search(r", (\d+)", text)[1]), None])
        elif call == "fallocate":
            end = sum(int(number) for number in re.search(r", (\d+), (\d+)\)?", text).groups())
            file.writes.append([began, None, None, -end, None])
        elif call in ("pwritev", "pwritev2", "copy_file_range", "writev"):
            self.unknown.add(call)

    def leave(self, began, text):
        call, _, _ = text.partition("(")
        result = text.rpartition(" = ")[2]
        if result.startswith("-1") or result.startswith("?"):
            return
        found = OPEN.match(text)
        if found and call in ("pwrite64", "write", "ftruncate", "fallocate"):
            file = self.now.get(path_of(found[2]))
            for write in file.writes if isinstance(file, File) else ():
                if write[0] == began:
                    write[1] = self.tick
        elif call in ("fsync", "fdatasync") and found and self.inside(path_of(found[2])):
            self.sync(began, path_of(found[2]))
        elif call in ("openat", "mkdir", "mkdirat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir"):
            self.name(call, text)
        elif call in ("link", "linkat"):
            self.unknown.add(call)

    def sync(self, began, path):
        self.syncs.append(self.tick)
        target = self.now.get(path)
        if isinstance(target, File):
            for write in target.writes:
                if write[1] is not None and write[1] <= began and write[4] is None:
                    write[4] = self.tick
            return
        last = max((number for number, (tick, name, _, _) in enumerate(self.names)
                    if tick < began and os.path.dirname(name) == path), default=-1)
        for name in self.names[: last + 1]:
            name[3] = name[3] or self.tick

    def name(self, call, text):
        paths = [path_of(path) for path in TEXT.findall(text)]
        paths = [path for path in paths if self.inside(path)]
        if not paths:
            if call.startswith(("unlinkat", "rename")):
                relative = re.match(r"^\w+\(\d+<([^>]*)>, ", text)
                if relative and self.inside(path_of(relative[1])):
                    paths = [os.path.join(path_of(relative[1]), plain(TEXT.search(text)[1]).decode())]
            if not paths:
                return
        if call == "openat":
            path = paths[0]
            if path not in self.now and "O_CREAT" in text:
                self.put(path, File())
            elif "O_TRUNC" in text and isinstance(self.now.get(path), File):
                self.now[path].writes.append([self.tick, self.tick, None, 0, None])
        elif call.startswith("mkdir"):
            self.put(paths[0], "dir")
        elif call.startswith("rename"):
            moved = {path: paths[1] + path[len(paths[0]):] for path in self.now
                     if path == paths[0] or path.startswith(paths[0] + "/")}
            # One step for the journal: all of it under one tick.
            for old, new in moved.items():
                what = self.now[old]
                self.put(old, None)
                self.put(new, what)
        else:
            self.put(paths[0], None)

    def put(self, path, what):
        if what is None:
            self.now.pop(path, None)
        else:
            self.now[path] = what
        self.names.append([self.tick, path, what, None])

    def rebuild(self, cut, chance, folder):
        """What a disk may hold after a cut at tick `cut`."""
        pending = sorted({tick for tick, _, _, durable in self.names if tick <= cut and (durable is None or durable > cut)})
        kept = chance.choice([0, len(pending), chance.randint(0, len(pending))])
        last = set(pending[:kept])
        standing = {self.root: "dir"}
        for tick, path, what, durable in self.names:
            if tick > cut or (tick not in last and (durable is None or durable > cut)):
                continue
            if what is None:
                standing.pop(path, None)
            else:
                standing[path] = what
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        share = chance.choice([0.0, 0.3, 0.7, 1.0])
        for path, what in sorted(standing.items(), key=lambda entry: entry[0]):
            target = folder + path[len(self.root):]
            if what == "dir":
                os.makedirs(target, exist_ok=True)
            elif os.path.isdir(os.path.dirname(target)):
                with open(target, "wb") as file:
                    file.write(self.content(what, cut, chance, share))

    @staticmethod
    def content(file, cut, chance, share):
        """Of what was not synced a block has what some first part of its writes left, as the page cache gives it out."""
        out, limits, block = bytearray(), {}, chance.choice(BLOCKS)

        def limit(number):
            if number not in limits:
                limits[number] = cut if chance.random() < share else chance.choice([0, chance.randint(0, cut)])
            return limits[number]

        for began, _, at, what, durable in file.writes:
            if began > cut:
                continue
            synced = durable is not None and durable <= cut
            if at is None:
                if synced or began <= limit("length"):
                    length = abs(what)
                    if what >= 0:
                        del out[length:]
                    out.extend(bytes(max(0, length - len(out))))
                continue
            begin, end = at, at + len(what)
            while begin < end:
                stop = end if synced else min(end, begin // block * block + block)
                if synced or began <= limit(begin // block):
                    out.extend(bytes(max(0, begin - len(out))))
                    out[begin:stop] = what[begin - at: stop - at]
                begin = stop
        return bytes(out)


class Told:
    """Every write by key: [value, begun, done, request id]."""

    def __init__(self):
        self.writes = {key: [[None, -1.0, 0.0, None]] for key in KEYS}
        self.lock = threading.Lock()

    def begin(self, key, value):
        write = [value, time.monotonic(), None, None]
        with self.lock:
            self.writes[key].append(write)
        return write

    @staticmethod
    def done(write, answer):
        write[2], write[3] = time.monotonic(), answer.headers["x-amz-request-id"]

    def judge(self, record, cut, key, value):
        writes = self.writes[key]

        def answered(write):
            return write[3] is None and write[2] is not None or record.answers.get(write[3], cut + 1) <= cut

        own = [write for write in writes if write[0] == value]
        if not own:
            return f"{key} holds a value that nobody wrote"
        for write in own:
            done = write[2] if write[2] is not None else float("inf")
            if not any(answered(other) and other[1] > done for other in writes):
                return None
        return f"{key} holds a value that an acknowledged write had replaced"


def writer(server, ledger, number, end):
    client, chance, count = server.client(), random.Random(number), 0
    try:
        while time.monotonic() < end:
            key, count = chance.choice(KEYS), count + 1
            path = f"{BUCKET}/{key}"
            if chance.random() < 0.2:
                write = ledger.begin(key, None)
                answer = client.send("DELETE", path)
            elif chance.random() < 0.2:
                upload = client.send("POST", path, "uploads=").text("UploadId")
                body = body_of(f"m{number}n{count}", 6_000)
                part = client.send("PUT", path, f"partNumber=1&uploadId={upload}", body)
                write = ledger.begin(key, digest(body))
                document = ("<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"
                            f"{part.headers['etag']}</ETag></Part></CompleteMultipartUpload>")
                answer = client.send("POST", path, f"uploadId={upload}", document.encode())
            else:
                body = body_of(f"w{number}n{count}", chance.choice(SIZES))
                write = ledger.begin(key, digest(body))
                answer = client.send("PUT", path, body=body)
            if answer.status in (200, 204):
                ledger.done(write, answer)
    except Broken:
        pass


def traced(data, trace):
    command = ("strace", "-f", "-qq", "-y", "-xx", "-s", "4000000", "-e", f"trace={TRACED}", "-e", "signal=none", "-o", trace)
    return Server(data, before=command)


def check(record, ledger, cut, folder):
    """Starts on a rebuilt folder; what is wrong with it."""
    server = Server(folder)
    client, wrong = server.client(), []
    there = client.send("HEAD", BUCKET).status == 200
    for key in KEYS:
        answer = client.send("GET", f"{BUCKET}/{key}")
        if answer.status not in (200, 404):
            wrong.append(f"{key}: {answer.status} {answer.body[:160]!r}")
            continue
        body = answer.body if answer.status == 200 else None
        why = ledger.judge(record, cut, key, digest(body))
        if why:
            wrong.append(f"{why}: {told(body)}")
    if not there and record.answers.get(ledger.bucket, cut + 1) <= cut:
        wrong.append("the bucket has gone")
    if server.stop() != 0:
        wrong.append("the stop was not clean")
    return wrong + [why for why in [fsck(folder)] if why]


def cuts(scratch, rounds):
    """Two lives of a store, the first ended by SIGKILL, then `rounds` folders as cuts in them may leave them."""
    data, ledger = os.path.join(scratch, "data"), Told()
    record, chance = Record(data), random.Random(5)
    for life in (1, 2):
        trace = os.path.join(scratch, f"trace{life}")
        server = traced(data, trace)
        client = server.client()
        if life == 1:
            ledger.bucket = client.send("PUT", BUCKET).headers["x-amz-request-id"]
        for key in KEYS:
            # What is shown has been promised: it must not go any more.
            answer = client.send("GET", f"{BUCKET}/{key}")
            shown = ledger.begin(key, digest(answer.body if answer.status == 200 else None))
            ledger.done(shown, answer)
        end = time.monotonic() + 2.5
        threads = [threading.Thread(target=writer, args=(server, ledger, life * 10 + n, end)) for n in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(2)
        os.kill(server.child(), 9)
        for thread in threads:
            thread.join(60)
        server.process.wait(30)
        record.read(trace)
        os.remove(trace)
    if record.unknown:
        return f"calls that the record does not know: {sorted(record.unknown)}"
    acknowledged = sum(write[3] is not None for writes in ledger.writes.values() for write in writes)
    for number in range(rounds):
        # Half of the cuts lie just before or after a sync has returned.
        cut = chance.randint(1, record.tick) if number % 2 else chance.choice(record.syncs) - chance.randint(0, 1)
        folder = os.path.join(scratch, "rebuilt")
        record.rebuild(cut, chance, folder)
        try:
            wrong = check(record, ledger, cut, folder)
        except (RuntimeError, Broken) as error:
            wrong = [str(error)]
        if wrong:
            return f"cut {number} at call {cut} of {record.tick}: " + "; ".join(wrong[:4])
    print(f"  {rounds} cuts in {record.tick} calls with {len(record.syncs)} syncs and {acknowledged} acknowledged writes")
    return None
