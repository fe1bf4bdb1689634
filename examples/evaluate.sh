#!/bin/sh
# usage: evaluate.sh <model> <dataset>    evaluates a model on a registered dataset, saves the report
set -eu
model=${1:?usage: evaluate.sh <model> <dataset>}
dataset=${2:?usage: evaluate.sh <model> <dataset>}
url=${MAMMOEVAL_URL:-http://127.0.0.1:8000}

ask() { # ask <path> [curl's options]
  path=$1; shift
  curl --silent --show-error --fail-with-body -H "Authorization: Bearer ${MAMMOEVAL_TOKEN:-}" "$@" "$url$path"
}

order="{\"model\":\"$model\",\"dataset\":\"$dataset\",\"experiment\":\"by-shell\"}"
answer=$(ask /v1/evaluations --json "$order") || { echo "$answer" >&2; exit 1; }
id=$(echo "$answer" | sed 's/^{"id":"\([^"]*\)".*$/\1/')
ask "/v1/evaluations/$id/events" --no-buffer >&2 # until it ends
score=$(ask "/v1/evaluations/$id" | sed -n 's/^.*"score":"\([^"]*\)".*$/\1/p')
[ -n "$score" ] || { ask "/v1/evaluations/$id/log?tail=2000" >&2; exit 1; }
ask "$score/report.html" --output report.html
ask "$score/breast/roc.png" --output roc.png
echo "$url$score, report.html, roc.png"
