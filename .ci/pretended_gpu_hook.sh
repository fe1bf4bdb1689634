#!/usr/bin/env bash
# Stands in for NVIDIA's container toolkit on a machine without a GPU, so that tests can check which
# devices a container is granted.
#
# dockerd offers `--gpus` when a program named nvidia-container-runtime-hook is in its PATH as it
# starts; runc then calls that program with `prestart` before the container runs, the state as JSON
# on stdin. The devices asked for stand in the container's environment. This one pretends that the
# machine has MAMMOEVAL_PRETENDED_GPUS of them (2) and refuses others in the toolkit's own words.
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
