#!/usr/bin/env bash
# supervise.sh <folder> <memory bytes> <processes> <cores> <program> <arguments>...
#
# Runs a program that starts a container, where no engine looks after it: the container outlives the service that
# started it. Whoever comes later reads in <folder>:
#   log       what the container wrote, each line with its time, as `docker logs --timestamps` prints it
#   alive     locked for as long as this script runs
#   usage     `<memory bytes> <highest so far> <processor seconds> <processes and threads>`, twice a second
#   end  how it ended, as `docker inspect` tells the state
# A file `stop` there ends it. It is ended, too, when it needs more than its memory.
set -u
folder=$1 memory_max=$2 processes_max=$3 cores=$4
shift 4
export LC_ALL=C TZ=UTC0
umask 077
cd "$folder" || exit 1
exec >supervisor.out 2>&1 </dev/null
exec 9>alive
flock --nonblock 9 || exit 1

# Lines with their times; one that never ends comes in pieces.
stamp() {
  local line now
  while IFS= read -r -n 16384 line || [ -n "$line" ]; do
    now=$EPOCHREALTIME
    printf '%(%Y-%m-%dT%H:%M:%S)T.%s000Z %s\n' "${now%.*}" "${now#*.}" "$line"
  done
}

# Ids of a process and all below it.
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

# Of these processes those that the container holds, which have process ids of their own, without its
# first one, which is the runtime's.
contained() {
  local mine held
  mine=$(stat -L --format=%i "/proc/$$/ns/pid")
  held=$(stat -L --format='%i %n' $(printf '/proc/%s/ns/pid ' "$@") 2>/dev/null |
    awk -v mine="$mine" '$1 != mine { split($2, part, "/"); print "/proc/" part[3] "/status" }')
  [ -z "$held" ] || grep -LE '^NSpid:.*[[:space:]]1$' $held 2>/dev/null | cut -d/ -f3
}

# Processor ticks and threads of processes; what ended children took counts too.
ticks_and_threads() {
  [ $# -eq 0 ] || cat $(printf '/proc/%s/stat ' "$@") 2>/dev/null |
    awk '{ sub(/.*\) /, ""); ticks += $12 + $13 + $14 + $15; threads += $18 } END { print ticks + 0, threads + 0 }'
}

# Bytes that processes hold: their share of what they share, and what lies in /dev/shm. What a process
# hides of itself counts as if nobody shared it.
held_bytes() {
  local id shared=0
  for id in "$@"; do
    # From inside its user namespace: nobody else may pass a root that FUSE serves.
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
  # The runtime ends its container when it ends itself; what serves its file systems does not end by itself.
  [ -z "$ids" ] || kill -KILL $ids 2>/dev/null
}

# Each user's processes are counted together by the kernel: those that run already come on top.
others=$(find /proc/[0-9]*/task -mindepth 1 -maxdepth 1 -user "$UID" 2>/dev/null | wc -l)
mkfifo pipe
stamp <pipe >>log 9>&- &
stamping=$!
# Returns when the reader has opened its end: only then may the name go.
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
# What serves the container's file systems ends with it; what is left of it ends here.
wait "$starter"
code=$?
wait "$stamping"
oom=false
[ "$reason" != memory ] || oom=true
[ ! -e stop ] && [ "$oom" = false ] || code=137
printf '{"Status":"exited","ExitCode":%d,"OOMKilled":%s,"Error":""}\n' "$code" "$oom" >end.partial
mv end.partial end
