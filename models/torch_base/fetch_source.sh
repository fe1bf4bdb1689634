#!/bin/bash
# usage: fetch_source.sh <url> <commit> <folder>
#
# Fetches one commit of a git repository into <folder>. A commit's id is a checksum over all that it
# holds, weights included: what is checked out is what the id names, or the build stops here.
set -euo pipefail
url=$1 commit=$2 folder=$3

[[ $commit =~ ^[0-9a-f]{40}$ ]] || { echo "the commit must be given in full, 40 digits: $commit" >&2; exit 1; }
git init --quiet "$folder"
cd "$folder"
# Servers may refuse to give out a single commit by its id; then the whole history comes.
git fetch --quiet --depth 1 "$url" "$commit" ||
  git fetch --quiet "$url" '+refs/heads/*:refs/remotes/origin/*' || {
  echo "cannot fetch from $url: on a closed network, name a mirror by the Dockerfile's _URL argument" >&2
  exit 1
}
git checkout --quiet --detach "$commit"
found=$(git rev-parse HEAD)
[ "$found" = "$commit" ] || { echo "$url gave $found instead of $commit" >&2; exit 1; }
git fsck --no-dangling --no-progress
rm -rf .git
printf 'source %s %s\n' "$url" "$commit" >>/opt/mammoeval/sources.txt
