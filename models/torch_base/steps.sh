# shellcheck shell=bash
# What the predict.sh of the torch models share. Sourced, not run.
set -euo pipefail
# Preprocessed images are shared by the users of the site's group.
umask 002

# launch <options> <script> <arguments>...: runs an upstream script by the launcher.
launch() { python3 /opt/mammoeval/launch.py "$@"; }

# Counts the steps: mammoeval shows "Stage N: <name>" as progress.
stage=0

# step <name> <command>...: runs one step. When it fails, predict.sh ends there and names it.
step() {
  local name=$1 code=0
  shift
  stage=$((stage + 1))
  echo "Stage $stage: $name"
  "$@" || code=$?
  if [ "$code" -ne 0 ]; then
    echo "mammoeval: failed step: $name (exit code $code)" >&2
    exit "$code"
  fi
}

# begin <device> <folder for preprocessed images>: what comes before all steps. Ends with
# gpu_unavailable at once rather than after hours of cropping; lets one run at a time into a folder
# that runs of one experiment share; tells what the image was made from.
begin() {
  step "look for the device" launch --device "$1"
  exec 9>"$2/.lock"
  flock 9
  [ ! -f /opt/mammoeval/sources.txt ] || sed 's/^/mammoeval: /' /opt/mammoeval/sources.txt
}

# produced <file>: ends predict.sh when a step that said nothing has not written what it should.
produced() {
  if [ ! -s "$1" ]; then
    echo "mammoeval: error: container_failed: the step before wrote no $(basename "$1")" >&2
    exit 1
  fi
}

# cores: how many this container may use, by affinity and by the share that mammoeval gave it.
cores() {
  local count share
  count=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)
  # 1.5 cores keep two processes busy.
  share=${MAMMOEVAL_CPUS:-$count}
  if [[ $share == *.* ]]; then share=$((${share%%.*} + 1)); fi
  if [ "$share" -ge 1 ] && [ "$share" -lt "$count" ]; then echo "$share"; else echo "$count"; fi
}

# capped <number>: the number, or the cores where there are fewer; at least 1.
capped() {
  local most
  most=$(cores)
  [[ $1 =~ ^[1-9][0-9]{0,5}$ ]] || {
    echo "mammoeval: error: container_failed: NUM_PROCESSES=$1 is no number from 1" >&2
    exit 1
  }
  if [ "$1" -le "$most" ]; then echo "$1"; else echo "$most"; fi
}

# one_of <name> <value> <allowed>...: refuses a parameter's value before anything is done with it.
one_of() {
  local name=$1 value=$2 allowed
  shift 2
  for allowed in "$@"; do
    [ "$value" != "$allowed" ] || return 0
  done
  echo "mammoeval: error: container_failed: $name=$value is none of $*" >&2
  exit 1
}

# crop_and_center <data list> <images> <folder> <number of processes> <PREPROCESS_FLAG> [options of exams.py]...:
# what the NYU models do before they classify. Leaves <folder>/cropped_images and <folder>/exams.pkl.
crop_and_center() {
  local data_list=$1 images=$2 folder=$3 processes=$4 anew=$5
  shift 5
  [ "$anew" = True ] || [ ! -f "$folder/exams.pkl" ] || return 0
  # The crop step does nothing, and says so with exit code 0, where its folder is there already.
  rm -rf "$folder/cropped_images" "$folder/exams.pkl"
  step "read the data list" python3 /opt/mammoeval/exams.py "$@" \
    --data-list "$data_list" --output /tmp/exams.pkl
  step "crop the mammograms" launch src/cropping/crop_mammogram.py \
    --input-data-folder "$images" \
    --output-data-folder "$folder/cropped_images" \
    --exam-list-path /tmp/exams.pkl \
    --cropped-exam-list-path /tmp/cropped_exams.pkl \
    --num-processes "$processes"
  produced /tmp/cropped_exams.pkl
  step "find the optimal centers" launch src/optimal_centers/get_optimal_centers.py \
    --cropped-exam-list-path /tmp/cropped_exams.pkl \
    --data-prefix "$folder/cropped_images" \
    --output-exam-list-path "$folder/centers/exams.pkl" \
    --num-processes "$processes"
  produced "$folder/centers/exams.pkl"
  # The list comes last: where it lies, the cropped images beside it are complete.
  mv "$folder/centers/exams.pkl" "$folder/exams.pkl"
  rmdir "$folder/centers"
}

# Libraries count the machine's cores, not the container's.
OMP_NUM_THREADS=$(cores)
export OMP_NUM_THREADS
