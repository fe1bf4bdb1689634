#!/usr/bin/env bash
# usage: base_images.sh
#
# Builds the three base images of the tests, without a registry:
#
#   debian:bookworm-slim            from this machine's Debian archive
#   denoland/deno:debian-<version>  the same plus Deno; replaces the public image of that name and
#                                   has what the tests need of it: Debian, deno, bash, user deno
#   mammoeval-test/tiny:1           busybox and a real bash, 4 MB, for tests that only need a shell
#
# A label of each image holds a key of its sources. An image with the right key is kept, and so is one
# without a label: under a public name it is the genuine image.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/lib/common.sh"
deno_version=2.9.6
label=mammoeval.test.key

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# key_of <text or file>...: one key for all of them.
key_of() {
  local part
  for part in "$@"; do
    if [ -f "$part" ]; then cat "$part"; else printf '%s\n' "$part"; fi
  done | sha256sum | cut -c1-16
}

# in_place <image> <key>: whether the image exists and need not be built again.
in_place() {
  local found format="{{range \$name, \$value := .Config.Labels}}{{if eq \$name \"$label\"}}{{\$value}}{{end}}{{end}}"
  found=$(docker image inspect --format "$format" "$1" 2>/dev/null) || return 1
  [ -z "$found" ] || [ "$found" = "$2" ]
}

# Documentation, manual pages and translations are left out, as the public slim image does.
make_debian() {
  local key image=debian:bookworm-slim
  key=$(key_of "debian bookworm apt 1")
  in_place "$image" "$key" && return
  note "building $image"
  install_packages mmdebstrap
  # A fresh machine has sources, but maybe no package lists.
  [ -n "$(debian_archives)" ] || apt-get update -qq >&2
  debian_archives | awk '$2 ~ /^bookworm(-updates|-security)?$/ { print "deb", $0 }' >"$work/sources.list"
  [ -s "$work/sources.list" ] || fail "apt has no Debian archive with bookworm"
  mmdebstrap --quiet --variant=apt --mode=root \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin' \
    bookworm "$work/debian.tar" "$work/sources.list" >&2
  docker import --change "LABEL $label=$key" --change 'CMD ["bash"]' "$work/debian.tar" "$image" >/dev/null
  rm "$work/debian.tar"
}

make_deno() {
  local key deno image=denoland/deno:debian-$deno_version
  key=$(key_of "$deno_version" "$here/images/deno.Dockerfile" \
    "$(docker image inspect --format '{{.Id}}' debian:bookworm-slim)")
  in_place "$image" "$key" && return
  note "building $image"
  deno=$(npx -y "deno@$deno_version" eval 'console.log(Deno.execPath())' </dev/null)
  [ -x "$deno" ] || fail "no deno binary at $deno"
  mkdir "$work/deno"
  cp "$deno" "$work/deno/deno"
  # Every client has the classic builder.
  DOCKER_BUILDKIT=0 docker build --force-rm --quiet --label "$label=$key" --tag "$image" \
    --file "$here/images/deno.Dockerfile" "$work/deno" >/dev/null
  docker run --rm --network none "$image" deno --version >/dev/null
}

make_tiny() {
  local key root tool image=mammoeval-test/tiny:1
  install_packages busybox-static bash-static
  key=$(key_of "tiny 1" /bin/busybox /bin/bash-static)
  in_place "$image" "$key" && return
  note "building $image"
  root=$work/tiny
  mkdir -p "$root"/{bin,sbin,etc,home,root,tmp,usr/bin,usr/sbin}
  chmod 1777 "$root/tmp"
  cp /bin/busybox "$root/bin/busybox"
  cp /bin/bash-static "$root/bin/bash"
  for tool in $(/bin/busybox --list); do
    [ -e "$root/bin/$tool" ] || ln -s busybox "$root/bin/$tool"
  done
  ln -s /bin/env "$root/usr/bin/env"
  echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
  echo 'root:x:0:' >"$root/etc/group"
  tar -C "$root" --owner=0 --group=0 -c . |
    docker import --change 'ENV PATH=/bin:/sbin:/usr/bin:/usr/sbin' --change 'CMD ["sh"]' \
      --change "LABEL $label=$key" - "$image" >/dev/null
}

make_tiny
make_debian
make_deno
