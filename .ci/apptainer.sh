#!/usr/bin/env bash
# Installs a real Apptainer, which Debian 12 does not have. A later release has it, built for a newer libc. This libc
# goes to /opt/apptainer/lib and is named in Apptainer's programs only, so nothing else uses it.
set -euo pipefail
. "$(dirname "$0")/lib/common.sh"
library=/opt/apptainer/lib

# Ordinary users mount SIF files with FUSE.
[ -c /dev/fuse ] || mknod /dev/fuse c 10 229
chmod 666 /dev/fuse
apptainer --version >/dev/null 2>&1 && exit 0
install_packages patchelf squashfs-tools uidmap fuse3 fuse2fs
note "installing Apptainer"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unpack_later sid "$work" apptainer squashfuse fuse-overlayfs libc6 libseccomp2 libsqlite3-0 libfuse3-4 libsquashfuse0 zlib1g liblzma5 liblzo2-2 liblz4-1 libzstd1

multiarch=usr/lib/x86_64-linux-gnu
mkdir -p "$library"
find "$work/$multiarch" -maxdepth 1 -name '*.so*' -exec cp -L {} "$library/" \;
# Libraries look for others in their own folder. libc and its loader are not changed.
for file in "$library"/lib{sqlite3,seccomp,fuse3,squashfuse}*.so*; do
  patchelf --force-rpath --set-rpath "$library" "$file"
done

# install_program <file>: installs a program that uses the loader and libraries that it was built for.
install_program() {
  local file=$1
  install -D -m 755 "$work/$file" "/$file"
  if patchelf --print-interpreter "/$file" >/dev/null 2>&1; then
    patchelf --force-rpath --set-interpreter "$library/ld-linux-x86-64.so.2" --set-rpath "$library" "/$file"
  fi
}
for program in usr/bin/{apptainer,squashfuse,squashfuse_ll,fuse-overlayfs} "$multiarch/apptainer/bin/starter"; do
  install_program "$program"
done
cp -r "$work/$multiarch/apptainer/lib" "/$multiarch/apptainer/"
cp -r "$work/etc/apptainer" /etc/
mkdir -p /var/lib/apptainer/mnt/session
apptainer --version >&2
