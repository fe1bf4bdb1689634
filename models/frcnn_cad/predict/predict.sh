#!/bin/bash
# bash predict.sh <data.pkl> <images> <predictions.csv> <experiment> <gpu|cpu> <preprocessed images>
. /opt/mammoeval/steps.sh

data_list=$1 images=$2 predictions=$3 device=$5 folder=$6

begin "$device" "$folder"
step "read the data list" python3 /opt/mammoeval/exams.py --data-list "$data_list" --output /tmp/exams.pkl
step "detect lesions" launch --device "$device" detect.py \
  --exams /tmp/exams.pkl \
  --images "$images" \
  --predictions "$predictions" \
  --lesions "${predictions%_predictions.csv}_lesions.csv" \
  --weights weights/vgg16_frcnn_cad.caffemodel \
  --device "$device"
produced "$predictions"
