"""boto3 with its default checksum settings: path style, virtual-host style, and the service's names by http_proxy."""

import concurrent.futures
import os

import boto3
import botocore
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

import flow
import wire


class Boto3:
    """The resource-free client interface and its transfer manager."""

    def __init__(self, endpoint, style, **options):
        self.client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=wire.REGION,
            aws_access_key_id=wire.ACCESS_KEY,
            aws_secret_access_key=wire.SECRET_KEY,
            config=Config(s3={"addressing_style": style}, retries={"max_attempts": 1}, **options),
        )

    def create(self, bucket):
        self.client.create_bucket(Bucket=bucket)

    def put(self, bucket, key, path):
        with open(path, "rb") as file:
            self.client.put_object(Bucket=bucket, Key=key, Body=file)

    def put_multipart(self, bucket, key, path):
        self.client.upload_file(path, bucket, key, Config=TransferConfig(multipart_chunksize=8 << 20))

    def put_tree(self, bucket, prefix, folder):
        paths = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda path: self.put(bucket, prefix + os.path.relpath(path, folder), path), paths))

    def names(self, bucket, prefix):
        old, new = (self._names(call, bucket, prefix) for call in ("list_objects", "list_objects_v2"))
        flow.expect(old == new, "list versions 1 and 2 name other keys")
        return new

    def _names(self, call, bucket, prefix):
        pages = self.client.get_paginator(call).paginate(Bucket=bucket, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def get(self, bucket, key, path):
        self.client.download_file(bucket, key, path)

    def range(self, bucket, key, begin, length, path):
        span = f"bytes={begin}-{begin + length - 1}"
        answer = self.client.get_object(Bucket=bucket, Key=key, Range=span)
        with open(path, "wb") as file:
            file.write(answer["Body"].read())

    def copy(self, bucket, source, target):
        self.client.copy_object(Bucket=bucket, Key=target, CopySource={"Bucket": bucket, "Key": source})

    def presign_get(self, bucket, key):
        return self._presign("get_object", bucket, key)

    def presign_put(self, bucket, key):
        return self._presign("put_object", bucket, key)

    def _presign(self, operation, bucket, key):
        return self.client.generate_presigned_url(operation, {"Bucket": bucket, "Key": key}, ExpiresIn=300)

    def delete(self, bucket, key):
        self.client.delete_object(Bucket=bucket, Key=key)

    def delete_tree(self, bucket):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for page in pages:
            objects = [{"Key": entry["Key"]} for entry in page.get("Contents", [])]
            answer = self.client.delete_objects(Bucket=bucket, Delete={"Objects": objects})
            flow.expect(len(answer["Deleted"]) == len(objects), f"{answer.get('Errors')}")

    def drop(self, bucket):
        self.client.delete_bucket(Bucket=bucket)


def proxied():
    """The service's real endpoint, reached through the server as an HTTP proxy: no name is looked up at all."""
    os.environ["http_proxy"] = wire.ENDPOINT
    return Boto3(f"http://{wire.SERVICE}", "virtual", signature_version="s3v4")


if __name__ == "__main__":
    print(f"version boto3 {boto3.__version__} botocore {botocore.__version__}")
    flow.main(
        "boto3",
        {
            "path": lambda: Boto3(wire.ENDPOINT, "path"),
            "virtual": lambda: Boto3(f"http://{wire.DOMAIN}:{wire.PORT}", "virtual", signature_version="s3v4"),
            "proxy": proxied,
        },
    )
