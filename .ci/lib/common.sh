# What the scripts of this folder share. To be sourced.

# Says what is being done, on stderr: stdout belongs to the results.
note() {
  printf '== %s\n' "$*" >&2
}

# Ends the script with a reason.
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Installs those of the named Debian packages that are missing. The package lists are fetched only
# then, so that a machine which has everything needs no network for this.
install_packages() {
  local package missing=()
  for package in "$@"; do
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      missing+=("$package")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  note "installing ${missing[*]}"
  # A machine that has just started may still be at work on its own packages: wait for that.
  local lock=(-o DPkg::Lock::Timeout=120)
  apt-get "${lock[@]}" update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get "${lock[@]}" install -y -qq --no-install-recommends \
    "${missing[@]}" >&2
}

# Prints "<repository> <suite> <component>" for each Debian archive this machine itself uses. The
# archive differs from site to site, so no script names one; apt knows, whichever way the sources
# are written down.
debian_archives() {
  apt-get indextargets --format '$(ORIGIN)|$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    sed -n 's/^Debian|//p' | sort -u
}

# unpack_later <suite> <folder> <package>...: unpacks packages of a later release of Debian below <folder>.
# They are not installed: the machine's packages and apt's own state stay as they are.
unpack_later() {
  local suite=$1 folder=$2 repository work package apt
  shift 2
  [ -n "$(debian_archives)" ] || apt-get update -qq >&2
  repository=$(debian_archives | awk '$2 == "bookworm" { print $1; exit }')
  [ -n "$repository" ] || fail "apt knows no Debian archive that has bookworm"
  work=$(mktemp -d)
  mkdir -p "$work"/{lists/partial,cache/archives/partial,packages,parts} "$folder"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $repository $suite main" \
    >"$work/sources.list"
  apt=(
    apt-get -qq
    -o "Dir::Etc::sourcelist=$work/sources.list"
    -o "Dir::Etc::sourceparts=$work/parts"
    -o "Dir::State::lists=$work/lists"
    -o "Dir::Cache=$work/cache"
    # apt would download as a user who may not enter a temporary folder of root.
    -o APT::Sandbox::User=root
  )
  "${apt[@]}" update >&2
  (cd "$work/packages" && "${apt[@]}" download "$@" >&2)
  for package in "$work"/packages/*.deb; do
    dpkg-deb --extract "$package" "$folder"
  done
  rm -rf "$work"
}
