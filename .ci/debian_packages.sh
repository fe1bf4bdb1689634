#!/usr/bin/env bash
# Installs the Debian packages that tests use beyond what Node brings. The engine's own packages are
# in docker_engine.sh, those that make images in base_images.sh.
set -euo pipefail
. "$(dirname "$0")/lib/common.sh"

packages=(
  git # the stand-ins for upstream code are served by its daemon
  curl # the README's curl block is a test
  python3-png # pypng writes PNGs of every kind, as data owners do
  python3-numpy python3-pandas # a real CPython writes and reads the pickles of the golden tests
  chromium fonts-dejavu-core # tests/browser opens every page; without a font there is no text
  socat iproute2 orthanc orthanc-dicomweb # a real PACS, in a network of its own
  prometheus # scrapes the service, evaluates every query of the dashboard, checks the alerts
  systemd # checks the units
  acl # gives and refuses rights that a mode does not show
  openssl # makes the certificate of the TLS proxy's test
  dcmtk libgdcm-tools python3-pydicom # make DICOM files of every kind, and know what they hold
)
install_packages "${packages[@]}"
