#!/usr/bin/env bash
# usage: docker_engine.sh <folder>
#
# Makes sure that a Docker engine is running. If there is none, starts one that keeps its pid file, log
# and run-time state in <folder>; the caller stops it with stop_docker_engine.sh. Its images are in a
# separate folder, so that the next run on this machine reuses them and other engines are not affected.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/lib/common.sh"
folder=${1:?usage: docker_engine.sh <folder>}
data_root=/var/lib/mammoeval-ci/docker
start_attempts=150 # every 0.2 s: half a minute

# Install the hook first: an engine looks for it only at start, and installing docker.io starts the
# engine on a machine with systemd.
"$here/install_gpu_hook.sh"

if docker info >/dev/null 2>&1; then
  note "a Docker engine is already running"
  exit 0
fi
# A dockerd from another source, such as docker-ce, would conflict with Debian's package.
command -v dockerd >/dev/null || install_packages docker.io iptables
if docker info >/dev/null 2>&1; then
  exit 0
fi

mkdir -p "$folder" "$data_root"
note "starting dockerd"
setsid dockerd --data-root "$data_root" --exec-root "$folder/exec" --pidfile "$folder/dockerd.pid" \
  >"$folder/dockerd.log" 2>&1 </dev/null &
for ((attempt = 0; attempt < start_attempts; attempt++)); do
  if docker info >/dev/null 2>&1; then exit 0; fi
  sleep 0.2
done
tail -n 20 "$folder/dockerd.log" >&2
fail "dockerd does not answer"
