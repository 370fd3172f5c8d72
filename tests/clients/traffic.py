#!/usr/bin/env python3
"""By hand: real traffic while lifecycle rules are applied with a day of 10 seconds.

    python3 tests/clients/traffic.py ENDPOINT ACCESS_KEY SECRET_KEY [SECONDS]

against a server with `--lifecycle-day 10s`. Four threads put, get and list; a rule of one day takes `old/`. In the end
no answer was an error, everything under `keep/` is there with its bytes, and nothing under `old/` is older than a day
and a few passes of the worker (a tenth of a day each).
"""

import concurrent.futures
import datetime
import random
import sys
import time

import boto3
from botocore.config import Config

BUCKET = "traffic"
DAY = 10
SLACK = 5


def client(endpoint, key, secret):
    options = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1})
    return boto3.client(
        "s3", endpoint_url=endpoint, region_name="nyc3", aws_access_key_id=key, aws_secret_access_key=secret, config=options
    )


def work(s3, name, until):
    """One thread: what it wrote under keep/, and its numbers of requests and of objects under old/."""
    chance, kept, requests, old = random.Random(name), {}, 0, 0
    while time.monotonic() < until:
        body = chance.randbytes(chance.choice([100, 4_096, 300_000]))
        s3.put_object(Bucket=BUCKET, Key=f"old/{name}/{requests}", Body=body)
        key = f"keep/{name}/{chance.randrange(50)}"
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        kept[key] = body
        seen = chance.choice(list(kept))
        if s3.get_object(Bucket=BUCKET, Key=seen)["Body"].read() != kept[seen]:
            raise AssertionError(f"{seen} has other bytes")
        s3.list_objects_v2(Bucket=BUCKET, Prefix=f"old/{name}/", MaxKeys=100)
        requests, old = requests + 4, old + 1
    return kept, requests, old


def main(endpoint, key, secret, seconds="120"):
    s3 = client(endpoint, key, secret)
    s3.create_bucket(Bucket=BUCKET)
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 1}}
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [rule]})
    until = time.monotonic() + float(seconds)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda name: work(client(endpoint, key, secret), name, until), "abcd"))
    for kept, _, _ in done:
        for name, body in kept.items():
            if s3.get_object(Bucket=BUCKET, Key=name)["Body"].read() != body:
                raise AssertionError(f"{name} has other bytes in the end")
    now = datetime.datetime.now(datetime.UTC)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="old/")
    left = [(now - entry["LastModified"]).total_seconds() for page in pages for entry in page.get("Contents", [])]
    if max(left, default=0) > DAY + SLACK:
        raise AssertionError(f"an object is {max(left):.1f} s old")
    requests, old = sum(it[1] for it in done), sum(it[2] for it in done)
    kept = sum(len(it[0]) for it in done)
    print(f"{requests} requests, {kept} kept, {old} came under old/, {old - len(left)} went, the oldest has {max(left, default=0):.1f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
