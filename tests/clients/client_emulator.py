"""boto3 and a visitor's plain HTTP against what time and configuration do: lifecycle rules with the world's clock moved
through the control port, websites, access logs.

It starts a server of its own: a moved clock ends the presigned links of every other client.
"""

import datetime
import http.client
import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import flow
from server import KEYS, TOKEN, Server

DAY = 86_400
SITE = "site.nyc3-static.digitaloceanspaces.com"


class Emulator:
    """A client of the server's S3 port, and its control port."""

    def __init__(self, server):
        self.control = server.control
        self.address = urllib.parse.urlsplit(server.endpoint).netloc
        self.s3 = boto3.client(
            "s3",
            endpoint_url=server.endpoint,
            region_name="nyc3",
            aws_access_key_id=KEYS[0],
            aws_secret_access_key=KEYS[1],
            config=Config(s3={"addressing_style": "path"}, signature_version="s3v4", retries={"max_attempts": 1}),
        )

    def ask(self, path, body=None, token=TOKEN):
        """One request to the control port: POST with a body, else GET."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.control + path, data, {"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def advance(self, days):
        """Moves the clock; what lifecycle rules did."""
        return self.ask("/emulator/clock", {"advance_seconds": days * DAY})["lifecycle"]

    def rule(self, bucket, **what):
        """Sets the one rule of a bucket."""
        rule = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "old/"}, **what}
        self.s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})

    def put(self, bucket, *keys, **more):
        """Puts small objects."""
        for key in keys:
            self.s3.put_object(Bucket=bucket, Key=key, Body=key.encode(), **more)

    def keys(self, bucket):
        """The keys of a bucket."""
        return [entry["Key"] for entry in self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])]

    def visit(self, path, method="GET", host=SITE):
        """What a browser gets: status, Location, body."""
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            connection.request(method, path, headers={"Host": host})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Location"), answer.read().decode()
        finally:
            connection.close()


def expect_equal(seen, expected):
    flow.expect(seen == expected, f"{seen!r}, expected {expected!r}")


class Lifecycle:
    """Each action of a rule, shown by moving the clock; every case has a bucket of its own."""

    def __init__(self, emulator):
        self.emulator, self.s3 = emulator, emulator.s3

    def bucket(self, name, versioned=False):
        self.s3.create_bucket(Bucket=name)
        if versioned:
            self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    def days(self):
        """Days and prefix; a rule that is off does nothing."""
        on, off = self.bucket("lc-days"), self.bucket("lc-off")
        self.emulator.rule(on, Expiration={"Days": 3})
        self.emulator.rule(off, Expiration={"Days": 3}, Status="Disabled")
        for bucket in (on, off):
            self.emulator.put(bucket, "old/a", "old/b", "new/a")
        flow.expect("rule-id" in self.s3.head_object(Bucket=on, Key="old/a")["Expiration"], "no x-amz-expiration")
        expect_equal(self.emulator.advance(2)["objects"], 0)
        expect_equal(self.emulator.advance(2)["objects"], 2)
        expect_equal(self.emulator.keys(on), ["new/a"])
        expect_equal(len(self.emulator.keys(off)), 3)

    def date(self):
        """A date: on the world's calendar."""
        bucket = self.bucket("lc-date")
        now = datetime.datetime.fromisoformat(self.emulator.ask("/emulator/clock")["clock"]["now"])
        midnight = datetime.datetime.combine(now.date() + datetime.timedelta(days=5), datetime.time(), datetime.UTC)
        self.emulator.rule(bucket, Expiration={"Date": midnight})
        self.emulator.put(bucket, "old/a", "new/a")
        expect_equal(self.emulator.advance(4)["objects"], 0)
        expect_equal(self.emulator.advance(1)["objects"], 1)
        expect_equal(self.emulator.keys(bucket), ["new/a"])

    def noncurrent(self):
        """Old versions go, the current one stays."""
        bucket = self.bucket("lc-versions", versioned=True)
        self.emulator.rule(bucket, NoncurrentVersionExpiration={"NoncurrentDays": 1})
        self.emulator.put(bucket, "old/a")
        self.emulator.put(bucket, "old/a", "new/a")
        self.emulator.put(bucket, "new/a")
        expect_equal(self.emulator.advance(2)["versions"], 1)
        versions = self.s3.list_object_versions(Bucket=bucket)["Versions"]
        expect_equal([(it["Key"], it["IsLatest"]) for it in versions], [("new/a", True), ("new/a", False), ("old/a", True)])

    def markers(self):
        """Expiration covers a versioned object; a delete marker without versions goes."""
        bucket = self.bucket("lc-markers", versioned=True)
        self.emulator.put(bucket, "old/a")
        self.emulator.rule(bucket, Expiration={"Days": 1})
        expect_equal(self.emulator.advance(2)["objects"], 1)
        marker = self.s3.list_object_versions(Bucket=bucket)["DeleteMarkers"]
        expect_equal([(it["Key"], it["IsLatest"]) for it in marker], [("old/a", True)])
        version = self.s3.list_object_versions(Bucket=bucket)["Versions"][0]["VersionId"]
        self.s3.delete_object(Bucket=bucket, Key="old/a", VersionId=version)
        self.emulator.rule(bucket, Expiration={"ExpiredObjectDeleteMarker": True})
        expect_equal(self.emulator.advance(1)["delete_markers"], 1)
        flow.expect("DeleteMarkers" not in self.s3.list_object_versions(Bucket=bucket), "a marker is left")

    def uploads(self):
        """Unfinished uploads go by rule, and after 30 days without any."""
        bucket = self.bucket("lc-uploads")
        self.emulator.rule(bucket, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 2})
        for key in ("old/a", "new/a"):
            self.s3.create_multipart_upload(Bucket=bucket, Key=key)
        expect_equal(self.emulator.advance(1)["uploads"], 0)
        expect_equal(self.emulator.advance(2)["uploads"], 1)
        expect_equal([it["Key"] for it in self.s3.list_multipart_uploads(Bucket=bucket)["Uploads"]], ["new/a"])
        expect_equal(self.emulator.advance(30)["uploads"], 1)

    def links(self):
        """Presigned links end by the world's clock; signed requests go on."""
        bucket = self.bucket("lc-links")
        self.emulator.ask("/emulator/clock", {"offset_seconds": 0})
        self.emulator.put(bucket, "a")
        link = self.s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a"}, ExpiresIn=3600)
        with urllib.request.urlopen(link, timeout=30) as answer:
            expect_equal(answer.read(), b"a")
        self.emulator.advance(1)
        try:
            urllib.request.urlopen(link, timeout=30)
        except urllib.error.HTTPError as refused:
            expect_equal(refused.code, 403)
        else:
            raise AssertionError("a link of an hour works after a day")
        expect_equal(self.emulator.keys(bucket), ["a"])

    def token(self):
        """Without the token the clock stays where it is."""
        try:
            self.emulator.ask("/emulator/clock", {"advance_seconds": 1}, token="wrong")
        except urllib.error.HTTPError as refused:
            expect_equal(refused.code, 401)
        else:
            raise AssertionError("a wrong token moved the clock")


class Website:
    """A site that boto3 configures and plain HTTP visits."""

    def __init__(self, emulator):
        self.emulator, self.s3 = emulator, emulator.s3

    def configure(self):
        """What is put comes back; none is an error of its own."""
        self.s3.create_bucket(Bucket="site")
        try:
            self.s3.get_bucket_website(Bucket="site")
        except ClientError as error:
            expect_equal(error.response["Error"]["Code"], "NoSuchWebsiteConfiguration")
        rules = [
            {
                "Condition": {"KeyPrefixEquals": "docs/"},
                "Redirect": {"ReplaceKeyPrefixWith": "documents/", "HttpRedirectCode": "302"},
            },
            {
                "Condition": {"HttpErrorCodeReturnedEquals": "403", "KeyPrefixEquals": "gone/"},
                "Redirect": {"HostName": "o.example", "Protocol": "https", "ReplaceKeyWith": "x"},
            },
        ]
        wanted = {
            "IndexDocument": {"Suffix": "index.html"},
            "ErrorDocument": {"Key": "error.html"},
            "RoutingRules": rules,
        }
        self.s3.put_bucket_website(Bucket="site", WebsiteConfiguration=wanted)
        seen = self.s3.get_bucket_website(Bucket="site")
        expect_equal({name: seen.get(name) for name in wanted}, wanted)

    def visit(self):
        """Index documents, pages, the error document, redirects, refused methods."""
        public = {"ACL": "public-read", "ContentType": "text/html"}
        self.emulator.put("site", "index.html", "dir/index.html", "page.html", "error.html", **public)
        self.emulator.put("site", "secret.html")
        self.emulator.put("site", "moved", WebsiteRedirectLocation="/page.html", **public)
        expect_equal(self.s3.head_object(Bucket="site", Key="moved")["WebsiteRedirectLocation"], "/page.html")
        for path, expected in {
            "/": (200, None, "index.html"),
            "/dir/": (200, None, "dir/index.html"),
            "/dir": (200, None, "dir/index.html"),
            "/page.html": (200, None, "page.html"),
            "/secret.html": (403, None, "error.html"),
            "/none": (403, None, "error.html"),
            "/moved": (301, "/page.html", ""),
            "/docs/a": (302, f"http://{SITE}/documents/a", ""),
            "/gone/a": (301, "https://o.example/x", ""),
        }.items():
            seen = self.emulator.visit(path)
            flow.expect(seen == expected, f"{path}: {seen}, expected {expected}")
        expect_equal(self.emulator.visit("/page.html", "HEAD"), (200, None, ""))
        expect_equal(self.emulator.visit("/page.html", "DELETE")[0], 405)
        expect_equal(self.emulator.visit("/", host="none.nyc3-static.digitaloceanspaces.com")[0], 404)

    def redirect_all(self):
        """Everything is sent elsewhere; then it is no website any more."""
        target = {"HostName": "o.example", "Protocol": "https"}
        self.s3.put_bucket_website(Bucket="site", WebsiteConfiguration={"RedirectAllRequestsTo": target})
        expect_equal(self.emulator.visit("/a/b"), (301, "https://o.example/a/b", ""))
        self.s3.delete_bucket_website(Bucket="site")
        status, _, page = self.emulator.visit("/")
        flow.expect(status == 404 and "NoSuchWebsiteConfiguration" in page, f"{status} {page}")


class Logging:
    """Access logs, delivered into another bucket."""

    def __init__(self, emulator):
        self.emulator, self.s3 = emulator, emulator.s3

    def deliver(self):
        """Requests leave lines in S3's format, in an object of the target."""
        for bucket in ("logged", "logs"):
            self.s3.create_bucket(Bucket=bucket)
        flow.expect("LoggingEnabled" not in self.s3.get_bucket_logging(Bucket="logged"), "logging is on by itself")
        enabled = {"TargetBucket": "logs", "TargetPrefix": "log/"}
        self.s3.put_bucket_logging(Bucket="logged", BucketLoggingStatus={"LoggingEnabled": enabled})
        expect_equal(self.s3.get_bucket_logging(Bucket="logged")["LoggingEnabled"], enabled)
        self.emulator.ask("/emulator/logs/flush", {})
        before = set(self.emulator.keys("logs"))
        self.emulator.put("logged", "a b")
        self.s3.get_object(Bucket="logged", Key="a b")
        expect_equal(self.emulator.ask("/emulator/logs/flush", {})["logs"], {"objects": 1, "records": 2, "dropped": 0})
        (key,) = set(self.emulator.keys("logs")) - before
        flow.expect(re.fullmatch(r"log/\d{4}(-\d\d){5}-[A-Z0-9]{16}", key), key)
        text = self.s3.get_object(Bucket="logs", Key=key)["Body"].read().decode()
        fields = [re.findall(r'\[[^]]*\]|"[^"]*"|\S+', line) for line in text.splitlines()]
        expect_equal([(line[6], line[7], line[9], len(line)) for line in fields], [
            ("REST.PUT.OBJECT", "a%20b", "200", 26),
            ("REST.GET.OBJECT", "a%20b", "200", 26),
        ])
        flow.expect("Boto3" in text, text)

    def same_bucket(self):
        """A Space does not log into itself."""
        enabled = {"TargetBucket": "logged", "TargetPrefix": ""}
        try:
            self.s3.put_bucket_logging(Bucket="logged", BucketLoggingStatus={"LoggingEnabled": enabled})
        except ClientError as error:
            expect_equal(error.response["Error"]["Code"], "InvalidTargetBucketForLogging")
        else:
            raise AssertionError("a Space logs into itself")

    def turn_off(self):
        """An empty status ends it."""
        self.s3.put_bucket_logging(Bucket="logged", BucketLoggingStatus={})
        self.emulator.ask("/emulator/logs/flush", {})
        self.s3.head_bucket(Bucket="logged")
        expect_equal(self.emulator.ask("/emulator/logs/flush", {})["logs"]["records"], 0)


def main():
    """All of it, against a server of this script's own."""
    server = Server(os.environ["S3_SCRATCH"])
    try:
        server.start()
        emulator = Emulator(server)
        for name, part in {"lifecycle": Lifecycle, "website": Website, "logging": Logging}.items():
            report, steps = flow.Report(f"boto3 {name}"), part(emulator)
            for step in STEPS[name]:
                report.check(step.replace("_", " "), getattr(steps, step))
    finally:
        flow.end_server(server, "boto3-emulator")
    flow.finish()


STEPS = {
    "lifecycle": ["token", "days", "date", "noncurrent", "markers", "uploads", "links"],
    "website": ["configure", "visit", "redirect_all"],
    "logging": ["deliver", "same_bucket", "turn_off"],
}


if __name__ == "__main__":
    main()
