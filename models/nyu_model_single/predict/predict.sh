#!/bin/bash
# bash predict.sh <data.pkl> <images> <predictions.csv> <experiment> <gpu|cpu> <preprocessed images>
. /opt/mammoeval/steps.sh

HEATMAP_BATCH_SIZE=100
NUM_EPOCHS=1
USE_HEATMAPS=False

data_list=$1 images=$2 predictions=$3 device=$5 folder=$6

one_of USE_HEATMAPS "$USE_HEATMAPS" True False
begin "$device" "$folder"
step "read the data list" python3 /opt/mammoeval/exams.py --data-list "$data_list" --output /tmp/exams.pkl
step "score the images" launch --device "$device" score_images.py \
  --exams /tmp/exams.pkl \
  --images "$images" \
  --predictions "$predictions" \
  --device "$device" \
  --num-epochs "$NUM_EPOCHS" \
  --heatmap-batch-size "$HEATMAP_BATCH_SIZE" \
  --use-heatmaps "$USE_HEATMAPS"
produced "$predictions"
