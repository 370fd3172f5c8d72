"""rclone: path style on a plain address; virtual-host style with the service's real names through http_proxy.

It creates the bucket again before each upload, sends single uploads with UNSIGNED-PAYLOAD and looks before and after.
"""

import commands
import flow
import wire

TREE = 2000
PROVIDER = {"spaces": "DigitalOcean", "aws": "AWS"}
CUT = ("--s3-upload-cutoff", "5M", "--s3-chunk-size", "5M")


class Rclone:
    """The program, configured by its environment alone."""

    lacks = {"presign_put": "`rclone link` makes GET links only"}

    def __init__(self, style):
        self.program = commands.find("rclone")
        path = style == "path"
        self.env = {
            "RCLONE_CONFIG": "/dev/null",
            "RCLONE_CONFIG_S_TYPE": "s3",
            "RCLONE_CONFIG_S_PROVIDER": "Other" if path else PROVIDER[flow.PROFILE],
            "RCLONE_CONFIG_S_REGION": wire.REGION,
            "RCLONE_CONFIG_S_ENDPOINT": wire.ENDPOINT if path else f"http://{wire.SERVICE}",
            "RCLONE_CONFIG_S_FORCE_PATH_STYLE": "true" if path else "false",
            "RCLONE_CONFIG_S_ACCESS_KEY_ID": wire.ACCESS_KEY,
            "RCLONE_CONFIG_S_SECRET_ACCESS_KEY": wire.SECRET_KEY,
        }
        if not path:
            self.env["http_proxy"] = wire.ENDPOINT
        said = commands.run([self.program, "version"]).decode().splitlines()[0]
        print(f"version {said}", flush=True)

    def rclone(self, *words):
        limits = ("--retries", "1", "--low-level-retries", "2", "--contimeout", "10s")
        return commands.run([self.program, *words, *limits], self.env)

    def create(self, bucket):
        self.rclone("mkdir", f"s:{bucket}")

    def put(self, bucket, key, path):
        self.rclone("copyto", path, f"s:{bucket}/{key}")

    def put_multipart(self, bucket, key, path):
        self.rclone("copyto", *CUT, path, f"s:{bucket}/{key}")

    def put_tree(self, bucket, prefix, folder):
        self.rclone("copy", "--transfers", "8", folder, f"s:{bucket}/{prefix}")

    def names(self, bucket, prefix):
        lines = self.rclone("lsf", "--recursive", "--files-only", f"s:{bucket}/{prefix}")
        return [prefix + line for line in lines.decode().splitlines()]

    def get(self, bucket, key, path):
        self.rclone("copyto", f"s:{bucket}/{key}", path)

    def range(self, bucket, key, begin, length, path):
        body = self.rclone("cat", "--offset", str(begin), "--count", str(length), f"s:{bucket}/{key}")
        with open(path, "wb") as file:
            file.write(body)

    def copy(self, bucket, source, target):
        self.rclone("copyto", f"s:{bucket}/{source}", f"s:{bucket}/{target}")

    def presign_get(self, bucket, key):
        return self.rclone("link", "--expire", "5m", f"s:{bucket}/{key}").decode().strip()

    def delete(self, bucket, key):
        self.rclone("deletefile", f"s:{bucket}/{key}")

    def delete_tree(self, bucket):
        self.rclone("delete", f"s:{bucket}")

    def drop(self, bucket):
        self.rclone("rmdir", f"s:{bucket}")


def check_of_a_tree(style):
    """`rclone sync`, `rclone check` by hash and by content, a changed file noticed, and the bucket purged."""
    report = flow.Report(f"rclone {style}")
    client, bucket = flow.started(report, lambda: Rclone(style)), f"s:rclone-tree-{style}"
    if client is None:
        return
    folder, names = flow.tree(f"tree-{style}", TREE, 200)

    def sync():
        client.rclone("sync", "--transfers", "8", "--checkers", "8", folder, bucket)

    def notice():
        with open(f"{folder}/{names[1234]}", "r+b") as file:
            file.write(b"changed")
        try:
            client.rclone("check", folder, bucket)
        except commands.CommandError:
            return
        raise AssertionError("a changed file was not noticed")

    report.check(f"tree sync of {TREE}", sync)
    report.check(f"tree check of {TREE}", lambda: client.rclone("check", folder, bucket))
    report.check("tree check by content", lambda: client.rclone("check", "--download", folder, bucket))
    report.check("tree check notices a change", notice)
    report.check("tree purge", lambda: client.rclone("purge", bucket))


if __name__ == "__main__":
    # The slowest of all clients' steps: its files are the same to both profiles.
    if flow.PROFILE == "spaces":
        check_of_a_tree("path")
    flow.main("rclone", {"path": lambda: Rclone("path"), "proxy": lambda: Rclone("proxy")})
