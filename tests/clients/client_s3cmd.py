"""s3cmd: list version 1, SigV2 links, a multi-delete with Content-MD5, `Expect`-free uploads of 5 MiB parts."""

import commands
import flow
import wire


class S3cmd:
    """The program with a settings file of its own."""

    lacks = {"presign_put": "`s3cmd signurl` makes GET links only"}
    ranges_to_the_end = True

    def __init__(self, style):
        self.program = commands.find("s3cmd")
        host = wire.ADDRESS if style == "path" else f"{wire.DOMAIN}:{wire.PORT}"
        bucket = host if style == "path" else f"%(bucket)s.{host}"
        self.settings = flow.scratch(f"s3cfg-{style}")
        with open(self.settings, "w", encoding="utf-8") as file:
            file.write(
                f"[default]\naccess_key = {wire.ACCESS_KEY}\nsecret_key = {wire.SECRET_KEY}\n"
                f"host_base = {host}\nhost_bucket = {bucket}\nbucket_location = {wire.REGION}\nuse_https = False\n"
                f"max_retries = 1\n"
            )
        said = commands.run([self.program, "--version"]).decode().strip()
        print(f"version {said}", flush=True)

    def s3cmd(self, *words):
        return commands.run([self.program, "-c", self.settings, "--no-progress", *words])

    def create(self, bucket):
        self.s3cmd("mb", f"s3://{bucket}")

    def put(self, bucket, key, path):
        self.s3cmd("put", path, f"s3://{bucket}/{key}")

    def put_multipart(self, bucket, key, path):
        self.s3cmd("put", "--multipart-chunk-size-mb=5", path, f"s3://{bucket}/{key}")

    def put_tree(self, bucket, prefix, folder):
        self.s3cmd("sync", "--quiet", folder + "/", f"s3://{bucket}/{prefix}")

    def names(self, bucket, prefix):
        start = f"s3://{bucket}/"
        lines = self.s3cmd("ls", "--recursive", start + prefix).decode().splitlines()
        return [line[line.index(start) + len(start) :] for line in lines]

    def get(self, bucket, key, path):
        self.s3cmd("get", f"s3://{bucket}/{key}", path)

    def range(self, bucket, key, begin, length, path):
        """Continues a download of which the first bytes (here: zeros) are there, and keeps what it fetched."""
        with open(path, "wb") as file:
            file.truncate(begin)
        self.s3cmd("get", "--continue", f"s3://{bucket}/{key}", path)
        whole = flow.read(path)
        flow.expect(not any(whole[:begin]), "the first bytes were fetched again")
        with open(path, "wb") as file:
            file.write(whole[begin : begin + length])

    def copy(self, bucket, source, target):
        self.s3cmd("cp", f"s3://{bucket}/{source}", f"s3://{bucket}/{target}")

    def presign_get(self, bucket, key):
        return self.s3cmd("signurl", f"s3://{bucket}/{key}", "+300").decode().strip()

    def delete(self, bucket, key):
        self.s3cmd("del", f"s3://{bucket}/{key}")

    def delete_tree(self, bucket):
        self.s3cmd("del", "--quiet", "--recursive", "--force", f"s3://{bucket}/")

    def drop(self, bucket):
        self.s3cmd("rb", f"s3://{bucket}")


if __name__ == "__main__":
    flow.main("s3cmd", {"path": lambda: S3cmd("path"), "virtual": lambda: S3cmd("virtual")})
