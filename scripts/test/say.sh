# shellcheck shell=bash
# How ./test speaks: one line when a phase starts, one with its seconds when it ends, plain sentences for the rest.

# Results of the whole run, told once more at its end.
failed_phases=()
unchecked=()

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' red='' plain=''
fi

say() { printf '%s\n' "$*"; }

# Ends the run: something is missing without which no result would mean anything.
give_up() {
  printf '%s%s%s\n' "$red" "test: $*" "$plain" >&2
  exit 1
}

# Something is left out. It is said now and again at the end, so that nobody takes silence for success.
not_checked() {
  say "not checked: $*"
  unchecked+=("$*")
}

# phase NAME COMMAND…: runs the command in this shell and remembers a failure, without ending the run.
phase() {
  local name=$1 began=$SECONDS code=0
  shift
  say "${bold}== $name${plain}"
  "$@" || code=$?
  if ((code == 0)); then
    say "== $name: ok, $((SECONDS - began)) s"
  else
    say "${red}== $name: FAILED${plain} (exit code $code), $((SECONDS - began)) s"
    failed_phases+=("$name")
  fi
}

# need_phase: the same for what all later phases stand on.
need_phase() {
  phase "$@"
  ((${#failed_phases[@]} == 0)) || give_up "stopped: $1 failed"
}
