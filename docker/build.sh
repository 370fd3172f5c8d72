#!/bin/bash
# Builds the image from a program that is built on this machine, with docker or buildah, and prints the image's size.
#
#   docker/build.sh [NAME]           NAME: default spacelet:latest
set -euo pipefail
name=${1:-spacelet:latest}
cd "$(dirname "$0")/.."
docker/static-root.sh target/static/root

if command -v buildah >/dev/null; then
    # The format of Docker: the other one has no HEALTHCHECK.
    buildah bud --quiet --format docker --build-arg BINARY=prebuilt -t "$name" -f docker/Dockerfile . >/dev/null
    # buildah knows no exact size of what it built; podman does, and without it the root folder is all there is in it.
    bytes=$(podman image inspect --format '{{.Size}}' "$name" 2>/dev/null) || bytes=$(du -sb target/static/root | cut -f1)
elif command -v docker >/dev/null; then
    docker build --quiet --build-arg BINARY=prebuilt -t "$name" -f docker/Dockerfile . >/dev/null
    bytes=$(docker image inspect --format '{{.Size}}' "$name")
else
    echo "docker/build.sh: neither buildah nor docker is installed" >&2
    exit 1
fi
echo "$name: $bytes bytes"
