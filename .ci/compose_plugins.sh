#!/usr/bin/env bash
# Installs Compose v2 and buildx as plugins of the docker client, for all users. Debian 12 has neither;
# the packages of the next release also run on Debian 12.
set -euo pipefail
. "$(dirname "$0")/lib/common.sh"
plugins=/usr/local/lib/docker/cli-plugins

docker compose version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1 && exit 0
note "installing Compose v2 and buildx"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unpack_later trixie "$work" docker-compose docker-buildx
mkdir -p "$plugins"
find "$work" -path '*/cli-plugins/*' -type f -exec install -m 755 -t "$plugins" {} +
docker compose version >&2
docker buildx version >&2
