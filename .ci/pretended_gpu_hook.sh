#!/usr/bin/env bash
# Simulates NVIDIA's container toolkit on a machine without a GPU, so that tests can check which
# devices a container gets.
#
# dockerd supports `--gpus` if a program named nvidia-container-runtime-hook is in its PATH when it
# starts. Before a container runs, runc calls this program with `prestart` and the state as JSON on
# stdin. The environment of the container names the requested devices. This hook simulates
# MAMMOEVAL_PRETENDED_GPUS devices (2 by default) and refuses others with the toolkit's message.
set -uo pipefail

[ "${1:-}" = prestart ] || exit 0
count=${MAMMOEVAL_PRETENDED_GPUS:-2}
bundle=$(sed -n 's/.*"bundle": *"\([^"]*\)".*/\1/p')
devices=$(grep -o '"NVIDIA_VISIBLE_DEVICES=[^"]*"' "$bundle/config.json" | tail -n 1 | tr -d '"')
devices=${devices#*=}

case $devices in
  '' | all | none | void) exit 0 ;;
esac
IFS=, read -ra asked <<<"$devices"
for device in "${asked[@]}"; do
  if ! [[ $device =~ ^[0-9]+$ ]] || ((10#$device >= count)); then
    echo "nvidia-container-cli: device error: $device: unknown device" >&2
    exit 1
  fi
done
