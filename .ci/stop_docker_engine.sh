#!/usr/bin/env bash
# usage: stop_docker_engine.sh <folder>
#
# Ends the engine that docker_engine.sh started with the same folder, by its pid, and waits until it
# is gone. Does nothing where docker_engine.sh found one that answered.
set -euo pipefail
folder=${1:?usage: stop_docker_engine.sh <folder>}
stop_attempts=150 # every 0.2 s: half a minute, dockerd gives its containers 15 s

[ -s "$folder/dockerd.pid" ] || exit 0
pid=$(cat "$folder/dockerd.pid")
kill "$pid" 2>/dev/null || exit 0
for ((attempt = 0; attempt < stop_attempts; attempt++)); do
  kill -0 "$pid" 2>/dev/null || exit 0
  sleep 0.2
done
kill -KILL "$pid" 2>/dev/null || true
