#!/usr/bin/env python3
"""Runs real S3 clients against a server of each profile: `python3 tests/clients/run.py [--profile PROFILE] [CLIENT…]`.

Starts the release server in profile spaces and in profile aws, each on a new data folder and free ports, runs each
client's script against both in processes of their own (two at a time), stops the servers, lets `spacelet fsck` look at
what they left, and ends with `N passed, N failed`. A client that is not installed, does not finish or says nothing
counts as failed.

CLIENTS_ENDPOINT=http://HOST:PORT with CLIENTS_ACCESS_KEY and CLIENTS_SECRET_KEY: against that server instead (as a
client of profile spaces, unless --profile says aws), without the clients that start servers of their own.
CLIENTS_SERVER=FILE: another server program than target/release/spacelet. CLIENTS_TRACE=1: tracebacks on stderr.
"""

import argparse
import collections
import concurrent.futures
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from server import PROFILES, Server, clean_environment

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SECONDS = 240

# name -> script and its arguments; the slowest first, so that two at a time end together.
CLIENTS = {
    "rclone": ["client_rclone.py"],
    "awscli-v2": ["client_awscli.py", "v2"],
    "awscli-v1": ["client_awscli.py", "v1"],
    "s3cmd": ["client_s3cmd.py"],
    "restic": ["client_restic.py"],
    "boto3": ["client_boto3.py"],
    "boto3-emulator": ["client_emulator.py"],
    "aws-sdk-js": ["client_node.py", "aws-sdk"],
    "minio-js": ["client_node.py", "minio"],
    "minio-py": ["client_minio.py"],
    "pydo": ["client_pydo.py"],
}

# These start servers of their own, because they need the control port. They speak of what is DigitalOcean's alone, or
# the same in both profiles: they run in profile spaces.
OWN_SERVER = ("boto3-emulator", "pydo")

# Process groups of the clients that run now.
GROUPS = set()

Result = collections.namedtuple("Result", "passed failed lines seconds")
# Where a profile is served, and with which key.
Served = collections.namedtuple("Served", "profile endpoint keys")


def run_client(name, served, scratch):
    """One client's script from start to end, in a process group and folder of its own."""
    begin = time.monotonic()
    folder = os.path.join(scratch, f"{name}-{served.profile}")
    names = PROFILES[served.profile]
    os.makedirs(folder)
    python = os.path.join(ROOT, ".venv", "bin", "python")
    environment = {
        **clean_environment(folder),
        "S3_PROFILE": served.profile,
        "S3_ENDPOINT": served.endpoint,
        "S3_ACCESS_KEY": served.keys[0],
        "S3_SECRET_KEY": served.keys[1],
        "S3_REGION": names.region,
        "S3_DOMAIN": names.domain,
        "S3_SERVICE": names.service,
        "S3_SCRATCH": folder,
        "PYTHONPATH": os.path.join(HERE, "names"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    out, problem = bounded([python, os.path.join(HERE, CLIENTS[name][0]), *CLIENTS[name][1:]], environment)
    shutil.rmtree(folder, ignore_errors=True)
    return judge(name, out, problem, time.monotonic() - begin)


def bounded(command, environment):
    """Output of a client's script, and what was wrong with the process itself, if anything."""
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    except OSError as error:
        return "", f"cannot start {command[0]}: {error.strerror} (tests/setup installs it)"
    GROUPS.add(process.pid)
    try:
        out, err = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, _ = process.communicate()
        return out, f"not finished after {SECONDS} s"
    finally:
        GROUPS.discard(process.pid)
    if os.environ.get("CLIENTS_TRACE"):
        sys.stderr.write(err)
    said_last = out.rstrip().endswith("done")
    if process.returncode != 0 or not said_last:
        return out, f"exit {process.returncode}: {' '.join(err.split())[-600:]}"
    return out, None


def judge(name, out, problem, seconds):
    """Counts a client's lines. A broken process is one failure more; so is a client that checked nothing."""
    lines = [line for line in out.splitlines() if line != "done"]
    passed = sum(line.startswith("ok ") for line in lines)
    if problem is None and not any(line.startswith(("ok ", "FAIL ")) for line in lines):
        problem = "it checked nothing"
    if problem:
        lines.append(f"FAIL {name}: {problem}")
    failed = sum(line.startswith("FAIL ") for line in lines)
    return Result(passed, failed, lines, seconds)


def jobs_of(names, servers):
    """(client, server) of everything that is to be run."""
    return [(name, served) for name in names for served in servers if name not in OWN_SERVER or served.profile == "spaces"]


def run_all(names, servers, scratch):
    """Two clients at a time; each one's lines are printed together when it ends."""
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = {pool.submit(run_client, name, served, scratch): (name, served.profile) for name, served in jobs_of(names, servers)}
        try:
            for job in concurrent.futures.as_completed(jobs):
                result, (name, profile) = job.result(), jobs[job]
                print(f"-- {name}, profile {profile}: {result.passed} passed, {result.failed} failed, {result.seconds:.1f} s")
                print("\n".join("   " + line for line in dict.fromkeys(result.lines)), flush=True)
                passed, failed = passed + result.passed, failed + result.failed
        finally:
            # Only when interrupted is anything left to cancel and to end.
            pool.shutdown(wait=False, cancel_futures=True)
            end_clients()
    return passed, failed


def against_own_servers(names, profiles, scratch):
    """Starts the servers, runs the clients, and counts clean ends and clean stores as checks too."""
    servers = [Server(os.path.join(scratch, profile), profile) for profile in profiles]
    try:
        for server in servers:
            server.start()
        passed, failed = run_all(names, [Served(it.profile, it.endpoint, it.keys) for it in servers], scratch)
    except OSError as error:
        print(f"FAIL server: {error}")
        return 0, len(names)
    finally:
        for server in servers:
            server.kill_if_alive()
    for server in servers:
        for name, why in server.verdicts():
            print(f"FAIL {server.profile}: {name}: {why}" if why else f"ok {server.profile}: {name}")
            passed, failed = (passed, failed + 1) if why else (passed + 1, failed)
    return passed, failed


def main(words):
    """Runs the named clients, or all."""
    parser = argparse.ArgumentParser(description="Runs real S3 clients against a server of each profile.")
    parser.add_argument("--profile", choices=PROFILES, help="only this one")
    parser.add_argument("clients", nargs="*", metavar="CLIENT", help=", ".join(CLIENTS))
    asked = parser.parse_args(words)
    unknown = [name for name in asked.clients if name not in CLIENTS]
    if unknown:
        sys.exit(f"no such client: {', '.join(unknown)}; there are {', '.join(CLIENTS)}")
    endpoint = os.environ.get("CLIENTS_ENDPOINT")
    local = [name for name in asked.clients if name in OWN_SERVER]
    if endpoint and local:
        sys.exit(f"{', '.join(local)} would not ask {endpoint}: they start servers of their own")
    names = asked.clients or [name for name in CLIENTS if not (endpoint and name in OWN_SERVER)]
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="spacelet-clients-") as scratch:
        if endpoint:
            keys = os.environ["CLIENTS_ACCESS_KEY"], os.environ["CLIENTS_SECRET_KEY"]
            passed, failed = run_all(names, [Served(asked.profile or "spaces", endpoint, keys)], scratch)
        else:
            passed, failed = against_own_servers(names, [asked.profile] if asked.profile else list(PROFILES), scratch)
    print(f"clients: {time.monotonic() - begin:.0f} s\n{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def end_clients():
    """Ends the process groups of the clients that run."""
    for group in list(GROUPS):
        os.killpg(group, signal.SIGKILL)


def interrupted(*_):
    """SIGTERM and SIGINT: clients and server end on the way out, and the temporary folder goes."""
    sys.exit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGINT, interrupted)
    main(sys.argv[1:])
