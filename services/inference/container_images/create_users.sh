#!/bin/bash
# Creates the group and users of users.txt in an image. The metarepository's Dockerfiles copy it beside
# users.txt and run it as ./create_users.sh during the build.
set -u

first=yes
group=
# The test after read accepts a last line without a newline.
while IFS=, read -r name id || [ -n "$name" ]; do
  name=${name//[[:space:]]/}
  id=${id//[[:space:]]/}
  [ -n "$name" ] || continue
  if [ "$first" = yes ]; then
    first=no
    group=$name
    getent group "$id" >/dev/null || groupadd --gid "$id" "$name" || exit 1
    continue
  fi
  if ! getent passwd "$id" >/dev/null; then
    getent group "$id" >/dev/null || groupadd --gid "$id" "$name" || exit 1
    useradd --no-log-init --uid "$id" --gid "$id" "$name" || exit 1
  fi
  usermod --append --groups "$group" "$(getent passwd "$id" | cut -d: -f1)" || exit 1
done <users.txt
