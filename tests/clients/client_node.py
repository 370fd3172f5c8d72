"""The JavaScript clients: `client_node.py aws-sdk` and `client_node.py minio`.

The adapter is a small Node.js program (node/*.mjs) that takes one JSON command a line and answers one JSON line.
"""

import json
import os
import queue
import subprocess
import sys
import threading

import commands
import flow
import wire

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 90


class Node:
    """One Node.js process in one addressing style; the flow's methods are passed through by name."""

    def __init__(self, program, style):
        node = commands.find("node", os.path.join(os.path.dirname(sys.executable), "node"))
        hook = os.path.join(HERE, "names", "resolve.cjs")
        self.process = subprocess.Popen(
            [node, "-r", hook, os.path.join(HERE, "node", program), style],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines, self.said = queue.Queue(), []
        for stream, take in ((self.process.stdout, self.lines.put), (self.process.stderr, self.said.append)):
            threading.Thread(target=_drain, args=(stream, take), daemon=True).start()
        print(f"version {self.call('version')}", flush=True)

    def call(self, name, *arguments):
        """Sends one command and waits for its answer."""
        try:
            self.process.stdin.write(json.dumps([name, *arguments]) + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.lines.get(timeout=SECONDS))
        except (queue.Empty, BrokenPipeError, ValueError):
            self.process.kill()
            raise commands.CommandError(f"{name}: no answer: {' '.join(self.said)[-600:]}") from None
        if "error" in answer:
            raise commands.CommandError(f"{name}: {answer['error']}")
        return answer.get("value")

    def __getattr__(self, name):
        if name in METHODS:
            return lambda *arguments: self.call(name, *arguments)
        raise AttributeError(name)

    def close(self):
        """Ends the process: its input ends, and it has nothing else to do."""
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()


METHODS = {"create", "drop", "names", "put_stream", *(step for step in flow.STEPS if step != "list_many"), "put_tree"}


def _drain(stream, take):
    for line in stream:
        take(line)
    take("")


def streams(client, style):
    """What only a body of unknown length does: aws-chunked with an unsigned trailer, and no Content-Length."""
    report = flow.Report(f"{client} {style}")
    node, bucket = flow.started(report, lambda: Node("aws-sdk.mjs", style)), f"{client}-stream-{style}"
    if node is None:
        return
    path = flow.sample(f"stream-{style}", 3 * flow.MIB)

    def put_stream():
        node.call("create", bucket)
        node.call("put_stream", bucket, "streamed.bin", path)
        answer = wire.signed("GET", bucket, "streamed.bin")
        flow.same(answer.body, flow.read(path), "stored body")
        coding = answer.headers.get("content-encoding")
        flow.expect(coding is None, f"the framing's name was stored: {coding}")

    report.check("put of a stream, trailing checksum", put_stream)
    node.close()


if __name__ == "__main__":
    wanted = sys.argv[1]
    name = {"aws-sdk": "aws-sdk-js", "minio": "minio-js"}[wanted]
    if wanted == "aws-sdk":
        streams(name, "path")
    flow.main(name, {style: lambda style=style: Node(f"{wanted}.mjs", style) for style in ("path", "virtual")})
