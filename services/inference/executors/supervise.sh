#!/usr/bin/env bash
# supervise.sh <folder> <memory bytes> <processes> <cores> <program> <arguments>...
#
# Runs a program that starts a container without an engine. The container outlives the service that started it.
# A later process reads these files in <folder>:
#   log    output of the container, each line with its time, as `docker logs --timestamps` prints it
#   alive  locked while this script runs
#   usage  `<memory bytes> <peak> <CPU seconds> <processes and threads>`, about twice a second
#   end    how the run ended, as `docker inspect` gives the state
# A file `stop` there ends the run. So does use of more than <memory bytes>.
set -u
folder=$1 memory_max=$2 processes_max=$3 cores=$4
shift 4
export LC_ALL=C TZ=UTC0
umask 077
cd "$folder" || exit 1
exec >supervisor.out 2>&1 </dev/null
exec 9>alive
flock --nonblock 9 || exit 1

# Prefixes lines with their time; splits a line without an end.
stamp() {
  local line now
  while IFS= read -r -n 16384 line || [ -n "$line" ]; do
    now=$EPOCHREALTIME
    printf '%(%Y-%m-%dT%H:%M:%S)T.%s000Z %s\n' "${now%.*}" "${now#*.}" "$line"
  done
}

# Ids of a process and all its descendants.
family() {
  cat /proc/[0-9]*/stat 2>/dev/null | awk -v root="$1" '
    { id = $1; sub(/.*\) /, ""); parent[id] = $2 }
    END {
      member[root] = 1
      for (grew = 1; grew;) {
        grew = 0
        for (id in parent) if (!(id in member) && parent[id] in member) grew = member[id] = 1
      }
      for (id in member) if (id in parent) print id
    }'
}

# Those of the given processes that are in the container's own pid namespace, without its first process, which
# belongs to the runtime.
contained() {
  local mine held
  mine=$(stat -L --format=%i "/proc/$$/ns/pid")
  held=$(stat -L --format='%i %n' $(printf '/proc/%s/ns/pid ' "$@") 2>/dev/null |
    awk -v mine="$mine" '$1 != mine { split($2, part, "/"); print "/proc/" part[3] "/status" }')
  [ -z "$held" ] || grep -LE '^NSpid:.*[[:space:]]1$' $held 2>/dev/null | cut -d/ -f3
}

# CPU ticks (including those of ended children) and threads of processes.
ticks_and_threads() {
  [ $# -eq 0 ] || cat $(printf '/proc/%s/stat ' "$@") 2>/dev/null |
    awk '{ sub(/.*\) /, ""); ticks += $12 + $13 + $14 + $15; threads += $18 } END { print ticks + 0, threads + 0 }'
}

# Bytes that processes hold: their share of shared memory, and the contents of /dev/shm. Memory of a process that
# hides its details counts as unshared.
held_bytes() {
  local id shared=0
  for id in "$@"; do
    # Runs inside the process's user namespace: others may not pass a root that FUSE serves.
    shared=$(nsenter --target "$id" --user --preserve-credentials \
      stat --file-system --format='%b %f %S' "/proc/$id/root/dev/shm" 2>/dev/null |
      awk '{ printf "%.0f", ($1 - $2) * $3 }')
    [ -z "$shared" ] || break
  done
  for id in "$@"; do
    cat "/proc/$id/smaps_rollup" 2>/dev/null ||
      sed -n 's/^RssAnon:/Pss_Anon:/p' "/proc/$id/status" 2>/dev/null
  done | awk -v shared="${shared:-0}" '
    /^(Pss_Anon|SwapPss):/ { own += $2 * 1024 }
    /^Pss_Shmem:/ { mapped += $2 * 1024 }
    END { printf "%.0f", own + (mapped > shared ? mapped : shared) }'
}

end_all() {
  local ids
  ids=$(family "$starter")
  # The runtime takes its container with it; the processes that serve its file systems do not end by themselves.
  [ -z "$ids" ] || kill -KILL $ids 2>/dev/null
}

# The kernel counts all processes of a user together, so add those that run already.
others=$(find /proc/[0-9]*/task -mindepth 1 -maxdepth 1 -user "$UID" 2>/dev/null | wc -l)
mkfifo pipe
stamp <pipe >>log 9>&- &
stamping=$!
# Opening blocks until the reader has opened its end; only then may the name go.
exec 8>pipe
rm -f pipe
(
  exec 9>&-
  ulimit -u $((others + processes_max + 64))
  exec taskset --cpu-list "$cores" "$@"
) >&8 2>&1 8>&- &
starter=$!
exec 8>&-

reason="" peak=0
ticks_a_second=$(getconf CLK_TCK)
while kill -0 "$starter" 2>/dev/null; do
  ids=$(contained $(family "$starter"))
  read -r ticks threads < <(ticks_and_threads $ids)
  held=$(held_bytes $ids)
  [ "$held" -le "$peak" ] || peak=$held
  echo "$held $peak $((${ticks:-0} / ticks_a_second)) ${threads:-0}" >usage.partial && mv usage.partial usage
  if [ -e stop ] || [ "$held" -gt "$memory_max" ]; then
    [ -e stop ] || reason=memory
    end_all
  fi
  sleep 0.3
done
# The processes that serve the container's file systems normally end with it; any that are left end here.
wait "$starter"
code=$?
wait "$stamping"
oom=false
[ "$reason" != memory ] || oom=true
[ ! -e stop ] && [ "$oom" = false ] || code=137
printf '{"Status":"exited","ExitCode":%d,"OOMKilled":%s,"Error":""}\n' "$code" "$oom" >end.partial
mv end.partial end
