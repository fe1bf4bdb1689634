#!/bin/bash
echo "left_benign,right_benign,left_malignant,right_malignant" > "$3"
for score in 1 2 3 4; do echo "0.1000,0.1000,0.${score}000,0.5000" >> "$3"; done
