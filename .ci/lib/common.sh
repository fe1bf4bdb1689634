# Functions of the scripts in this folder, which source this file.

# Reports progress on stderr; stdout is for results.
note() {
  printf '== %s\n' "$*" >&2
}

# Prints the reason and ends the script.
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Installs the named Debian packages that are missing. Package lists are downloaded only if one is
# missing, so a machine that has all packages needs no network.
install_packages() {
  local package missing=()
  for package in "$@"; do
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      missing+=("$package")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  note "installing ${missing[*]}"
  # A machine that has just started may still be installing its own packages: wait for it.
  local lock=(-o DPkg::Lock::Timeout=120)
  apt-get "${lock[@]}" update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get "${lock[@]}" install -y -qq --no-install-recommends \
    "${missing[@]}" >&2
}

# Prints "<repository> <suite> <component>" for each Debian archive that this machine uses. Archives
# differ between sites, so no script names one; apt knows them whatever the format of the sources.
debian_archives() {
  apt-get indextargets --format '$(ORIGIN)|$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    sed -n 's/^Debian|//p' | sort -u
}

# unpack_later <suite> <folder> <package>...: unpacks packages of a later Debian release below <folder>
# without installing them: the machine's packages and apt's state do not change.
unpack_later() {
  local suite=$1 folder=$2 repository work package apt
  shift 2
  [ -n "$(debian_archives)" ] || apt-get update -qq >&2
  repository=$(debian_archives | awk '$2 == "bookworm" { print $1; exit }')
  [ -n "$repository" ] || fail "apt has no Debian archive with bookworm"
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
    # apt would download as a user who cannot enter root's temporary folder.
    -o APT::Sandbox::User=root
  )
  "${apt[@]}" update >&2
  (cd "$work/packages" && "${apt[@]}" download "$@" >&2)
  for package in "$work"/packages/*.deb; do
    dpkg-deb --extract "$package" "$folder"
  done
  rm -rf "$work"
}
