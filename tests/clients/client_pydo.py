"""pydo, DigitalOcean's own Python client: Spaces keys and CDN endpoints end to end, on a server of its own.

What pydo made is then used: the keys by boto3 at the S3 port, the endpoint by plain requests for the CDN's host.
"""

import http.client
import os
import urllib.parse

import boto3
import botocore.exceptions
import pydo
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import HeadersPolicy

import flow
from server import TOKEN, Server

BUCKET = "pydo-space"
ORIGIN = f"{BUCKET}.nyc3.digitaloceanspaces.com"


class Pydo:
    """The checks, in order; later ones use what earlier ones made."""

    def __init__(self, server):
        self.server = server
        # Over plain HTTP pydo's own token policy refuses to work; a header does the same.
        policy = HeadersPolicy({"Authorization": f"Bearer {TOKEN}"})
        self.api = pydo.Client(token=TOKEN, endpoint=server.control, authentication_policy=policy)
        self.owner = self.s3(*server.keys)
        self.key = self.endpoint = None

    def s3(self, access_key, secret_key):
        return boto3.client(
            "s3",
            endpoint_url=self.server.endpoint,
            region_name="us-east-1",
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
        )

    def visit(self, host):
        """Status and cf-cache-status of the page on a host."""
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.server.endpoint).netloc, timeout=30)
        connection.request("GET", "/page.html", headers={"Host": host})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.getheader("cf-cache-status")

    def ground(self):
        self.owner.create_bucket(Bucket=BUCKET)
        self.owner.put_object(Bucket=BUCKET, Key="page.html", Body=b"<p>hello", ACL="public-read")

    def create_key(self):
        made = self.api.spaces_key.create(
            body={"name": "reader", "grants": [{"bucket": BUCKET, "permission": "read"}]}
        )
        self.key = made["key"]
        flow.expect(len(self.key["secret_key"]) == 43 and self.key["access_key"].startswith("DO"), made)

    def read_key(self):
        found = self.api.spaces_key.get(self.key["access_key"])["key"]
        flow.expect("secret_key" not in found and found["name"] == "reader", found)
        listed = self.api.spaces_key.list(name="reader")
        flow.expect([key["access_key"] for key in listed["keys"]] == [self.key["access_key"]], listed)
        flow.expect(listed["meta"]["total"] == 1, listed)

    def limited_at_the_door(self):
        limited = self.s3(self.key["access_key"], self.key["secret_key"])
        flow.expect(limited.get_object(Bucket=BUCKET, Key="page.html")["Body"].read() == b"<p>hello", "the page")
        self.denied(lambda: limited.put_object(Bucket=BUCKET, Key="new", Body=b"x"), "AccessDenied")
        self.denied(limited.list_buckets, "AccessDenied")

    def update_key(self):
        for change in (self.api.spaces_key.update, self.api.spaces_key.patch):
            changed = change(
                self.key["access_key"],
                body={"name": "writer", "grants": [{"bucket": BUCKET, "permission": "readwrite"}]},
            )
            flow.expect(changed["key"]["grants"][0]["permission"] == "readwrite", changed)
        limited = self.s3(self.key["access_key"], self.key["secret_key"])
        limited.put_object(Bucket=BUCKET, Key="new", Body=b"x")

    def refusals(self):
        full = {"bucket": "", "permission": "fullaccess"}
        mixed = {"name": "x", "grants": [full, {"bucket": BUCKET, "permission": "read"}]}
        unknown = {"name": "x", "grants": [{"bucket": "nowhere", "permission": "read"}]}
        self.refused(lambda: self.api.spaces_key.create(body=mixed), 400)
        self.refused(lambda: self.api.spaces_key.create(body=unknown), 403)
        self.refused(lambda: self.api.cdn.create_endpoint(body={"origin": ORIGIN, "ttl": 61}), 422)
        wrong = HeadersPolicy({"Authorization": "Bearer wrong"})
        stranger = pydo.Client(token="wrong", endpoint=self.server.control, authentication_policy=wrong)
        self.refused(lambda: stranger.spaces_key.list(), 401)

    def delete_key(self):
        limited = self.s3(self.key["access_key"], self.key["secret_key"])
        self.api.spaces_key.delete(self.key["access_key"])
        self.denied(lambda: limited.get_object(Bucket=BUCKET, Key="page.html"), "InvalidAccessKeyId")
        gone = self.missing(lambda: self.api.spaces_key.get(self.key["access_key"]))
        flow.expect(gone, "the key is found after its deletion")

    def create_endpoint(self):
        self.endpoint = self.api.cdn.create_endpoint(body={"origin": ORIGIN, "ttl": 3600})["endpoint"]
        flow.expect(self.endpoint["endpoint"] == f"{BUCKET}.nyc3.cdn.digitaloceanspaces.com", self.endpoint)
        again = self.api.cdn.get_endpoint(self.endpoint["id"])["endpoint"]
        flow.expect(again == self.endpoint, again)
        listed = self.api.cdn.list_endpoints()
        flow.expect(listed["endpoints"] == [self.endpoint], listed)

    def edge_and_purge(self):
        host = self.endpoint["endpoint"]
        flow.expect([self.visit(host), self.visit(host)] == [(200, "MISS"), (200, "HIT")], "a second visit is a hit")
        self.api.cdn.purge_cache(self.endpoint["id"], body={"files": ["page.html"]})
        flow.expect(self.visit(host) == (200, "MISS"), "a purge empties the cache")

    def update_endpoint(self):
        changed = self.api.cdn.update_endpoints(self.endpoint["id"], body={"ttl": 60})["endpoint"]
        flow.expect(changed["ttl"] == 60, changed)
        domain = {"custom_domain": "static.example.com", "certificate_id": "needs-cloudflare-cert"}
        changed = self.api.cdn.update_endpoints(self.endpoint["id"], body=domain)["endpoint"]
        flow.expect(changed["custom_domain"] == "static.example.com" and changed["ttl"] == 60, changed)
        flow.expect(self.visit("static.example.com")[0] == 200, "the custom domain serves")

    def delete_endpoint(self):
        self.api.cdn.delete_endpoint(self.endpoint["id"])
        flow.expect(self.missing(lambda: self.api.cdn.get_endpoint(self.endpoint["id"])), "the endpoint is still there")

    @staticmethod
    def missing(call):
        """pydo answers a 404 with its body instead of an error."""
        try:
            return call().get("id") == "not_found"
        except HttpResponseError as error:
            return error.status_code == 404

    @staticmethod
    def refused(call, status):
        try:
            answer = call()
        except HttpResponseError as error:
            flow.expect(error.status_code == status, f"{error.status_code} instead of {status}: {error}")
            return
        # What its specification documents pydo answers with the body instead of an error.
        words = {400: "bad_request", 401: "unauthorized"}
        flow.expect(status in words and answer.get("id") == words[status], f"not refused: {answer}")

    @staticmethod
    def denied(call, code):
        try:
            call()
        except botocore.exceptions.ClientError as error:
            flow.expect(error.response["Error"]["Code"] == code, error)
            return
        raise AssertionError(f"not refused with {code}")


def main():
    report = flow.Report("pydo")
    server = Server(os.path.join(os.environ["S3_SCRATCH"], "own"))
    try:
        server.start()
        client = Pydo(server)
        for step in (
            client.ground,
            client.create_key,
            client.read_key,
            client.limited_at_the_door,
            client.update_key,
            client.refusals,
            client.delete_key,
            client.create_endpoint,
            client.edge_and_purge,
            client.update_endpoint,
            client.delete_endpoint,
        ):
            report.check(step.__name__, step)
    finally:
        flow.end_server(server, "pydo")
    flow.finish()


main()
