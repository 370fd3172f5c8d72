"""Runs a client's command line program: bounded in time, its words kept. It stays in the script's process group."""

import os
import shutil
import subprocess

SECONDS = 90


class CommandError(Exception):
    """A program ended with a failure; the text is the command and the end of what it said."""


def find(name, *places):
    """The program's path, looked for in the given places first. A missing program is an error that names it."""
    for place in (*places, shutil.which(name)):
        if place and os.access(place, os.X_OK):
            return place
    raise CommandError(f"{name} is not installed")


def run(command, env=None, seconds=SECONDS):
    """Runs to the end and returns standard output as bytes."""
    environment = {**os.environ, **(env or {})}
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise CommandError(f"{words(command)}: not finished after {seconds} s: {tail(err)}") from None
    if process.returncode != 0:
        raise CommandError(f"{words(command)}: exit {process.returncode}: {tail(err or out)}")
    return out


def words(command):
    """A command as a person would type it, without the folder of the program."""
    return " ".join([os.path.basename(command[0]), *command[1:4]])


def tail(output):
    """The last words of a program on one line."""
    return " ".join(output.decode("utf-8", "replace").split())[-600:]
