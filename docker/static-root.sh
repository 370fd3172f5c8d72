#!/bin/bash
# Builds the program without any shared library and lays out the image's root folder.
#
#   docker/static-root.sh FOLDER
set -euo pipefail
root=${1:?say into which folder}
cd "$(dirname "$0")/.."

# The ordinary target with the C library linked in. Naming the target keeps the flag away from build scripts.
target=$(rustc --version --verbose | sed -n 's/^host: //p')
RUSTFLAGS='-C target-feature=+crt-static' cargo build --quiet --release --locked -p spacelet --target "$target"

rm -rf "$root"
mkdir -p "$root/data" "$root/tmp"
chmod 1777 "$root/data" "$root/tmp"
install -m 0755 "${CARGO_TARGET_DIR:-target}/$target/release/spacelet" "$root/spacelet"
