# shellcheck shell=bash
# The packages of the Node.js programs, beside them, where Node.js looks for them and nowhere else. Installed again when
# the lock file or Node.js changes, else left alone, so that a second run needs no network.

node_folder=clients/oauth-node

# What the folder must have been built from.
node_stamp() {
  {
    node --version
    sha256sum "$node_folder/package.json" "$node_folder/package-lock.json"
  } | sha256sum
}

build_node() {
  local stamp=$1
  # It begins by removing node_modules, and the stamp with it: an installation cut short leaves none. No package needs
  # a script of its own to be installed, so none is run.
  npm ci --prefix "$node_folder" --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error || return
  printf '%s\n' "$stamp" >"$node_folder/node_modules/.built-from"
}

prepare_node() {
  local stamp file
  for file in package.json package-lock.json; do
    if [[ ! -f $node_folder/$file ]]; then
      say "$node_folder/$file is missing"
      return 1
    fi
  done
  stamp=$(node_stamp) || return
  # Two runs at once install once, whatever their target folders are: the lock is the lock file itself.
  {
    flock 8 || return
    if [[ $(cat "$node_folder/node_modules/.built-from" 2>/dev/null) == "$stamp" ]]; then
      say "as built before"
    else
      build_node "$stamp" || return
    fi
  } 8<"$node_folder/package-lock.json"
}
