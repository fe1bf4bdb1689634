#!/usr/bin/env bash
# usage: stop_docker_engine.sh <folder>
#
# Stops the engine that docker_engine.sh started with this folder, by its pid, waits until it has
# ended, and unmounts what is still mounted below the folder (network namespaces of containers that
# used the host's network). Does nothing if docker_engine.sh found a running engine.
set -euo pipefail
folder=$(readlink -f "${1:?usage: stop_docker_engine.sh <folder>}")
stop_attempts=150 # every 0.2 s: half a minute; dockerd gives its containers 15 s

unmount_below() {
  local point
  # Innermost first. The fifth field of mountinfo is the mount point.
  awk -v below="$folder/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
    while read -r point; do umount "$point" || umount --lazy "$point" || true; done
}

[ -s "$folder/dockerd.pid" ] || exit 0
pid=$(cat "$folder/dockerd.pid")
trap unmount_below EXIT
kill "$pid" 2>/dev/null || exit 0
for ((attempt = 0; attempt < stop_attempts; attempt++)); do
  kill -0 "$pid" 2>/dev/null || exit 0
  sleep 0.2
done
kill -KILL "$pid" 2>/dev/null || true
