"""aws-cli: `client_awscli.py v1` is PyPI's, `client_awscli.py v2` is Debian's. Each has defaults of its own."""

import os
import sys

import commands
import flow
import wire

MISSING = "`aws s3 presign` makes GET links only"


class AwsCli:
    """The high-level `s3` commands, and `s3api` where those have no equal."""

    lacks = {"presign_put": MISSING}

    def __init__(self, program, style):
        self.program = program
        self.endpoint = wire.ENDPOINT if style == "path" else f"http://{wire.DOMAIN}:{wire.PORT}"
        settings = flow.scratch(f"aws-{style}")
        with open(settings, "w", encoding="utf-8") as file:
            file.write(f"[default]\nregion = {wire.REGION}\ns3 =\n  addressing_style = {style}\n")
        self.env = {
            "AWS_CONFIG_FILE": settings,
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_ACCESS_KEY_ID": wire.ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": wire.SECRET_KEY,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        }

    def aws(self, *words):
        return commands.run([self.program, "--endpoint-url", self.endpoint, *words], self.env)

    def create(self, bucket):
        self.aws("s3", "mb", f"s3://{bucket}")

    def put(self, bucket, key, path):
        self.aws("s3", "cp", "--no-progress", path, f"s3://{bucket}/{key}")

    put_multipart = put

    def put_tree(self, bucket, prefix, folder):
        self.aws("s3", "sync", "--only-show-errors", folder, f"s3://{bucket}/{prefix}")

    def names(self, bucket, prefix):
        text = self.aws(
            *("s3api", "list-objects-v2", "--bucket", bucket, "--prefix", prefix),
            *("--query", "Contents[].[Key]", "--output", "text"),
        )
        return text.decode().splitlines()

    def get(self, bucket, key, path):
        self.aws("s3", "cp", "--no-progress", f"s3://{bucket}/{key}", path)

    def range(self, bucket, key, begin, length, path):
        span = f"bytes={begin}-{begin + length - 1}"
        self.aws("s3api", "get-object", "--bucket", bucket, "--key", key, "--range", span, path)

    def copy(self, bucket, source, target):
        self.aws("s3", "cp", f"s3://{bucket}/{source}", f"s3://{bucket}/{target}")

    def presign_get(self, bucket, key):
        return self.aws("s3", "presign", f"s3://{bucket}/{key}", "--expires-in", "300").decode().strip()

    def delete(self, bucket, key):
        self.aws("s3", "rm", f"s3://{bucket}/{key}")

    def delete_tree(self, bucket):
        self.aws("s3", "rm", "--recursive", "--only-show-errors", f"s3://{bucket}")

    def drop(self, bucket):
        self.aws("s3", "rb", f"s3://{bucket}")


def program(version):
    """v1 stands beside this Python in its virtual environment; v2 is the system's."""
    if version == "v1":
        return commands.find("aws (PyPI's awscli)", os.path.join(os.path.dirname(sys.executable), "aws"))
    return commands.find("aws (Debian's awscli)", "/usr/bin/aws", "/usr/local/bin/aws")


def checked(version):
    """The program, once it says that it is the major version asked for."""
    path = program(version)
    said = commands.run([path, "--version"]).decode().strip()
    flow.expect(said.startswith(f"aws-cli/{version[1:]}."), f"{path} is {said}")
    print(f"version {said.split()[0]}", flush=True)
    return path


if __name__ == "__main__":
    wanted = sys.argv[1]
    flow.main(
        f"awscli-{wanted}",
        {
            "path": lambda: AwsCli(checked(wanted), "path"),
            "virtual": lambda: AwsCli(checked(wanted), "virtual"),
        },
    )
