# shellcheck shell=bash
# A Python of our own with the official client, the OAuth libraries and what drives a browser in it. Rebuilt when the
# requirements or the interpreter change, else left alone, so that a second run needs no network.

# One environment for all: they pin what they share to the same versions, and pip refuses if they ever do not.
requirements=(
  clients/official-python/requirements.txt
  clients/oauth-python/requirements.txt
  clients/browser/requirements.txt
)

# What the environment must have been built from.
python_stamp() {
  local python=$1
  {
    "$python" -c 'import sys; print(sys.executable, sys.version)'
    sha256sum "${requirements[@]}"
  } | sha256sum
}

build_python() {
  local python=$1 folder=$2 stamp=$3 file wanted=()
  for file in "${requirements[@]}"; do
    wanted+=(--requirement "$file")
  done
  rm -rf -- "$folder"
  "$python" -m venv "$folder" || return
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "${wanted[@]}" || return
  # Last, so that a build cut short is never taken for a finished one.
  printf '%s\n' "$stamp" >"$folder/built-from"
}

prepare_python() {
  local python stamp file folder=$target_dir/test-venv
  for file in "${requirements[@]}"; do
    if [[ ! -f $file ]]; then
      say "$file is missing"
      return 1
    fi
  done
  python=$(find_python) || return
  stamp=$(python_stamp "$python") || return
  mkdir -p "$target_dir"
  # Two runs at once build it once.
  {
    flock 8 || return
    if [[ $(cat "$folder/built-from" 2>/dev/null) == "$stamp" ]] && "$folder/bin/python" -c '' 2>/dev/null; then
      say "as built before"
    else
      build_python "$python" "$folder" "$stamp" || return
    fi
  } 8>"$target_dir/test-venv.lock"
  export TALLYSTICK_TEST_PYTHON=$folder/bin/python
}
