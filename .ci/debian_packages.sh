#!/usr/bin/env bash
# Installs the Debian packages that tests need besides Node. Packages of the engine are in
# docker_engine.sh, those that build images in base_images.sh.
set -euo pipefail
. "$(dirname "$0")/lib/common.sh"

packages=(
  git # its daemon serves the substitutes for upstream code
  curl # a test runs the README's curl block
  python3-png # pypng writes PNGs of every kind, as data owners do
  python3-numpy python3-pandas # a real CPython writes and reads the pickles of the golden tests
  chromium fonts-dejavu-core # tests/browser opens every page; without a font there is no text
  socat iproute2 orthanc orthanc-dicomweb # a real PACS, in a network of its own
  prometheus # scrapes the service, evaluates every query of the dashboard, checks the alerts
  systemd # checks the units
  acl # grants and denies permissions that a mode does not show
  openssl # creates the certificate for the TLS proxy's test
  dcmtk libgdcm-tools python3-pydicom # create DICOM files of every kind and read them back
)
install_packages "${packages[@]}"
