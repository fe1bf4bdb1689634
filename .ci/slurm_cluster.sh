#!/usr/bin/env bash
# usage: slurm_cluster.sh install | start <folder> | stop <folder> | controller-stop <folder> | controller-start <folder>
#
# A Slurm of two nodes on the loopback of this machine, for tests: node1 with two pretended GPUs, node2
# with one. Configuration, state, logs and pid files lie in <folder>, which must not exist before
# `start`; SLURM_CONF=<folder>/slurm.conf is what clients need. Needs root. Ports are taken from
# MAMMOEVAL_SLURM_PORT on (16817).
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/lib/common.sh"
command=${1:?usage: slurm_cluster.sh install | start <folder> | stop <folder>}
wait_attempts=150 # every 0.2 s: half a minute

# A device file of its own for each pretended GPU; Slurm only wants it to be there.
make_devices() {
  local index
  for index in 0 1 2; do
    [ -e "$folder/gpu$index" ] || mknod -m 666 "$folder/gpu$index" c 1 3
  done
}

write_configuration() {
  local host port=${MAMMOEVAL_SLURM_PORT:-16817}
  host=$(hostname -s)
  cat >"$folder/slurm.conf" <<CONF
ClusterName=mammoeval
SlurmctldHost=$host(127.0.0.1)
SlurmUser=slurm
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
SlurmctldPort=$port
StateSaveLocation=$folder/state
SlurmctldPidFile=$folder/state/slurmctld.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmdSpoolDir=$folder/spool-%n
SlurmdLogFile=$folder/log/slurmd-%n.log
SlurmdParameters=config_overrides
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
GresTypes=gpu
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
ReturnToService=2
SlurmdTimeout=10
SlurmctldTimeout=10
KillWait=5
MinJobAge=300
JobCompType=jobcomp/none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
NodeName=node1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=8 RealMemory=8000 Gres=gpu:pretended:2 State=UNKNOWN
NodeName=node2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=8 RealMemory=8000 Gres=gpu:pretended:1 State=UNKNOWN
PartitionName=gpu Nodes=node1,node2 Default=YES MaxTime=1-0 State=UP PriorityTier=1
PartitionName=urgent Nodes=node1,node2 MaxTime=1-0 State=UP PriorityTier=2
CONF
  cat >"$folder/gres.conf" <<CONF
AutoDetect=off
NodeName=node1 Name=gpu Type=pretended File=$folder/gpu[0-1]
NodeName=node2 Name=gpu Type=pretended File=$folder/gpu2
CONF
  echo 'CgroupAutomount=no' >"$folder/cgroup.conf"
}

# A munged of the cluster's own, so that none that the machine may have is touched.
start_munge() {
  install -d -o munge -g munge -m 755 "$folder/munge"
  (umask 077 && head -c 1024 /dev/urandom >"$folder/munge/key")
  chown munge:munge "$folder/munge/key"
  runuser -u munge -- /usr/sbin/munged --socket "$folder/munge/socket" --key-file "$folder/munge/key" \
    --pid-file "$folder/munge/pid" --log-file "$folder/munge/log" --seed-file "$folder/munge/seed"
}

start_controller() {
  runuser -u slurm -- env SLURM_CONF="$SLURM_CONF" /usr/sbin/slurmctld
}

start_cluster() {
  local attempt node
  mkdir -p "$folder"/{state,log}
  chmod 755 "$folder"
  chown slurm "$folder/state" "$folder/log"
  make_devices
  write_configuration
  start_munge
  start_controller
  for node in node1 node2; do /usr/sbin/slurmd -N "$node"; done
  for ((attempt = 0; attempt < wait_attempts; attempt++)); do
    [ "$(sinfo --noheader --format %T 2>/dev/null | sort -u)" != idle ] || return 0
    sleep 0.2
  done
  tail -n 20 "$folder"/log/*.log >&2
  fail "the nodes do not become idle"
}

# stop_by_pid <file>: ends what wrote the file and waits until it is gone.
stop_by_pid() {
  local pid attempt
  [ -s "$1" ] || return 0
  pid=$(cat "$1")
  kill "$pid" 2>/dev/null || return 0
  for ((attempt = 0; attempt < wait_attempts; attempt++)); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.2
  done
  kill -KILL "$pid" 2>/dev/null || true
}

if [ "$command" = install ]; then
  install_packages slurm-wlm slurmctld slurmd slurm-client munge
  exit 0
fi
folder=$(readlink -f "${2:?usage: slurm_cluster.sh $command <folder>}")
export SLURM_CONF=$folder/slurm.conf
case $command in
  start) start_cluster ;;
  stop)
    for file in "$folder"/slurmd-*.pid "$folder/state/slurmctld.pid" "$folder/munge/pid"; do
      stop_by_pid "$file"
    done
    ;;
  controller-stop) stop_by_pid "$folder/state/slurmctld.pid" ;;
  controller-start) start_controller ;;
  *) fail "unknown command $command" ;;
esac
