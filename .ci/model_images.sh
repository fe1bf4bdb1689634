#!/usr/bin/env bash
# Builds the torch base, on which six of the models build, from Debian's packages alone. About two
# minutes and 2.8 GB on a fresh machine; nothing when it is there already.
set -euo pipefail
. "$(dirname "$0")/lib/common.sh"
cd "$(dirname "$(readlink -f "$0")")/.."

note "building the torch base"
docker build --quiet --build-arg ACCELERATOR=cpu --tag mammoeval/torch_base:cpu models/torch_base >&2
