"""An independent look at the server: HTTP from Python's standard library with a SigV4 signer of its own.

The clients say what they did; this module asks the server whether it is so. It shares no code with any client,
sends no `Expect`, follows no redirect and uses no proxy.
"""

import datetime
import hashlib
import hmac
import http.client
import os
import urllib.parse

ENDPOINT = os.environ["S3_ENDPOINT"]
ACCESS_KEY = os.environ["S3_ACCESS_KEY"]
SECRET_KEY = os.environ["S3_SECRET_KEY"]
REGION = os.environ["S3_REGION"]
DOMAIN = os.environ["S3_DOMAIN"]
SERVICE = os.environ["S3_SERVICE"]
ADDRESS = urllib.parse.urlsplit(ENDPOINT).netloc
HOST, PORT = ADDRESS.rsplit(":", 1)


class Answer:
    """Status, headers (names in lower case) and whole body of one response."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    def __str__(self):
        explain = self.headers.get("x-spacelet-explain", "")
        return f"{self.status} {self.body[:300]!r} {explain}".strip()


def exchange(method, target, headers, body=b""):
    """Sends one request to the server's address, whatever name the Host header gives."""
    connection = http.client.HTTPConnection(HOST, int(PORT), timeout=60)
    try:
        connection.request(method, target, body=body or None, headers=headers)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def fetch(url, method="GET", body=b"", headers=None):
    """Follows a presigned URL without any credentials; only the connection goes to the server under test."""
    parts = urllib.parse.urlsplit(url)
    target = parts.path + ("?" + parts.query if parts.query else "")
    return exchange(method, target, {"Host": parts.netloc, **(headers or {})}, body)


def signed(method, bucket, key="", body=b""):
    """A path-style request signed with the first key."""
    path = "/" + bucket + ("/" + urllib.parse.quote(key) if key else "")
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": ADDRESS, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-date": now}
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = f"{method}\n{path}\n\n{lines}\n{names}\nUNSIGNED-PAYLOAD"
    scope = f"{now[:8]}/{REGION}/s3/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    signature = _mac(_signing_key(now[:8]), f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{digest}").hex()
    headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return exchange(method, path, headers, body)


def _signing_key(day):
    secret = ("AWS4" + SECRET_KEY).encode()
    for text in (day, REGION, "s3", "aws4_request"):
        secret = _mac(secret, text)
    return secret


def _mac(secret, text):
    return hmac.new(secret, text.encode(), hashlib.sha256).digest()
