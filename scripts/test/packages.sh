# shellcheck shell=bash
# The programs that the tests start: found where they are, installed with apt only where they are not, so that a
# second run touches no package and needs no network.

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "cannot become root: run ./test as root once, or install sudo"
    return 1
  fi
}

# The folder with initdb and postgres; Debian keeps them off the PATH. The newest version wins.
find_postgres() {
  local newest
  newest=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
  if [[ -n $newest ]]; then
    dirname "$newest"
  elif command -v initdb >/dev/null && command -v postgres >/dev/null; then
    dirname "$(readlink -f "$(command -v initdb)")"
  else
    return 1
  fi
}

# Where Debian puts the sources of Go libraries: one GOPATH, from which a build needs no network.
go_sources=/usr/share/gocode

# The first Python that can make virtual environments and is new enough for the packages pinned in
# clients/official-python/requirements.txt: a version manager's python3 is not always the complete one.
find_python() {
  local candidate
  for candidate in python3 /usr/bin/python3; do
    if "$candidate" -c 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

# Debian's names of what is missing, one per line.
missing_packages() {
  command -v cc >/dev/null || echo build-essential
  find_postgres >/dev/null || echo postgresql
  command -v node >/dev/null || echo nodejs
  command -v npm >/dev/null || echo npm
  command -v javac >/dev/null || echo default-jdk-headless
  command -v go >/dev/null || echo golang-go
  [[ -d $go_sources/src/golang.org/x/oauth2/clientcredentials ]] || echo golang-golang-x-oauth2-dev
  find_python >/dev/null || printf '%s\n' python3 python3-venv
  command -v chromium >/dev/null || echo chromium
  command -v chromedriver >/dev/null || echo chromium-driver
  command -v strace >/dev/null || echo strace
  command -v curl >/dev/null || echo curl
}

# Debian's PostgreSQL packages start a server on port 5432 when they are installed. The tests bring their own, so
# nobody who runs them should find one more service on the machine.
without_default_cluster() {
  local folder=/etc/postgresql-common/createcluster.d code=0
  local file=$folder/tallystick-test.conf
  as_root mkdir -p "$folder" || return
  echo 'create_main_cluster = false' | as_root tee "$file" >/dev/null || return
  "$@" || code=$?
  as_root rm -f "$file"
  return "$code"
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]} == 0)); then
    say "all there, nothing to install"
    return 0
  fi
  say "missing: ${missing[*]}"
  if ! command -v apt-get >/dev/null; then
    say "this machine has no apt-get: install what these Debian packages hold, then run ./test again"
    return 1
  fi
  as_root apt-get update -q || return
  without_default_cluster as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}" || return
  hash -r
  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]} > 0)); then
    say "still missing after the installation: ${missing[*]}"
    if [[ " ${missing[*]} " == *" python3 "* ]]; then
      say "Python 3.11 or newer is needed, found $(python3 --version 2>&1): the packages pinned for the official client ask for it"
    fi
    return 1
  fi
}

# at_least NAME FOUND WANTED HINT: an interpreter that is too old fails here, with a sentence, and not in some test.
at_least() {
  local name=$1 found=$2 wanted=$3 hint=$4
  if [[ ! $found =~ ^[0-9]+$ ]] || ((found < wanted)); then
    say "$name $wanted or newer is needed, found ${found:-none that answers}: $hint"
    return 1
  fi
}

check_versions() {
  local node java
  node=$(node --version 2>/dev/null | sed -nE 's/^v([0-9]+).*/\1/p')
  java=$(javac -version 2>&1 | sed -nE 's/^javac ([0-9]+).*/\1/p')
  at_least "Node.js" "$node" 18 "install a newer nodejs, or take the old one off the PATH" || return
  at_least "Java" "$java" 17 "install default-jdk-headless, or take the old one off the PATH"
}

prepare_programs() {
  install_packages && check_versions
}
