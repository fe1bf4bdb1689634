#!/bin/bash
# bash predict.sh <data.pkl> <images> <predictions.csv> <experiment> <gpu|cpu> <preprocessed images>
. /opt/mammoeval/steps.sh

MODEL_INDEX=1
NUM_PROCESSES=10
PREPROCESS_FLAG=True
SALIENCY=False

data_list=$1 images=$2 predictions=$3 device=$5 folder=$6

one_of MODEL_INDEX "$MODEL_INDEX" 1 2 3 4 5 ensemble
one_of PREPROCESS_FLAG "$PREPROCESS_FLAG" True False
one_of SALIENCY "$SALIENCY" True False true false
processes=$(capped "$NUM_PROCESSES")
begin "$device" "$folder"
crop_and_center "$data_list" "$images" "$folder" "$processes" "$PREPROCESS_FLAG" --one-image-a-view
maps=()
if [ "${SALIENCY,,}" = true ]; then
  maps=(--saliency-maps "$(dirname "$predictions")/saliency_maps" --images "$images")
fi
step "run the classifier" launch --device "$device" --skip-empty-views "${maps[@]}" src/scripts/run_model.py \
  --model-path models/ \
  --data-path "$folder/exams.pkl" \
  --image-path "$folder/cropped_images" \
  --segmentation-path None \
  --output-path /tmp/output \
  --device-type "$device" \
  --gpu-number 0 \
  --model-index "$MODEL_INDEX"
produced /tmp/output/predictions.csv
cp /tmp/output/predictions.csv "$predictions"
