#!/bin/bash
# bash predict.sh <data.pkl> <images> <predictions.csv> <experiment> <gpu|cpu> <preprocessed images>
set -euo pipefail

SCORE=0.5

python3 predict.py --data-list "$1" --images "$2" --predictions "$3" --device "$5" --score "$SCORE"
