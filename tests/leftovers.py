#!/usr/bin/env python3
"""Fails when a process that the tests started is still there: each inherits TEST_RUN_MARK from tests/run."""

import os
import sys

mark = os.environ.get("TEST_RUN_MARK")
if not mark:
    sys.exit("leftovers: TEST_RUN_MARK is not set; tests/run sets it")


def ancestors():
    """This process, tests/run and whatever started it."""
    process, seen = os.getpid(), set()
    while process > 1:
        seen.add(process)
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
            process = int(file.read().rsplit(")", 1)[1].split()[1])
    return seen


def marked(process):
    """Whether a process got our mark; one of another user, or one that has just ended, did not."""
    try:
        with open(f"/proc/{process}/environ", "rb") as file:
            return f"TEST_RUN_MARK={mark}".encode() in file.read().split(b"\0")
    except OSError:
        return False


def command(process):
    """A process's command line, for people."""
    with open(f"/proc/{process}/cmdline", "rb") as file:
        return file.read().replace(b"\0", b" ").decode("utf-8", "replace").strip()


own = ancestors()
# `tail` is how tests/run shows this stage's own output.
left = [p for p in map(int, filter(str.isdigit, os.listdir("/proc"))) if p not in own and marked(p)]
left = {p: command(p) for p in left}
left = {p: words for p, words in left.items() if not words.startswith("tail --pid=")}
for process, words in left.items():
    print(f"left running: {process} {words[:200]}")
sys.exit(1 if left else 0)
