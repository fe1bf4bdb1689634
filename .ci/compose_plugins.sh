#!/usr/bin/env bash
# Installs Compose v2 and buildx as plugins of the docker client, for all users. Debian 12 has neither;
# the next release has both, and their programs run on this one. They are unpacked, not installed:
# the machine's packages and apt's own state stay as they are.
set -euo pipefail
. "$(dirname "$0")/lib/common.sh"
plugins=/usr/local/lib/docker/cli-plugins

docker compose version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1 && exit 0
note "installing Compose v2 and buildx"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial,packages,unpacked,parts}

[ -n "$(debian_archives)" ] || apt-get update -qq >&2
repository=$(debian_archives | awk '$2 == "bookworm" { print $1; exit }')
[ -n "$repository" ] || fail "apt knows no Debian archive that has bookworm"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $repository trixie main" \
  >"$work/sources.list"
apt=(
  apt-get -qq
  -o "Dir::Etc::sourcelist=$work/sources.list"
  -o "Dir::Etc::sourceparts=$work/parts"
  -o "Dir::State::lists=$work/lists"
  -o "Dir::Cache=$work/cache"
  # apt would download as a user who may not enter a temporary folder of root.
  -o APT::Sandbox::User=root
)
"${apt[@]}" update >&2
(cd "$work/packages" && "${apt[@]}" download docker-compose docker-buildx >&2)
for package in "$work"/packages/*.deb; do
  dpkg-deb --extract "$package" "$work/unpacked"
done
mkdir -p "$plugins"
find "$work/unpacked" -path '*/cli-plugins/*' -type f -exec install -m 755 -t "$plugins" {} +
docker compose version >&2
docker buildx version >&2
