#!/bin/bash
# bash predict.sh <data.pkl> <images> <predictions.csv> <experiment> <gpu|cpu> <preprocessed images>
set -euo pipefail

NUM_PROCESSES=2
ASYMMETRY_WEIGHT=0.5

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
predictions=$(dirname "$3")

# renaming the finished file needs the right to read where it lies
exec deno run --quiet --no-prompt --no-remote --no-npm --no-config --no-lock \
  --allow-read="$here,$1,$2,$predictions" --allow-write="$predictions" \
  "$here/main.ts" "$@" \
  "--NUM_PROCESSES=$NUM_PROCESSES" "--ASYMMETRY_WEIGHT=$ASYMMETRY_WEIGHT"
