#!/usr/bin/env bash
# usage: docker_engine.sh <folder>
#
# Makes sure that a Docker engine answers. Where none does, starts one that keeps pid file, log and
# run-time state in <folder>; whoever called ends it with stop_docker_engine.sh. Its images stay in
# a folder of their own, so that the next run on the same machine finds them and no engine that
# somebody else set up loses or gains any.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/lib/common.sh"
folder=${1:?usage: docker_engine.sh <folder>}
data_root=/var/lib/mammoeval-ci/docker
start_attempts=150 # every 0.2 s: half a minute

# Installing docker.io starts the engine on a machine with systemd, and an engine looks for the GPU
# hook only when it starts: the hook comes first.
"$here/install_gpu_hook.sh"

if docker info >/dev/null 2>&1; then
  note "a Docker engine answers already"
  exit 0
fi
# A dockerd that came from elsewhere (docker-ce, say) would be in conflict with Debian's package.
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
