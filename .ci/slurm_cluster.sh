#!/usr/bin/env bash
# usage: slurm_cluster.sh install | start <folder> | stop <folder> | controller-stop <folder> | controller-start <folder>
#
# A Slurm cluster of two nodes on this machine's loopback interface, for tests: node1 has two simulated
# GPUs, node2 has one. Configuration, state, logs and pid files are in <folder>, which must not exist
# before `start`; clients need SLURM_CONF=<folder>/slurm.conf. Needs root. The cluster uses five ports
# from MAMMOEVAL_SLURM_PORT (16817 by default). With MAMMOEVAL_SLURM_ACCOUNTING=1 it also has a slurmdbd
# with its own database in <folder>, so that sacct reports finished jobs.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/lib/common.sh"
command=${1:?usage: slurm_cluster.sh install | start <folder> | stop <folder>}
wait_attempts=150 # every 0.2 s: half a minute

# A device file for each simulated GPU; Slurm only checks that it exists.
make_devices() {
  local index
  for index in 0 1 2; do
    [ -e "$folder/gpu$index" ] || mknod -m 666 "$folder/gpu$index" c 1 3
  done
}

has_accounting() {
  [ "${MAMMOEVAL_SLURM_ACCOUNTING:-}" = 1 ]
}

accounting_configuration() {
  has_accounting || {
    printf '%s\n' AccountingStorageType=accounting_storage/none JobAcctGatherType=jobacct_gather/none
    return
  }
  printf '%s\n' AccountingStorageType=accounting_storage/slurmdbd AccountingStorageHost=127.0.0.1 \
    "AccountingStoragePort=$((port + 3))" "AccountingStoragePass=$folder/munge/socket" AccountingStorageTRES=gres/gpu \
    AccountingStorageEnforce=associations,limits,qos \
    JobAcctGatherType=jobacct_gather/linux JobAcctGatherFrequency=task=1
}

# Starts a separate MariaDB and slurmdbd on it.
start_accounting() {
  local database=$folder/database attempt port=${MAMMOEVAL_SLURM_PORT:-16817} user
  local -a client=(mariadb --no-defaults --user=root --socket="$database/socket")
  install -d -o slurm "$database" "$database/tmp"
  # Perhaps only root can use the caller's temporary folder.
  local -x TMPDIR=$database/tmp
  mariadb-install-db --no-defaults --user=slurm --datadir="$database/data" \
    --auth-root-authentication-method=normal --skip-test-db >"$folder/log/database" 2>&1
  # Small, and less durable than valuable data would need.
  setsid mariadbd --no-defaults --user=slurm --datadir="$database/data" --socket="$database/socket" \
    --port=$((port + 4)) --bind-address=127.0.0.1 --pid-file="$database/pid" --innodb-buffer-pool-size=64M \
    --innodb-flush-log-at-trx-commit=0 --innodb-lock-wait-timeout=900 >>"$folder/log/database" 2>&1 &
  for ((attempt = 0; attempt < wait_attempts; attempt++)); do
    "${client[@]}" --execute='SELECT 1' >/dev/null 2>&1 && break
    sleep 0.2
  done
  for user in localhost 127.0.0.1; do
    "${client[@]}" --execute="CREATE USER slurm@'$user' IDENTIFIED BY 'slurm'; GRANT ALL ON slurm.* TO slurm@'$user'"
  done
  cat >"$folder/slurmdbd.conf" <<CONF
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=$((port + 3))
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
SlurmUser=slurm
PidFile=$folder/state/slurmdbd.pid
LogFile=$folder/log/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=$((port + 4))
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm
CONF
  chown slurm "$folder/slurmdbd.conf"
  chmod 600 "$folder/slurmdbd.conf"
  runuser -u slurm -- env SLURM_CONF="$SLURM_CONF" /usr/sbin/slurmdbd
  for ((attempt = 0; attempt < wait_attempts; attempt++)); do
    # The cluster must be registered before the controller starts.
    ! sacctmgr --immediate add cluster mammoeval >"$folder/log/sacctmgr" 2>&1 || return 0
    sleep 0.2
  done
  fail "slurmdbd does not answer: $(tail -n 20 "$folder/log/slurmdbd.log" "$folder/log/sacctmgr")"
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
KillWait=30
MinJobAge=300
JobCompType=jobcomp/none
$(accounting_configuration)
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

# Starts a separate munged, so that one of the machine is not affected.
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
  if has_accounting; then start_accounting; fi
  start_controller
  for node in node1 node2; do /usr/sbin/slurmd -N "$node"; done
  for ((attempt = 0; attempt < wait_attempts; attempt++)); do
    [ "$(sinfo --noheader --format %T 2>/dev/null | sort -u)" != idle ] || return 0
    sleep 0.2
  done
  tail -n 20 "$folder"/log/*.log >&2
  fail "the nodes did not become idle"
}

# stop_by_pid <file>: stops the process whose pid the file holds and waits until it has ended.
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
  install_packages slurm-wlm slurmctld slurmd slurm-client munge slurmdbd \
    mariadb-server-core mariadb-client-core
  exit 0
fi
folder=$(readlink -f "${2:?usage: slurm_cluster.sh $command <folder>}")
export SLURM_CONF=$folder/slurm.conf
case $command in
  start) start_cluster ;;
  stop)
    for file in "$folder"/slurmd-*.pid "$folder/state/slurmctld.pid" "$folder/state/slurmdbd.pid" \
      "$folder/database/pid" "$folder/munge/pid"; do
      stop_by_pid "$file"
    done
    ;;
  controller-stop) stop_by_pid "$folder/state/slurmctld.pid" ;;
  controller-start) start_controller ;;
  *) fail "unknown command $command" ;;
esac
