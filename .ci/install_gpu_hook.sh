#!/usr/bin/env bash
# Installs pretended_gpu_hook.sh where dockerd looks for NVIDIA's hook. An existing hook is kept: on a
# machine with GPUs it is the real one.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/lib/common.sh"

command -v nvidia-container-runtime-hook >/dev/null && exit 0
note "installing the simulated GPU hook"
install -D -m 755 "$here/pretended_gpu_hook.sh" /usr/local/bin/nvidia-container-runtime-hook
