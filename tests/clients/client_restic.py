"""restic: a repository in a Space; every byte comes back. Uploads are aws-chunked and signed chunk by chunk.

Virtual-host style uses the service's real names through http_proxy.
"""

import filecmp
import os
import secrets

import commands
import flow
import wire


class Restic:
    """The program on one new repository."""

    def __init__(self, style):
        self.program = commands.find("restic")
        endpoint = wire.ENDPOINT if style == "path" else f"http://{wire.SERVICE}"
        self.bucket = f"restic-{style}-{secrets.token_hex(4)}"
        self.lookup = "path" if style == "path" else "dns"
        self.env = {
            "AWS_ACCESS_KEY_ID": wire.ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": wire.SECRET_KEY,
            "AWS_DEFAULT_REGION": wire.REGION,
            "RESTIC_PASSWORD": "not a secret",
            "RESTIC_REPOSITORY": f"s3:{endpoint}/{self.bucket}",
            "RESTIC_CACHE_DIR": flow.scratch(f"restic-cache-{style}"),
        }
        if style != "path":
            self.env["http_proxy"] = wire.ENDPOINT
        print(f"version {commands.run([self.program, 'version']).decode().strip()}", flush=True)

    def restic(self, *words):
        return commands.run([self.program, "-o", f"s3.bucket-lookup={self.lookup}", *words], self.env)


def differences(left, right):
    """Names that are on one side only or whose bytes differ, at any depth."""
    seen = filecmp.dircmp(left, right)
    found = seen.left_only + seen.right_only + seen.funny_files
    for name in seen.common_files:
        if not filecmp.cmp(os.path.join(left, name), os.path.join(right, name), shallow=False):
            found.append(name)
    for name in seen.common_dirs:
        found += differences(os.path.join(left, name), os.path.join(right, name))
    return found


def back_up(style):
    """A repository's whole life."""
    report = flow.Report(f"restic {style}")
    client = flow.started(report, lambda: Restic(style))
    if client is None:
        return
    folder, names = flow.tree(f"restic-{style}", flow.MANY, 300)
    os.rename(flow.sample(f"restic-big-{style}", flow.BIG), os.path.join(folder, "big.bin"))
    restored = flow.scratch(f"restored-{style}")

    def create():
        client.restic("init")
        flow.expect(wire.signed("HEAD", client.bucket).status == 200, "there is no bucket")

    def restore():
        client.restic("restore", "latest", "--target", restored)
        found = differences(folder, restored + folder)
        flow.expect(not found, f"other after the restore: {found[:5]}")

    def second():
        os.remove(os.path.join(folder, names[0]))
        client.restic("backup", "--quiet", folder)
        client.restic("forget", "--quiet", "--keep-last", "1", "--prune")
        client.restic("check", "--read-data")

    report.check("init", create)
    report.check("backup", lambda: client.restic("backup", "--quiet", folder))
    report.check("check --read-data", lambda: client.restic("check", "--read-data"))
    report.check("restore, byte for byte", restore)
    report.check("second backup, forget --prune, check --read-data", second)


if __name__ == "__main__":
    back_up("path")
    back_up("proxy")
    flow.finish()
