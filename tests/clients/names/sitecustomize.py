"""Lets any Python program (boto3, awscli, s3cmd, minio) resolve the service's names to the server under test.

Python imports this module at its start when this folder is in PYTHONPATH. Only the look-up is replaced: the Host
header and the signature still carry the real name, and nothing on the machine changes.
"""

import os
import socket

SUFFIX = os.environ.get("S3_DOMAIN", "")
_resolve = socket.getaddrinfo


def _loopback(host, *arguments, **options):
    name = host.decode() if isinstance(host, bytes) else host
    if SUFFIX and name and (name == SUFFIX or name.endswith("." + SUFFIX)):
        name = "127.0.0.1"
    return _resolve(name, *arguments, **options)


socket.getaddrinfo = _loopback
