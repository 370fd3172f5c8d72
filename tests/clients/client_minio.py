"""minio for Python: path style, and virtual-host style by the resolver hook in names/."""

import concurrent.futures
import datetime
import os

import minio
from minio.commonconfig import CopySource
from minio.deleteobjects import DeleteObject

import flow
import wire

PART = 5 << 20
SOON = datetime.timedelta(minutes=5)


class MinioPy:
    """The client of the `minio` package."""

    def __init__(self, style):
        address = wire.ADDRESS if style == "path" else f"{wire.DOMAIN}:{wire.PORT}"
        self.client = minio.Minio(
            address, access_key=wire.ACCESS_KEY, secret_key=wire.SECRET_KEY, secure=False, region=wire.REGION
        )
        if style == "virtual":
            self.client.enable_virtual_style_endpoint()

    def create(self, bucket):
        self.client.make_bucket(bucket)

    def put(self, bucket, key, path):
        self.client.fput_object(bucket, key, path)

    def put_multipart(self, bucket, key, path):
        self.client.fput_object(bucket, key, path, part_size=PART)

    def put_tree(self, bucket, prefix, folder):
        paths = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda path: self.put(bucket, prefix + os.path.relpath(path, folder), path), paths))

    def names(self, bucket, prefix):
        return [entry.object_name for entry in self.client.list_objects(bucket, prefix, recursive=True)]

    def get(self, bucket, key, path):
        self.client.fget_object(bucket, key, path)

    def range(self, bucket, key, begin, length, path):
        answer = self.client.get_object(bucket, key, offset=begin, length=length)
        with open(path, "wb") as file:
            file.write(answer.read())
        answer.close()
        answer.release_conn()

    def copy(self, bucket, source, target):
        self.client.copy_object(bucket, target, CopySource(bucket, source))

    def presign_get(self, bucket, key):
        return self.client.presigned_get_object(bucket, key, expires=SOON)

    def presign_put(self, bucket, key):
        return self.client.presigned_put_object(bucket, key, expires=SOON)

    def delete(self, bucket, key):
        self.client.remove_object(bucket, key)

    def delete_tree(self, bucket):
        keys = [DeleteObject(name) for name in self.names(bucket, "")]
        errors = list(self.client.remove_objects(bucket, keys))
        flow.expect(not errors, f"{errors[:3]}")

    def drop(self, bucket):
        self.client.remove_bucket(bucket)


if __name__ == "__main__":
    print(f"version minio-py {minio.__version__}")
    flow.main("minio-py", {"path": lambda: MinioPy("path"), "virtual": lambda: MinioPy("virtual")})
