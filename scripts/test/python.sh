# shellcheck shell=bash
# A Python of our own with the official client in it. Rebuilt when the requirements or the interpreter change, else
# left alone, so that a second run needs no network.

requirements=clients/official-python/requirements.txt

# What the environment must have been built from.
python_stamp() {
  local python=$1
  {
    "$python" -c 'import sys; print(sys.executable, sys.version)'
    cat "$requirements"
  } | sha256sum
}

build_python() {
  local python=$1 folder=$2 stamp=$3
  rm -rf -- "$folder"
  "$python" -m venv "$folder" || return
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" || return
  # Last, so that a build cut short is never taken for a finished one.
  printf '%s\n' "$stamp" >"$folder/built-from"
}

prepare_python() {
  local python stamp folder=$target_dir/test-venv
  if [[ ! -f $requirements ]]; then
    say "$requirements is missing"
    return 1
  fi
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
