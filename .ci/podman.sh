#!/usr/bin/env bash
# Installs Podman and what it needs to run without root, creates a user for the tests, and writes a CDI specification
# of two simulated GPUs if there is no other.
set -euo pipefail
. "$(dirname "$0")/lib/common.sh"

# runc, because crun refuses machines that use both versions of control groups.
install_packages podman runc catatonit uidmap fuse-overlayfs
if ! id mammoeval-podman >/dev/null 2>&1; then
  groupadd --gid 20777 mammoeval-podman
  useradd --uid 20777 --gid 20777 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin mammoeval-podman
fi
# useradd adds these only for users who can log in.
grep -q '^mammoeval-podman:' /etc/subuid || usermod --add-subuids 400000-465535 --add-subgids 400000-465535 mammoeval-podman
if ! grep -rqs nvidia.com/gpu /etc/cdi /var/run/cdi; then
  mkdir -p /etc/cdi
  cat >/etc/cdi/mammoeval-pretended.yaml <<'SPECIFICATION'
cdiVersion: 0.3.0
kind: nvidia.com/gpu
devices:
  - name: "0"
    containerEdits: {env: [PRETENDED_GPU_0=yes]}
  - name: "1"
    containerEdits: {env: [PRETENDED_GPU_1=yes]}
SPECIFICATION
fi
