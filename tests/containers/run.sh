#!/bin/bash
# Builds the image and tries it from outside, through mapped ports: what docs/TESTING.md calls the container test.
# Needs buildah, podman and podman-compose (installs Debian's packages when it may), curl with --aws-sigv4. Each check
# is a line; what could not run is named and counts as failed. Leaves no container, volume or image behind.
set -uo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
run="spacelet-test-$$"
image="localhost/$run:latest"
key=DO00CONTAINERKEY0000
secret=a-secret-for-the-container-test
passed=0
failed=0
export CONTAINERS_CONF="$work/containers.conf"

# Works in a container and on a machine with hybrid cgroups, where the defaults do not (runc, no systemd).
cat >"$CONTAINERS_CONF" <<'CONF'
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF

ok() { passed=$((passed + 1)); echo "ok      $1"; }
no() { failed=$((failed + 1)); echo "FAILED  $1"; }
# check NAME COMMAND…: passes if the command succeeds within a minute; shows its last words if not.
check() {
    local name=$1
    shift
    if "$@" >"$work/out" 2>&1; then ok "$name"; else
        no "$name"
        tail -n 5 "$work/out" | sed 's/^/          /'
    fi
}

unnamed() { podman images --quiet --filter dangling=true 2>/dev/null | sort; }
unnamed_before=$(unnamed)
finish() {
    podman ps --all --quiet --filter "name=^$run" 2>/dev/null | xargs -r podman rm --force --time 0 >/dev/null 2>&1
    podman volume ls --quiet --filter "name=^$run" 2>/dev/null | xargs -r podman volume rm --force >/dev/null 2>&1
    podman network rm --force "$run" >/dev/null 2>&1
    podman rmi --force "$image" >/dev/null 2>&1
    # The build leaves the image of its first stage behind, without a name.
    comm -13 <(echo "$unnamed_before") <(unnamed) | xargs -r podman rmi --force >/dev/null 2>&1
    rm -rf "$work"
}
trap finish EXIT

end() {
    echo "containers: $passed passed, $failed failed"
    [ "$failed" = 0 ]
    exit
}

install_tools() {
    local missing=()
    for tool in buildah podman runc iptables podman-compose curl; do
        command -v "$tool" >/dev/null || [ -x "/usr/sbin/$tool" ] || missing+=("$tool")
    done
    [ ${#missing[@]} = 0 ] && return 0
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "missing: ${missing[*]}"; return 1; }
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        buildah podman podman-compose runc iptables netavark aardvark-dns curl
}

# start NAME [podman options] -- [server arguments]: runs a container on free ports and waits until it is healthy.
start() {
    local name=$1
    shift
    local options=()
    while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1"); shift; done
    [ "${1:-}" = -- ] && shift
    podman run --detach --name "$run-$name" --publish 127.0.0.1::9000 "${options[@]}" "$image" "$@" >/dev/null || return 1
    url="http://$(podman port "$run-$name" 9000/tcp | head -n 1)"
    for _ in $(seq 100); do
        curl --silent --fail --noproxy '*' --max-time 2 "$url/_spacelet/health/ready" >/dev/null && return 0
        sleep 0.1
    done
    podman logs "$run-$name"
    return 1
}
logs() { podman logs "$run-$1" 2>&1; }
remove() { podman rm --force --time 5 "$run-$1" >/dev/null; }
given=(--env "SPACELET_ACCESS_KEY=$key" --env "SPACELET_SECRET_KEY=$secret")

# s3 METHOD PATH [curl options]: a signed request to $url with $key and $secret.
s3() {
    local method=$1 path=$2
    shift 2
    curl --silent --show-error --fail --noproxy '*' --max-time 20 --aws-sigv4 aws:amz:nyc3:s3 --user "$key:$secret" \
        --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' --request "$method" "$@" "$url$path"
}
# round_trip: makes a Space, puts a file and compares what comes back.
round_trip() {
    s3 PUT /box && s3 PUT /box/file --upload-file "$work/file" && s3 GET /box/file --output "$work/back" \
        && cmp "$work/file" "$work/back"
}
still_there() { s3 GET /box/file --output "$work/back" && cmp "$work/file" "$work/back"; }

# shown NAME VARIABLE: the value of an `export` line of the start banner.
shown() { logs "$1" | sed -n "s/^ *export $2=//p"; }

generated_key() {
    start plain -- || return 1
    local key secret
    key=$(shown plain AWS_ACCESS_KEY_ID) secret=$(shown plain AWS_SECRET_ACCESS_KEY)
    [[ $key =~ ^DO[A-Z0-9]{18}$ ]] || { logs plain; return 1; }
    round_trip
}
# The log goes to a file first: a `head` that ends early would break the pipe and fail the check now and then.
first_line() { logs "$1" >"$work/log" && head -n 1 "$work/log" | grep --fixed-strings "$2"; }
healthcheck() {
    podman healthcheck run "$run-plain" || return 1
    # Asked for a port where nothing listens, it must say no.
    ! podman exec "$run-plain" /spacelet health --url http://127.0.0.1:1
}
no_volume() { [ "$(podman image inspect --format '{{len .Config.Volumes}}' "$image")" = 0 ]; }
stops_at_once() {
    local begun=$EPOCHREALTIME
    podman stop --time 10 "$run-plain" || return 1
    local ms=$((${EPOCHREALTIME/./} / 1000 - ${begun/./} / 1000))
    echo "stopped after $ms ms, exit code $(podman inspect --format '{{.State.ExitCode}}' "$run-plain")"
    [ "$ms" -lt 3000 ] && [ "$(podman inspect --format '{{.State.ExitCode}}' "$run-plain")" = 0 ]
}
volume_kept() {
    start first "${given[@]}" --volume "$run-data:/data" -- && first_line first 'durable: data in /data' && round_trip \
        && remove first && start second "${given[@]}" --volume "$run-data:/data" -- && still_there && remove second
}
other_user() {
    start user "${given[@]}" --user 12345:0 -- && round_trip && remove user \
        && start user "${given[@]}" --user 12345:0 --volume "$run-other:/data" -- \
        && first_line user 'durable: data in /data' && round_trip && remove user
}
bind_mount() {
    mkdir "$work/bind" && chown 4321:4321 "$work/bind" && chmod 0755 "$work/bind" || return 1
    start bind "${given[@]}" --volume "$work/bind:/data" -- && first_line bind 'durable: data in /data' && round_trip \
        && remove bind && [ -f "$work/bind/format" ] \
        && start bind "${given[@]}" --volume "$work/bind:/data" -- && still_there && remove bind
}
bind_mount_of_the_user() {
    mkdir "$work/own" && chown 12345:12345 "$work/own" && chmod 0700 "$work/own" || return 1
    start own "${given[@]}" --user 12345:12345 --volume "$work/own:/data" -- && round_trip && remove own
}
read_only() { start ro "${given[@]}" --read-only -- && first_line ro volatile && round_trip && remove ro; }
read_only_with_tmp() {
    start ro "${given[@]}" --read-only --read-only-tmpfs=false --tmpfs /tmp -- && round_trip && remove ro
}
# As Testcontainers' modules for MinIO start it.
minio_settings() {
    start minio --env "MINIO_ROOT_USER=$key" --env "MINIO_ROOT_PASSWORD=$secret" -- \
        server /data --console-address :9001 \
        && curl --silent --fail --noproxy '*' "$url/minio/health/live" && grep '^API: http' <<<"$(logs minio)" && round_trip \
        && remove minio
}
inline_seed() {
    start seed "${given[@]}" --env SPACELET_BUCKETS='one two:public-read' --env "SPACELET_SEED=
[[space]]
name = \"seeded\"
objects = [{ key = \"hello.txt\", text = \"hello\" }]" -- && [ "$(s3 GET /seeded/hello.txt)" = hello ] \
        && s3 HEAD /one --head && curl --silent --fail --noproxy '*' "$url/two" && remove seed
}
compose() {
    # The image is there under the name that the file uses; ports that are free here.
    local port
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    sed -e "s|image: spacelet|image: $image|" -e '/build:/,/dockerfile:/d' -e "s|127.0.0.1:9000:9000|127.0.0.1:$port:9000|" \
        -e '/127.0.0.1:9001:9001/d' docker/compose.yaml >"$work/compose.yaml"
    podman-compose --project-name "$run" --file "$work/compose.yaml" up --detach || return 1
    url="http://127.0.0.1:$port"
    for _ in $(seq 100); do
        curl --silent --fail --noproxy '*' --max-time 2 "$url/_spacelet/health/ready" >/dev/null && break
        sleep 0.1
    done
    local key=DO00LOCALKEY00000000 secret=a-secret-for-this-machine-only answer
    s3 PUT /backups/file --upload-file "$work/file" && s3 GET /media
    answer=$?
    podman-compose --project-name "$run" --file "$work/compose.yaml" down --volumes
    return $answer
}

install_tools >"$work/out" 2>&1 || { tail -n 3 "$work/out"; no "install buildah and podman"; end; }
head -c 300000 /dev/urandom >"$work/file"

if docker/build.sh "$image" >"$work/out" 2>&1; then ok "the image is built"; else
    tail -n 20 "$work/out"
    no "the image is built"
    end
fi
size=$(sed -n 's/.*: \([0-9]*\) bytes$/\1/p' "$work/out")
echo "        image: $size bytes"
check "the image is below 15 MB" test "$size" -gt 1000000 -a "$size" -lt 15000000
check "it declares no volume" no_volume
check "without argument: a generated key, PUT and GET through the mapped port" generated_key
check "without argument: the first line says volatile" first_line plain volatile
check "HEALTHCHECK by the program itself" healthcheck
check "SIGTERM ends it at once, with exit code 0" stops_at_once
check "a volume on /data is kept over a container's replacement" volume_kept
check "any user: --user 12345, volatile and with a volume" other_user
check "a bind mount that belongs to somebody else" bind_mount
check "a bind mount that belongs to --user" bind_mount_of_the_user
check "--read-only without any writable folder" read_only
check "--read-only with --tmpfs /tmp" read_only_with_tmp
check "MinIO's settings and command line" minio_settings
check "a seed and Spaces by environment alone" inline_seed
check "docker/compose.yaml" compose
end
