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
