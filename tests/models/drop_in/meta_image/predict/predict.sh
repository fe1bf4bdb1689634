#!/bin/bash

CONTAINER_PICKLE_FILE=$1
CONTAINER_PATH_TO_IMAGES=$2
CONTAINER_PREDICTION_FILE=$3
NAME=$4
DEVICE=$5
PREPROCESSED_FOLDER=$6

MODEL="default.h5"
SCALE="1"
FLAG="False"

echo "model <${MODEL}> scale <${SCALE}> flag <${FLAG}> device <${DEVICE}> experiment <${NAME}>"
echo "I am $(id -u):$(id -g), in $(pwd), $(cat constants.txt)"
touch scratch_beside_the_script && echo "wrote beside the script"
mkdir "${PREPROCESSED_FOLDER}/cropped" && echo "wrote preprocessed images"
touch "${CONTAINER_PATH_TO_IMAGES}/x" 2>/dev/null || echo "images are read-only"

echo ",image_index,malignant_pred,malignant_label" > "${CONTAINER_PREDICTION_FILE}"
row=0
for image in "${CONTAINER_PATH_TO_IMAGES}"/*.png; do
    echo "${row},$(basename "${image}" .png),0.${row},0" >> "${CONTAINER_PREDICTION_FILE}"
    row=$((row + 1))
done
