#!/usr/bin/env python3
"""Asks an S3 endpoint for 973 decisions about bucket policies and writes them as JSON.

    ENDPOINT=127.0.0.1:7480 python3 tests/policy/record.py tests/policy/decisions.json

The endpoint must know the accounts of tests/suites/serve.toml; decisions.json is what a Ceph RGW 16.2.15 decided.
Each case is a policy for one bucket and the requests that are asked under it, with the status each was answered
(`put` is the status of putting the policy; requests are asked only where it was taken). tests/it/policy.rs replays
them. Standard library only.
"""
import datetime, hashlib, hmac, http.client, json, os, sys, urllib.parse

ENDPOINT = os.environ.get("ENDPOINT", "127.0.0.1:7480")
BUCKET = "policy-cases"
SOURCE = "policy-source"
KEYS = {
    "A": ("DO00TESTKEYAAAAAAAAA", "dosecretdosecretdosecretdosecretdosecret123"),
    "B": ("DO00OTHERKEYBBBBBBBB", "othersecretothersecretothersecretother12345"),
    "C": ("DO00EMPTYKEYCCCCCCCC", "emptysecretemptysecretemptysecretempty1234"),
}
USER_B = "arn:aws:iam:::user/7000001"
USER_C = "arn:aws:iam:::user/8000002"


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def quoted(text):
    return urllib.parse.quote(text, safe="-_.~")


def send(who, method, target, headers=None, body=""):
    """One request, signed with SigV4 unless nobody asks; the status and the body of its answer."""
    path, _, query = target.partition("?")
    body = body.encode()
    headers = dict(headers or {}, Host=ENDPOINT)
    if method in ("PUT", "POST"):
        headers["Content-Length"] = str(len(body))
    if who != "nobody":
        access, secret = KEYS[who]
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers |= {"x-amz-date": now, "x-amz-content-sha256": hashlib.sha256(body).hexdigest()}
        signed = {name.lower(): value for name, value in headers.items() if name.lower() == "host" or name.lower().startswith("x-amz-")}
        pairs = sorted((quoted(urllib.parse.unquote(k)), quoted(urllib.parse.unquote(v))) for k, _, v in (part.partition("=") for part in query.split("&") if part))
        canonical = "\n".join([method, path, "&".join(f"{k}={v}" for k, v in pairs)] + [f"{k}:{signed[k]}" for k in sorted(signed)] + ["", ";".join(sorted(signed)), headers["x-amz-content-sha256"]])
        scope = f"{now[:8]}/us-east-1/s3/aws4_request"
        to_sign = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + secret).encode()
        for part in scope.split("/"):
            key = mac(key, part)
        headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={access}/{scope},SignedHeaders={';'.join(sorted(signed))},Signature={mac(key, to_sign).hex()}"
    connection = http.client.HTTPConnection(ENDPOINT, timeout=60)
    connection.request(method, target, body=body or None, headers=headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, text


def statement(effect="Allow", principal="*", action="s3:GetObject", resource="*", **more):
    """A statement; resources are named within the bucket, `` being the bucket itself."""
    made = {"Effect": effect, "Principal": principal, "Action": action, "Resource": resource}
    made.update(more)
    return {name: value for name, value in made.items() if value is not None}


def arn(rest):
    return f"arn:aws:s3:::{BUCKET}{rest}"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


ALL = arn("/*")
GET = ("GET", f"/{BUCKET}/open")
TAGGED = ("GET", f"/{BUCKET}/tagged")
LIST = ("GET", f"/{BUCKET}")
DELETE_TWO = "<Delete><Object><Key>gone</Key></Object><Object><Key>x/gone</Key></Object></Delete>"

# What is asked: (who, method, target, headers, body). Deletions name keys that are not there, writes one that each may.
def everything(who):
    b = f"/{BUCKET}"
    return [
        (who, "GET", f"{b}/open"), (who, "HEAD", f"{b}/open"), (who, "GET", f"{b}/none"),
        (who, "PUT", f"{b}/new", {}, "n"), (who, "DELETE", f"{b}/gone"),
        (who, "GET", b), (who, "HEAD", b), (who, "GET", f"{b}?versions"), (who, "GET", f"{b}?uploads"),
        (who, "GET", f"{b}/open?acl"), (who, "GET", f"{b}?acl"), (who, "GET", f"{b}?location"),
        (who, "GET", f"{b}?versioning"), (who, "GET", f"{b}?policy"), (who, "GET", f"{b}?cors"), (who, "GET", f"{b}?lifecycle"),
        (who, "GET", f"{b}/tagged?tagging"),
        (who, "POST", f"{b}?delete", {}, DELETE_TWO),
    ]


def cases():
    cond = lambda operator, key, value: {"Condition": {operator: {key: value}}}
    asks = lambda *requests: [request if len(request) > 3 else (*request, {}, "") for request in requests]
    by = lambda who, request, headers=None, body="": (who, request[0], request[1], headers or {}, body)

    # No policy at all, then broad ones, asked everything by everybody.
    for name, text in [
        ("empty", policy()),
        ("allow-all-to-everyone", policy(statement(action="s3:*", resource=[arn(""), ALL]))),
        ("allow-all-to-b", policy(statement(principal={"AWS": USER_B}, action="s3:*", resource=[arn(""), ALL]))),
        ("allow-objects-to-b", policy(statement(principal={"AWS": [USER_B]}, action="s3:*", resource=ALL))),
        ("deny-objects-to-everyone", policy(statement("Deny", action="s3:*Object", resource=ALL))),
        ("deny-reads-allow-all", policy(statement(action="s3:*", resource="*"), statement("Deny", action="s3:Get*", resource="*"))),
    ]:
        requests = [r for who in ("A", "B", "nobody") for r in everything(who)]
        yield name, text, asks(*requests)

    # Principals.
    for name, principal in [
        ("star-and-more", "*foo"), ("aws-star", {"AWS": "*"}), ("user-b", {"AWS": USER_B}), ("user-b-and-c", {"AWS": [USER_B, USER_C]}),
        ("root-of-no-tenant", {"AWS": "arn:aws:iam:::root"}), ("root-of-other-tenant", {"AWS": "arn:aws:iam::other:root"}),
        ("user-of-tenant", {"AWS": "arn:aws:iam::other:user/7000001"}), ("bare-id", {"AWS": "7000001"}), ("empty-text", {"AWS": ""}),
        ("canonical", {"CanonicalUser": "7000001"}), ("service", {"Service": "s3.amazonaws.com"}), ("federated", {"Federated": USER_B}),
        ("role", {"AWS": "arn:aws:iam:::role/7000001"}), ("subusers", {"AWS": USER_B + ":*"}), ("user-star", {"AWS": "arn:aws:iam:::user/*"}),
        ("anonymous", {"AWS": "arn:aws:iam:::user/anonymous"}), ("group", {"AWS": "arn:aws:iam:::group/x"}), ("sts", {"AWS": "arn:aws:sts:::user/7000001"}),
        ("other-partition", {"AWS": "arn:aws-cn:iam:::user/7000001"}), ("none", {"AWS": []}), ("nobody-at-all", {}), ("list", ["*"]), ("bare", "7000001"),
    ]:
        yield f"principal-{name}", policy(statement(principal=principal, resource=ALL)), asks(("B", *GET), ("C", *GET), ("nobody", *GET))
    for name, principal in [("user-b", {"AWS": USER_B}), ("star", "*"), ("role", {"AWS": "arn:aws:iam:::role/x"}), ("canonical", {"CanonicalUser": "7000001"})]:
        for effect in ("Allow", "Deny"):
            request = statement(effect, principal=None, resource=ALL, NotPrincipal=principal)
            yield f"not-principal-{effect.lower()}-{name}", policy(request), asks(("A", *GET), ("B", *GET), ("nobody", *GET))
    yield "no-principal", policy(statement(principal=None, resource=ALL)), asks(("B", *GET))

    # Actions.
    for name, action in [
        ("lower-case", "s3:getobject"), ("upper-service", "S3:GetObject"), ("star", "*"), ("star-and-more", "*foo"), ("question", "s3:Get?bject"),
        ("middle", "s3:*Object"), ("two-stars", "*:*"), ("other-service", "iam:GetRole"), ("list", ["s3:PutObject", "s3:GetObject"]), ("empty", []),
        ("unknown", "s3:Dance"), ("version", "s3:GetObjectVersion"),
    ]:
        yield f"action-{name}", policy(statement(action=action, resource=ALL)), asks(("B", *GET), ("B", "PUT", f"/{BUCKET}/new", {}, "n"))
    yield "not-action-allow", policy(statement(action=None, NotAction="s3:PutObject", resource=ALL)), asks(("B", *GET), ("B", "PUT", f"/{BUCKET}/new", {}, "n"))
    yield "not-action-deny", policy(statement("Deny", action=None, NotAction="s3:PutObject", resource=ALL)), asks(("A", *GET), ("A", "PUT", f"/{BUCKET}/new", {}, "n"))
    yield "action-and-not-action", policy(statement(action="s3:*", NotAction="s3:PutObject", resource=ALL)), asks(("B", *GET), ("B", "PUT", f"/{BUCKET}/new", {}, "n"))
    yield "no-action", policy(statement("Deny", action=None, resource=ALL)), asks(("A", *GET))
    yield "no-effect", policy({"Principal": "*", "Action": "s3:GetObject", "Resource": ALL}), asks(("A", *GET))

    # Resources.
    for name, resource in [
        ("star", "*"), ("bucket-only", arn("")), ("bucket-star", arn("*")), ("prefix", arn("/x/*")), ("suffix", arn("/*n")), ("question", arn("/o?en")),
        ("upper-case", arn("/OPEN")), ("all-buckets", "arn:aws:s3:::*"), ("other-bucket", "arn:aws:s3:::other/*"), ("wild-fields", f"arn:*:*:*:*:{BUCKET}/*"),
        ("region", f"arn:aws:s3:nyc3::{BUCKET}/*"), ("region-star", f"arn:aws:s3:*::{BUCKET}/*"), ("account-star", f"arn:aws:s3::*:{BUCKET}/*"),
        ("partition", f"arn:aws-cn:s3:::{BUCKET}/*"), ("list", [arn("/none"), arn("/open")]), ("empty", []), ("middle", arn("/*/in")), ("within-bucket-name", "arn:aws:s3:::*-cases/open"),
    ]:
        yield f"resource-{name}", policy(statement(resource=resource)), asks(("B", *GET), ("B", "GET", f"/{BUCKET}/x/in"), ("B", "GET", f"/{BUCKET}/a%3Ab"))
    yield "not-resource-allow", policy(statement(resource=None, NotResource=arn("/x/*"))), asks(("B", *GET), ("B", "GET", f"/{BUCKET}/x/in"))
    yield "not-resource-deny", policy(statement("Deny", resource=None, NotResource=arn("/x/*"))), asks(("A", *GET), ("A", "GET", f"/{BUCKET}/x/in"))
    yield "resource-and-not", policy(statement(resource=ALL, NotResource=arn("/x/*"))), asks(("B", *GET), ("B", "GET", f"/{BUCKET}/x/in"))
    yield "no-resource", policy(statement(resource=None)), asks(("B", *GET))
    yield "no-resource-deny", policy(statement("Deny", resource=None)), asks(("A", *GET))

    # Conditions on what every request has.
    agent = {"User-Agent": "spacelet-test/1.0", "Referer": "https://example.com/page"}
    for name, condition in [
        ("source-ip", cond("IpAddress", "aws:SourceIp", "127.0.0.0/8")), ("source-ip-list", cond("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "127.0.0.1"])),
        ("source-ip-other", cond("IpAddress", "aws:SourceIp", "10.0.0.0/8")), ("source-ip-broken", cond("IpAddress", "aws:SourceIp", "zz")),
        ("source-ip-all", cond("IpAddress", "aws:SourceIp", "0.0.0.0/0")), ("source-ip-v6", cond("IpAddress", "aws:SourceIp", "::/0")), ("source-ip-v6-one", cond("IpAddress", "aws:SourceIp", "::1")),
        ("source-ip-33", cond("IpAddress", "aws:SourceIp", "127.0.0.1/33")), ("not-source-ip", cond("NotIpAddress", "aws:SourceIp", "127.0.0.0/8")),
        ("not-source-ip-other", cond("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8", "192.168.0.0/16"])), ("not-source-ip-broken", cond("NotIpAddress", "aws:SourceIp", "zz")),
        ("source-ip-text", cond("StringEquals", "aws:SourceIp", "127.0.0.1")), ("source-ip-lower", cond("IpAddress", "aws:sourceip", "127.0.0.0/8")),
        ("tls-true", cond("Bool", "aws:SecureTransport", "true")), ("tls-false", cond("Bool", "aws:SecureTransport", "false")),
        ("tls-false-if-exists", cond("BoolIfExists", "aws:SecureTransport", "false")), ("tls-null", cond("Null", "aws:SecureTransport", "true")),
        ("referer", cond("StringLike", "aws:Referer", "https://example.com/*")), ("referer-exact", cond("StringEquals", "aws:Referer", "https://example.com/page")),
        ("referer-wild-equals", cond("StringEquals", "aws:Referer", "https://example.com/*")), ("referer-case", cond("StringEqualsIgnoreCase", "aws:Referer", "HTTPS://example.com/PAGE")),
        ("referer-not", cond("StringNotLike", "aws:Referer", "https://other.com/*")), ("referer-not-like", cond("StringNotLike", "aws:Referer", "https://example.com/*")),
        ("referer-not-any", cond("StringNotEquals", "aws:Referer", ["https://example.com/page", "x"])), ("referer-not-case", cond("StringNotEqualsIgnoreCase", "aws:Referer", "HTTPS://EXAMPLE.COM/page")),
        ("referer-case-key", cond("StringLike", "aws:referer", "https://example.com/*")), ("referer-null", cond("Null", "aws:Referer", "true")), ("referer-null-false", cond("Null", "aws:Referer", "false")),
        ("agent", cond("StringLike", "aws:UserAgent", "spacelet-*")), ("agent-not", cond("StringNotEquals", "aws:UserAgent", "x")), ("agent-if-exists", cond("StringEqualsIfExists", "aws:UserAgent", "x")),
        ("agent-variable", cond("StringEquals", "aws:UserAgent", "${aws:UserAgent}")), ("agent-other-variable", cond("StringEquals", "aws:UserAgent", "${aws:Referer}")), ("agent-dollar", cond("StringEquals", "aws:UserAgent", "$x")),
        ("time-after", cond("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z")), ("time-before", cond("DateLessThan", "aws:CurrentTime", "2020-01-01T00:00:00Z")),
        ("time-day", cond("DateGreaterThanEquals", "aws:CurrentTime", "2020-01-01")), ("time-broken", cond("DateGreaterThan", "aws:CurrentTime", "soon")), ("time-not", cond("DateNotEquals", "aws:CurrentTime", "2020-01-01")),
        ("epoch-date", cond("DateGreaterThan", "aws:EpochTime", "2020-01-01T00:00:00Z")), ("epoch-number", cond("NumericGreaterThan", "aws:EpochTime", 1000)), ("time-number", cond("NumericGreaterThan", "aws:CurrentTime", 1000)), ("epoch-seconds", cond("DateGreaterThan", "aws:EpochTime", "1577836800")),
        ("username-b", cond("StringEquals", "aws:username", "7000001")), ("username-anonymous", cond("StringEquals", "aws:username", "anonymous")), ("username-null", cond("Null", "aws:username", "true")),
        ("userid", cond("StringEquals", "aws:userid", "7000001")), ("principal-type", cond("StringEquals", "aws:PrincipalType", "User")), ("principal-arn", cond("ArnEquals", "aws:PrincipalArn", USER_B)),
        ("unknown-key", cond("StringEquals", "foo:bar", "x")), ("unknown-key-null", cond("Null", "foo:bar", "true")), ("unknown-key-null-false", cond("Null", "foo:bar", "false")), ("unknown-key-not", cond("StringNotEquals", "foo:bar", "x")),
        ("for-all", cond("ForAllValues:StringLike", "aws:Referer", "https://example.com/*")), ("for-all-other", cond("ForAllValues:StringEquals", "aws:Referer", "x")), ("for-all-absent", cond("ForAllValues:StringEquals", "foo:bar", "x")),
        ("for-any", cond("ForAnyValue:StringEquals", "aws:Referer", ["x", "https://example.com/page"])), ("for-any-absent", cond("ForAnyValue:StringEquals", "foo:bar", "x")),
        ("for-all-not", cond("ForAllValues:StringNotEquals", "aws:Referer", "x")), ("for-any-number", cond("ForAnyValue:NumericEquals", "aws:Referer", "x")),
        ("two-keys", {"Condition": {"StringLike": {"aws:Referer": "https://*", "aws:UserAgent": "no"}}}), ("two-operators", {"Condition": {"StringLike": {"aws:Referer": "https://*"}, "IpAddress": {"aws:SourceIp": "127.0.0.1"}}}),
        ("binary", cond("BinaryEquals", "aws:UserAgent", "YQ==")), ("empty-values", cond("StringEquals", "aws:Referer", [])), ("empty-operator", {"Condition": {"StringEquals": {}}}), ("unknown-operator", cond("Foo", "aws:Referer", "x")),
    ]:
        requests = [by("nobody", GET, agent), by("nobody", GET)]
        if "username" in name or "userid" in name or "principal" in name:
            requests.append(by("B", GET, agent))
        yield f"condition-{name}", policy(statement(resource=ALL, **condition)), requests

    # Listings.
    for name, condition, queries in [
        ("prefix", cond("StringEquals", "s3:prefix", "x/"), ["", "?prefix=x/", "?prefix=y/", "?list-type=2&prefix=x/", "?versions&prefix=x/"]),
        ("prefix-like", cond("StringLike", "s3:prefix", ["x/*", "y/*"]), ["", "?prefix=x/y", "?prefix=z"]),
        ("prefix-null", cond("Null", "s3:prefix", "true"), ["", "?prefix=x/", "?prefix="]),
        ("delimiter", cond("StringEquals", "s3:delimiter", "/"), ["", "?delimiter=/", "?delimiter=x"]),
        ("max-keys", cond("NumericLessThanEquals", "s3:max-keys", 10), ["", "?max-keys=10", "?max-keys=11", "?max-keys=0", "?max-keys=5000"]),
        ("max-keys-default", cond("NumericEquals", "s3:max-keys", 1000), ["", "?max-keys=1000", "?max-keys=5000"]),
        ("prefix-not", cond("StringNotEquals", "s3:prefix", "x/"), ["", "?prefix=x/", "?prefix=y/"]),
    ]:
        made = statement(action=["s3:ListBucket", "s3:ListBucketVersions"], resource=arn(""), **condition)
        yield f"list-{name}", policy(made), [("B", "GET", f"/{BUCKET}{query}", {}, "") for query in queries]
    yield "list-deny-prefix", policy(statement("Deny", action="s3:ListBucket", resource=arn(""), **cond("StringLike", "s3:prefix", "x/*"))), [("A", "GET", f"/{BUCKET}{q}", {}, "") for q in ["", "?prefix=x/a", "?prefix=y/"]]
    # Who may list is told that a key is missing.
    for name, made in [("allowed", statement(action="s3:ListBucket", resource=arn(""))), ("denied", statement("Deny", action="s3:ListBucket", resource=arn(""))), ("get-only", statement(resource=ALL)), ("get-denied", statement("Deny", resource=ALL)), ("by-prefix", statement(action="s3:ListBucket", resource=arn(""), **cond("StringLike", "s3:prefix", "n*")))]:
        yield f"missing-key-{name}", policy(made), asks(("A", "GET", f"/{BUCKET}/none"), ("B", "GET", f"/{BUCKET}/none"), ("B", "HEAD", f"/{BUCKET}/none"), ("nobody", "GET", f"/{BUCKET}/none?acl"))

    # Tags.
    for name, condition, requests in [
        ("existing", cond("StringEquals", "s3:ExistingObjectTag/security", "public"), [by("B", TAGGED), by("B", GET), by("nobody", TAGGED), ("B", "HEAD", TAGGED[1], {}, "")]),
        ("existing-other", cond("StringEquals", "s3:ExistingObjectTag/security", "private"), [by("B", TAGGED)]),
        ("existing-null", cond("Null", "s3:ExistingObjectTag/security", "true"), [by("B", TAGGED), by("B", GET)]),
    ]:
        yield f"tag-{name}", policy(statement(resource=ALL, **condition)), requests
    yield "tag-acl", policy(statement(action=["s3:GetObjectAcl", "s3:GetObjectTagging"], resource=ALL, **cond("StringEquals", "s3:ExistingObjectTag/security", "public"))), [("B", "GET", f"/{BUCKET}/{key}?{what}", {}, "") for key in ("tagged", "open") for what in ("acl", "tagging")]
    put = lambda headers, key="new": ("B", "PUT", f"/{BUCKET}/{key}", headers, "n")
    for name, condition, variants in [
        ("request-tag", cond("StringEquals", "s3:RequestObjectTag/security", "public"), [{}, {"x-amz-tagging": "security=public"}, {"x-amz-tagging": "security=private"}]),
        ("acl", cond("StringEquals", "s3:x-amz-acl", "public-read"), [{}, {"x-amz-acl": "public-read"}, {"x-amz-acl": "private"}]),
        ("acl-not", cond("StringNotEquals", "s3:x-amz-acl", "public-read"), [{}, {"x-amz-acl": "public-read"}, {"x-amz-acl": "private"}]),
        ("acl-null", cond("Null", "s3:x-amz-acl", "true"), [{}, {"x-amz-acl": "private"}]),
        ("acl-like", cond("StringLike", "s3:x-amz-acl", "public*"), [{}, {"x-amz-acl": "public-read-write"}]),
        ("grant", cond("StringEquals", "s3:x-amz-grant-full-control", "id=6174283"), [{}, {"x-amz-grant-full-control": "id=6174283"}, {"x-amz-grant-read": "id=6174283"}]),
        ("grant-read", cond("StringLike", "s3:x-amz-grant-read", "*6174283*"), [{}, {"x-amz-grant-read": "id=6174283"}]),
        ("encryption", cond("StringEquals", "s3:x-amz-server-side-encryption", "AES256"), [{}]),
        ("encryption-null", cond("Null", "s3:x-amz-server-side-encryption", "true"), [{}]),
        ("storage-class", cond("StringEquals", "s3:x-amz-storage-class", "STANDARD"), [{}, {"x-amz-storage-class": "STANDARD"}]),
    ]:
        yield f"put-{name}", policy(statement(action="s3:PutObject", resource=ALL, **condition)), [put(headers) for headers in variants]
    copied = {"x-amz-copy-source": f"{SOURCE}/pub/s"}
    for name, condition, variants in [
        ("plain", {}, [copied, {"x-amz-copy-source": f"{SOURCE}/priv/s"}]),
        ("source", cond("StringLike", "s3:x-amz-copy-source", f"{SOURCE}/pub/*"), [copied, {"x-amz-copy-source": f"{SOURCE}/other/s"}, {"x-amz-copy-source": f"/{SOURCE}/pub/s"}]),
        ("directive", cond("StringEquals", "s3:x-amz-metadata-directive", "COPY"), [copied, copied | {"x-amz-metadata-directive": "COPY"}, copied | {"x-amz-metadata-directive": "REPLACE"}]),
        ("acl", cond("StringEquals", "s3:x-amz-acl", "public-read"), [copied, copied | {"x-amz-acl": "public-read"}]),
    ]:
        yield f"copy-{name}", policy(statement(principal={"AWS": USER_B}, action="s3:PutObject", resource=ALL, **condition)), [("B", "PUT", f"/{BUCKET}/copied", headers, "") for headers in variants]
    yield "copy-from-denied", policy(statement("Deny", principal={"AWS": "arn:aws:iam:::user/6174283"}, resource=arn("/open"))), asks(("A", "PUT", f"/{SOURCE}/pub/copied", {"x-amz-copy-source": f"{BUCKET}/open"}, ""), ("A", "PUT", f"/{SOURCE}/pub/copied", {"x-amz-copy-source": f"{BUCKET}/tagged"}, ""))
    yield "copy-from-allowed", policy(statement(resource=arn("/open"))), asks(("B", "PUT", f"/{SOURCE}-b/copied", {"x-amz-copy-source": f"{BUCKET}/open"}, ""), ("B", "PUT", f"/{SOURCE}-b/copied", {"x-amz-copy-source": f"{BUCKET}/tagged"}, ""))

    # Deletions of many keys: first on the bucket, then on each key. The body says which went.
    many = lambda who: (who, "POST", f"/{BUCKET}?delete", {}, DELETE_TWO)
    for name, made in [
        ("deny-some", [statement("Deny", action="s3:DeleteObject", resource=arn("/x/*"))]), ("deny-all", [statement("Deny", action="s3:DeleteObject", resource=ALL)]),
        ("deny-bucket", [statement("Deny", action="s3:DeleteObject", resource=arn(""))]), ("allow-objects", [statement(action="s3:DeleteObject", resource=ALL)]),
        ("allow-bucket", [statement(action="s3:DeleteObject", resource=arn(""))]), ("allow-both", [statement(action="s3:DeleteObject", resource=[arn(""), ALL])]),
        ("allow-both-deny-some", [statement(action="s3:DeleteObject", resource=[arn(""), ALL]), statement("Deny", action="s3:DeleteObject", resource=arn("/x/*"))]),
    ]:
        yield f"delete-many-{name}", policy(*made), asks(many("A"), many("B"), many("nobody"))

    # The rest of the operations.
    for name, made, requests in [
        ("put-acl", statement(action=["s3:PutObjectAcl", "s3:PutBucketAcl"], resource=[arn(""), ALL], **cond("StringEquals", "s3:x-amz-acl", "private")), [("B", "PUT", f"/{BUCKET}{target}?acl", headers, "") for target in ("/open", "") for headers in ({"x-amz-acl": "private"}, {"x-amz-acl": "public-read"})]),
        ("tagging", statement(action="s3:PutObjectTagging", resource=ALL), [("B", "PUT", f"/{BUCKET}/open?tagging", {}, "<Tagging><TagSet></TagSet></Tagging>"), ("B", "DELETE", f"/{BUCKET}/open?tagging", {}, ""), ("B", "GET", f"/{BUCKET}/open?tagging", {}, "")]),
        ("multipart", statement(action="s3:PutObject", resource=ALL), [("B", "POST", f"/{BUCKET}/mp?uploads", {}, ""), ("C", "POST", f"/{BUCKET}/mp?uploads", {}, ""), ("nobody", "POST", f"/{BUCKET}/mp?uploads", {}, "")]),
        ("multipart-denied", statement("Deny", action="s3:PutObject", resource=arn("/mp*")), [("A", "POST", f"/{BUCKET}/mp?uploads", {}, ""), ("A", "POST", f"/{BUCKET}/other?uploads", {}, "")]),
        ("configure", statement(principal={"AWS": USER_B}, action=["s3:PutBucketVersioning", "s3:PutBucketCORS", "s3:PutLifecycleConfiguration"], resource=arn("")), [("B", "DELETE", f"/{BUCKET}?cors", {}, ""), ("B", "DELETE", f"/{BUCKET}?lifecycle", {}, ""), ("C", "DELETE", f"/{BUCKET}?cors", {}, ""), ("B", "DELETE", f"/{BUCKET}?policy", {}, "")]),
        ("configure-denied", statement("Deny", action=["s3:PutBucketCORS", "s3:GetBucketCORS", "s3:PutLifecycleConfiguration", "s3:GetBucketVersioning"], resource=arn("")), [("A", "GET", f"/{BUCKET}?cors", {}, ""), ("A", "DELETE", f"/{BUCKET}?cors", {}, ""), ("A", "DELETE", f"/{BUCKET}?lifecycle", {}, ""), ("A", "GET", f"/{BUCKET}?lifecycle", {}, ""), ("A", "GET", f"/{BUCKET}?versioning", {}, "")]),
        ("delete-bucket", statement("Deny", action="s3:DeleteBucket", resource=arn("")), [("A", "DELETE", f"/{BUCKET}", {}, ""), ("B", "DELETE", f"/{BUCKET}", {}, "")]),
        ("version-read", statement(action="s3:GetObjectVersion", resource=ALL), [("B", "GET", f"/{BUCKET}/open?versionId=null", {}, ""), ("B", "GET", f"/{BUCKET}/open", {}, "")]),
        ("version-unread", statement(action="s3:GetObject", resource=ALL), [("B", "GET", f"/{BUCKET}/open?versionId=null", {}, ""), ("B", "GET", f"/{BUCKET}/open", {}, "")]),
        ("version-delete", statement(action="s3:DeleteObjectVersion", resource=ALL), [("B", "DELETE", f"/{BUCKET}/gone?versionId=null", {}, ""), ("B", "DELETE", f"/{BUCKET}/gone", {}, "")]),
    ]:
        yield f"rest-{name}", policy(made), requests


SET_UP = [
    ("A", "PUT", f"/{BUCKET}", {}, ""), ("A", "PUT", f"/{SOURCE}", {}, ""), ("B", "PUT", f"/{SOURCE}-b", {}, ""),
    ("A", "PUT", f"/{BUCKET}/open", {}, "open"), ("A", "PUT", f"/{BUCKET}/x/in", {}, "in"), ("A", "PUT", f"/{BUCKET}/a%3Ab", {}, "colon"),
    ("A", "PUT", f"/{BUCKET}/tagged", {"x-amz-tagging": "security=public"}, "tagged"),
    ("A", "PUT", f"/{SOURCE}/pub/s", {"x-amz-acl": "public-read"}, "s"), ("A", "PUT", f"/{SOURCE}/priv/s", {}, "s"), ("A", "PUT", f"/{SOURCE}/other/s", {"x-amz-acl": "public-read"}, "s"),
]


def outcome(status, text):
    """The status; for a deletion of many keys also how many were refused."""
    refused = text.count(b"<Error><Key>")
    return f"{status} {refused}" if refused else str(status)


def main():
    for who, *request in SET_UP:
        status, text = send(who, *request)
        assert status == 200, (request, status, text)
    recorded, decisions = [], 0
    for name, text, requests in cases():
        # The policy before may deny what comes now: the owner takes it away (RGW lets a denied owner do so only while
        # nothing denies s3:DeleteBucketPolicy, and no case here does).
        send("A", "DELETE", f"/{BUCKET}?policy")
        send("A", "PUT", f"/{BUCKET}?acl", {"x-amz-acl": "private"})
        send("A", "PUT", f"/{BUCKET}/open", {}, "open")
        send("A", "DELETE", f"/{BUCKET}/new")
        put, _ = send("A", "PUT", f"/{BUCKET}?policy", {}, text)
        asked = []
        if put == 204:
            for request in requests:
                who, method, target, headers, body = (*request, {}, "")[:5] if len(request) == 3 else request
                asked.append({"as": who, "request": f"{method} {target}", "headers": headers, "body": body, "answer": outcome(*send(who, method, target, headers, body))})
        decisions += 1 + len(asked)
        recorded.append({"case": name, "policy": json.loads(text), "put": put, "asked": asked})
    set_up = [{"as": who, "request": f"{method} {target}", "headers": headers, "body": body} for who, method, target, headers, body in SET_UP]
    with open(sys.argv[1], "w") as out:
        out.write('{"set_up": [\n' + ",\n".join(json.dumps(step) for step in set_up) + '\n],\n"cases": [\n' + ",\n".join(json.dumps(case) for case in recorded) + "\n]}\n")
    print(f"{len(recorded)} policies, {decisions} decisions")


if __name__ == "__main__":
    main()
