#!/bin/bash
# bash predict.sh <data.pkl> <images> <predictions.csv> <experiment> <gpu|cpu> <preprocessed images>
. /opt/mammoeval/steps.sh

MEAN_PIXEL_INTENSITY=44.4
MODEL="ddsm_resnet50_s10_[512-512-1024]x2.h5"
NUM_PROCESSES=10
PREPROCESS_FLAG=True

data_list=$1 images=$2 predictions=$3 device=$5 folder=$6

one_of MODEL "$MODEL" \
  "ddsm_resnet50_s10_[512-512-1024]x2.h5" ddsm_vgg16_s10_512x1.h5 \
  "ddsm_vgg16_s10_[512-512-1024]x2_hybrid.h5" ddsm_YaroslavNet_s10.h5 \
  inbreast_vgg16_512x1.h5 "inbreast_vgg16_[512-512-1024]x2_hybrid.h5"
one_of PREPROCESS_FLAG "$PREPROCESS_FLAG" True False
processes=$(capped "$NUM_PROCESSES")
begin "$device" "$folder"
step "read the data list" python3 /opt/mammoeval/exams.py --data-list "$data_list" --output /tmp/exams.pkl
if [ "$PREPROCESS_FLAG" = True ] || [ ! -f "$folder/complete" ]; then
  rm -rf "$folder/images" "$folder/complete"
  step "preprocess the images" launch preprocess.py \
    --exams /tmp/exams.pkl --images "$images" --output "$folder/images" --num-processes "$processes"
  : >"$folder/complete"
fi
step "run the classifier" launch --device "$device" classify.py \
  --exams /tmp/exams.pkl \
  --images "$folder/images" \
  --predictions "$predictions" \
  --network "weights/$MODEL" \
  --mean-pixel-intensity "$MEAN_PIXEL_INTENSITY" \
  --device "$device"
produced "$predictions"
