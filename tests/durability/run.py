#!/usr/bin/env python3
"""What an answered write is worth: SIGKILL, power cuts, a full disk, failing syncs, memory.

    python3 tests/durability/run.py                      # everything, as the gate runs it
    python3 tests/durability/run.py power --rounds 500   # one of: kill, kill-process, power, cuts, full, sync, folder, space, memory
    python3 tests/durability/run.py power --file-system xfs

Needs the release program; power cuts and the full disk need root, a loop device and xfsprogs, failing syncs strace.
What cannot run is named and counts as failed. The last line is `N passed, N failed`.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cuts import cuts  # noqa: E402
from load import BUCKET, KEYS, SOURCES, Ledger, body_of, digest, load, prepare, verify  # noqa: E402
from s3 import Broken, Server, fsck  # noqa: E402


def kill(scratch, rounds, flags=()):
    """SIGKILL under load, again and again on the same store."""
    data, ledger, chance = os.path.join(scratch, "data"), Ledger(), random.Random(7)
    server = Server(data, *flags)
    prepare(server.client(), ledger)
    for number in range(rounds):
        wrong = load(server, ledger, number, 0.15 + chance.random() * 0.6, server.kill)[:3]
        server, found = recovered(data, ledger, *flags)
        wrong += found
        if wrong:
            server.kill()
            return f"round {number}: " + "; ".join(wrong[:5])
    print(f"  {rounds} rounds, {ledger.acknowledged} acknowledged writes")
    return None if server.stop() == 0 else "the last stop was not clean"


def recovered(data, ledger, *flags):
    """Starts on what a crash left, compares it with the ledger, stops, lets fsck look, starts again."""
    server = Server(data, *flags)
    wrong = verify(server, ledger)
    if server.stop() != 0:
        wrong.append("the stop after the recovery was not clean")
    wrong += [why for why in [fsck(data)] if why]
    return Server(data, *flags), wrong


def kill_process(scratch, rounds):
    """The same with --durability process, which promises as much against SIGKILL."""
    return kill(scratch, max(5, rounds // 5), ("--durability", "process"))


def sh(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def power(scratch, rounds, file_system):
    """Cuts the file system off while the store writes: what was not synced is gone."""
    image, mount = os.path.join(scratch, "image"), os.path.join(scratch, "mount")
    os.mkdir(mount)
    sh("truncate", "-s", "900M", image)
    sh(f"mkfs.{file_system}", "-q", image)
    data, ledger, chance = os.path.join(mount, "data"), Ledger(), random.Random(11)
    sh("mount", "-o", "loop", image, mount)
    try:
        server = Server(data)
        prepare(server.client(), ledger)
        for number in range(rounds):
            def cut():
                sh("xfs_io", "-x", "-c", "shutdown", mount)
                time.sleep(0.02)
                server.kill()
            load(server, ledger, number, 0.1 + chance.random() * 0.7, cut)
            sh("umount", mount)
            sh("mount", "-o", "loop", image, mount)
            server, wrong = recovered(data, ledger)
            if wrong:
                server.kill()
                return f"cut {number}: " + "; ".join(wrong[:5])
        print(f"  {rounds} cuts on {file_system}, {ledger.acknowledged} acknowledged writes")
        return None if server.stop() == 0 else "the last stop was not clean"
    finally:
        subprocess.run(["umount", "-l", mount], stderr=subprocess.DEVNULL)


def full(scratch):
    """A full disk refuses writes whole, goes on reading, and takes writes again when there is room."""
    mount = os.path.join(scratch, "small")
    os.mkdir(mount)
    sh("mount", "-t", "tmpfs", "-o", "size=160M", "tmpfs", mount)
    try:
        data = os.path.join(mount, "data")
        server = Server(data)
        client = server.client()
        client.send("PUT", BUCKET)
        kept, refusal = [], None
        for number in range(400):
            answer = client.send("PUT", f"{BUCKET}/f{number}", body=body_of(f"f{number}", 700_000))
            if answer.status != 200:
                refusal = answer
                break
            kept.append(number)
        if refusal is None or refusal.status != 503 or b"<Code>ServiceUnavailable</Code>" not in refusal.body:
            return f"no ServiceUnavailable on a full disk: {refusal and refusal.status}"
        if any(client.send("GET", f"{BUCKET}/f{n}").body != body_of(f"f{n}", 700_000) for n in kept[::7]):
            return "a stored object is not readable on a full disk"
        if client.send("GET", f"{BUCKET}/f{len(kept)}").status != 404:
            return "a refused write left something"
        for number in kept[: len(kept) // 2]:
            if client.send("DELETE", f"{BUCKET}/f{number}").status != 204:
                return "a full disk cannot be emptied"
        deadline = time.monotonic() + 30
        while client.send("PUT", f"{BUCKET}/again", body=body_of("again", 700_000)).status != 200:
            if time.monotonic() > deadline:
                return "no write goes on after half of the store was deleted"
        print(f"  full after {len(kept)} objects of 700,000 bytes, writable again after deletions")
        wrong = filled_by_others(mount, server)
        server.stop()
        return wrong or fsck(data)
    finally:
        subprocess.run(["umount", "-l", mount], stderr=subprocess.DEVNULL)


def filled_by_others(mount, server):
    """Another program takes the last byte while writers write; what was answered is there, and stays."""
    ledger, filler, client = Ledger(), os.path.join(mount, "filler"), server.client()
    for name in SOURCES:
        client.send("PUT", f"{BUCKET}/{name}", body=body_of(name, 300_000))

    def fill():
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError:
                pass
        time.sleep(0.5)

    refused = load(server, ledger, 0, 0.3, fill)
    if not refused:
        return "no write was refused on a disk without a free byte"
    if unexpected := [why for why in refused if ": 503 " not in why]:
        return f"a disk without a free byte was answered with {unexpected[0]}"
    # A refused write must have left nothing, so the ledger forgets it: each key holds an acknowledged value.
    for writes in ledger.writes.values():
        writes[:] = [write for write in writes if write[2] is not None]
    wrong = [ledger.judge(key, digest(answer.body if answer.status == 200 else None))
             for key in KEYS for answer in [client.send("GET", f"{BUCKET}/{key}")]]
    if wrong := [why for why in wrong if why]:
        return "without a free byte: " + "; ".join(wrong[:3])
    os.remove(filler)
    status = client.send("PUT", f"{BUCKET}/after", body=b"room").status
    return None if status == 200 else f"no write goes on after the room came back: {status}"


def sync(scratch):
    """A failed sync makes the store read-only, says so, and goes on reading; a restart finds what was answered."""
    # Bodies and rows are synced in turn, so the two counts meet both; a body of 300,000 bytes has a file of its own.
    for count, length in ((40, 100), (41, 100), (41, 300_000), (42, 300_000)):
        if wrong := failed_sync(os.path.join(scratch, f"data{count}-{length}"), count, length):
            return f"sync {count}, {length} bytes: {wrong}"
    return None


def failed_sync(data, count, length):
    tracer = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
              "-e", f"inject=fsync,fdatasync:error=EIO:when={count}+")
    server = Server(data, before=tracer)
    client, kept, refusal = server.client(), 0, None
    try:
        client.send("PUT", BUCKET)
        for number in range(400):
            answer = client.send("PUT", f"{BUCKET}/s{number}", body=body_of(f"s{number}", length))
            if answer.status != 200:
                refusal = answer
                break
            kept += 1
        if refusal is None or refusal.status not in (500, 503):
            return f"not answered with an error: {refusal and refusal.status}"
        later = client.send("PUT", f"{BUCKET}/later", body=b"x")
        if later.status not in (500, 503) or "takes no writes" not in later.headers.get("x-spacelet-explain", ""):
            return f"a write after it: {later.status} {later.headers.get('x-spacelet-explain')}"
        if client.send("GET", f"{BUCKET}/s0").body != body_of("s0", length):
            return "reads do not go on"
        if client.send("GET", f"{BUCKET}/s{kept}").status != 404:
            return "what was not answered is shown"
        print(f"  read-only after {kept} writes: {refusal.status} {refusal.headers.get('x-spacelet-explain', '')}")
    finally:
        os.kill(server.child(), 9)
        server.process.wait(30)
    server = Server(data)
    client = server.client()
    lost = [n for n in range(kept) if client.send("GET", f"{BUCKET}/s{n}").body != body_of(f"s{n}", length)]
    again = client.send("PUT", f"{BUCKET}/again", body=b"x").status
    server.stop()
    return f"after a restart {lost[:3]} are lost, a write says {again}" if lost or again != 200 else fsck(data)


# Runs a program where no folder can be written, and fails where one can.
NOTHING_WRITABLE = """
exec 9<"$1"; shift
mount -o remount,ro,bind / 2>/dev/null
for folder in /tmp /var/tmp /dev/shm /run; do mount -t tmpfs -o ro tmpfs $folder 2>/dev/null; done
cd /
for folder in / /tmp /var/tmp /dev/shm /run; do
  if touch $folder/.written 2>/dev/null; then rm -f $folder/.written; echo "$folder can be written" >&2; exit 1; fi
done
exec /proc/self/fd/9 "$@"
"""


def folder(scratch):
    """One process per folder; a volatile server works where nothing can be written."""
    data = os.path.join(scratch, "data")
    server = Server(data)
    try:
        Server(data).kill()
        return "two servers opened one folder"
    except RuntimeError as refused:
        if str(server.process.pid) not in str(refused):
            return f"the second server does not say who holds the folder: {refused}"
    server.stop()
    version = os.path.join(data, "format")
    with open(version) as file:
        ours = file.read()
    with open(version, "w") as file:
        file.write(ours.replace("format 1", "format 2"))
    try:
        Server(data).kill()
        return "a newer format was opened"
    except RuntimeError as refused:
        if "format 2" not in str(refused):
            return f"the refusal of a newer format does not name it: {refused}"
    if "format 2" not in (fsck(data) or "") or "format 2" not in open(version).read():
        return "fsck opened a newer format"
    # The program is opened first: the folder it lies in may be one of those that are covered.
    script = NOTHING_WRITABLE
    server = Server(None, "--memory-limit", "64MiB", before=("unshare", "-m", "sh", "-c", script, "sh"))
    client = server.client()
    client.send("PUT", BUCKET)
    small = client.send("PUT", f"{BUCKET}/small", body=b"x").status
    large = client.send("PUT", f"{BUCKET}/large", body=body_of("large", 20_000_000)).status
    whole = client.send("GET", f"{BUCKET}/large").body == body_of("large", 20_000_000)
    # Little more than there is room for: the server reads a refused body to its end only when not much is left of it.
    over = client.send("PUT", f"{BUCKET}/over", body=body_of("over", 48_000_000)).status
    gone = client.send("GET", f"{BUCKET}/over").status
    after = client.send("PUT", f"{BUCKET}/after", body=b"x").status
    server.stop()
    found = (small, large, whole, over, gone, after)
    return None if found == (200, 200, True, 503, 404, 200) else f"without a writable folder: {found}"


def disk_bytes(path):
    total = 0
    for base, _, files in os.walk(path):
        for name in files:
            try:
                total += os.stat(os.path.join(base, name)).st_blocks * 512
            except FileNotFoundError:
                pass
    return total


def space(scratch):
    """After 90% of a store is deleted the disk is back under twice the live bytes."""
    data = os.path.join(scratch, "data")
    server = Server(data)
    client = server.client()
    client.send("PUT", BUCKET)
    for number in range(2000):
        client.send("PUT", f"{BUCKET}/s{number}", body=body_of(f"s{number}", 20_000))
    full_bytes, live = disk_bytes(data), 0
    for number in range(2000):
        if number % 10:
            client.send("DELETE", f"{BUCKET}/s{number}")
        else:
            live += len(body_of(f"s{number}", 20_000))
    deadline = time.monotonic() + 90
    while disk_bytes(data) >= 2 * live and time.monotonic() < deadline:
        time.sleep(0.5)
    now = disk_bytes(data)
    print(f"  {full_bytes} bytes on disk, then {now} for {live} live ones")
    server.stop()
    return fsck(data) if now < 2 * live else f"{now} bytes on disk for {live} live ones"


def memory(scratch):
    """1 GiB passes through PUT and GET with less than 64 MiB more memory."""
    size, block = 1 << 30, b"m" * (1 << 20)
    for data in (os.path.join(scratch, "data"), None):
        server = Server(data)
        client = server.client()
        client.send("PUT", BUCKET)
        client.send("PUT", f"{BUCKET}/warm", body=block)
        before = server.peak_bytes()
        answer = client.send("PUT", f"{BUCKET}/big", body=(block for _ in range(size >> 20)), length=size)
        if answer.status != 200:
            return f"PUT of 1 GiB: {answer.status} {answer.body[:200]!r}"
        after_put = server.peak_bytes()
        import http.client as h
        connection = client.connection
        now = client.send("HEAD", f"{BUCKET}/big")
        received = 0
        client.send("PUT", f"{BUCKET}/big", "acl=", headers={"x-amz-acl": "public-read"})
        connection = h.HTTPConnection("127.0.0.1", server.port, timeout=120)
        connection.request("GET", f"{BUCKET}/big")
        response = connection.getresponse()
        while chunk := response.read(1 << 20):
            received += len(chunk)
        grown = server.peak_bytes() - before
        print(f"  {'durable' if data else 'volatile'}: {(after_put - before) >> 20} MiB more after PUT, {grown >> 20} MiB after GET")
        server.stop()
        if received != size or int(now.headers["content-length"]) != size:
            return f"GET brought {received} of {size} bytes"
        if grown > 64 << 20:
            return f"{grown >> 20} MiB more memory"
    return None


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("which", nargs="*")
    arguments.add_argument("--rounds", type=int)
    arguments.add_argument("--file-system", default="ext4", choices=["ext4", "xfs"])
    asked = arguments.parse_args()
    if not os.environ.get("DURABILITY_OWN_MOUNTS") and os.geteuid() == 0 and shutil.which("unshare"):
        # Mounts of our own: nothing of them is left, whatever ends this process.
        os.environ["DURABILITY_OWN_MOUNTS"] = "1"
        os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])
    suite = {
        "kill": lambda scratch: kill(scratch, asked.rounds or 50),
        "kill-process": lambda scratch: kill_process(scratch, asked.rounds or 50),
        "power": lambda scratch: power(scratch, asked.rounds or 20, asked.file_system),
        "cuts": lambda scratch: cuts(scratch, asked.rounds or 60),
        "full": full, "sync": sync, "folder": folder, "space": space, "memory": memory,
    }
    passed = failed = 0
    for name in asked.which or suite:
        scratch, begin = tempfile.mkdtemp(prefix="spacelet-durability-"), time.monotonic()
        try:
            wrong = suite[name](scratch)
        except (Broken, OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
            detail = getattr(error, "stderr", None) or b""
            wrong = f"could not run: {error} {detail.decode(errors='replace') if isinstance(detail, bytes) else detail}"
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        passed, failed = passed + (wrong is None), failed + (wrong is not None)
        print(f"{'ok  ' if wrong is None else 'FAIL'} {name} ({time.monotonic() - begin:.0f} s){': ' + wrong if wrong else ''}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
