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
    bytes=$(buildah inspect --type image --format '{{.Docker.Size}}' "$name")
elif command -v docker >/dev/null; then
    docker build --quiet --build-arg BINARY=prebuilt -t "$name" -f docker/Dockerfile . >/dev/null
    bytes=$(docker image inspect --format '{{.Size}}' "$name")
else
    echo "docker/build.sh: neither buildah nor docker is installed" >&2
    exit 1
fi
echo "$name: $bytes bytes"
