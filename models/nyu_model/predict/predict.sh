#!/bin/bash
# bash predict.sh <data.pkl> <images> <predictions.csv> <experiment> <gpu|cpu> <preprocessed images>
. /opt/mammoeval/steps.sh

HEATMAP_BATCH_SIZE=100
NUM_EPOCHS=1
NUM_PROCESSES=10
PREPROCESS_FLAG=True
USE_HEATMAPS=False

data_list=$1 images=$2 predictions=$3 device=$5 folder=$6

one_of PREPROCESS_FLAG "$PREPROCESS_FLAG" True False
one_of USE_HEATMAPS "$USE_HEATMAPS" True False
processes=$(capped "$NUM_PROCESSES")
begin "$device" "$folder"
[ "$PREPROCESS_FLAG" = False ] || rm -rf "$folder/heatmaps" "$folder/heatmaps_complete"
crop_and_center "$data_list" "$images" "$folder" "$processes" "$PREPROCESS_FLAG" --all-views

model=models/sample_image_model.p
heatmaps=()
if [ "$USE_HEATMAPS" = True ]; then
  model=models/sample_imageheatmaps_model.p
  heatmaps=(--use-heatmaps --heatmaps-path "$folder/heatmaps")
  if [ ! -f "$folder/heatmaps_complete" ]; then
    step "draw the heatmaps" launch --device "$device" src/heatmaps/run_producer.py \
      --model-path models/sample_patch_model.p \
      --data-path "$folder/exams.pkl" \
      --image-path "$folder/cropped_images" \
      --batch-size "$HEATMAP_BATCH_SIZE" \
      --output-heatmap-path "$folder/heatmaps" \
      --device-type "$device" \
      --gpu-number 0
    : >"$folder/heatmaps_complete"
  fi
fi

step "run the classifier" launch --device "$device" src/modeling/run_model.py \
  --model-path "$model" \
  --data-path "$folder/exams.pkl" \
  --image-path "$folder/cropped_images" \
  --output-path "$predictions" \
  "${heatmaps[@]}" \
  --use-augmentation \
  --num-epochs "$NUM_EPOCHS" \
  --device-type "$device" \
  --gpu-number 0
produced "$predictions"
