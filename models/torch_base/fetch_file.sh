#!/bin/bash
# usage: fetch_file.sh <url> <file> <start of the file, hexadecimal> <sha256 or empty>
#
# Fetches one file of weights. With a checksum the build stops when it does not fit. Without one, the
# checksum is told and written down as unverified, and each run says so in its log: nobody publishes
# checksums of these files. The first bytes are looked at in any case: a page that says "sign in" or
# "quota exceeded" is no file of weights.
set -euo pipefail
url=$1 file=$2 start=$3 expected=$4

mkdir -p "$(dirname "$file")"
# Without --globoff curl reads brackets in names, as end2end's weights have, as ranges.
curl --globoff --fail --silent --show-error --location --retry 3 --output "$file" "$url" || {
  echo "cannot fetch $url: on a closed network, name a mirror by the Dockerfile's _URL argument" >&2
  exit 1
}
begins=$(head -c $((${#start} / 2)) "$file" | od -An -tx1 | tr -d ' \n')
[ "$begins" = "$start" ] || { echo "$url gave something else than weights (it begins with $begins)" >&2; exit 1; }
found=$(sha256sum "$file" | cut -d' ' -f1)
if [ -z "$expected" ]; then
  echo "WARNING: $(basename "$file") has sha256 $found, which was checked against nothing" >&2
  printf 'weights %s sha256:%s unverified\n' "$(basename "$file")" "$found" >>/opt/mammoeval/sources.txt
else
  [ "$found" = "$expected" ] || { echo "$(basename "$file") has sha256 $found instead of $expected" >&2; exit 1; }
  printf 'weights %s sha256:%s verified\n' "$(basename "$file")" "$found" >>/opt/mammoeval/sources.txt
fi
