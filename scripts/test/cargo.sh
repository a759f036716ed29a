# shellcheck shell=bash
# The phases that are cargo's. All build with the same profile into the same folder, so that each starts from what the
# one before has compiled.

running_child=
tests_passed=0
tests_failed=0
tests_skipped=0
runner_broke=false

child=(setpriv --pdeathsig TERM env --default-signal='INT,QUIT')

# run COMMAND…: in the background, because a shell that waits for a foreground program hears SIGTERM only when that
# program has ended. Background programs start with Ctrl-C ignored, hence the reset. They go when this shell goes, even
# when it is killed.
run() {
  local code=0
  "${child[@]}" "$@" <&0 &
  running_child=$!
  wait "$running_child" || code=$?
  running_child=
  return "$code"
}

# The same, shown and kept in a file. `tail --pid` ends with the command even when the command has left a process
# behind that holds the output open.
run_kept() {
  local log=$1 code=0 shown
  shift
  : >"$log"
  "${child[@]}" "$@" >>"$log" 2>&1 &
  running_child=$!
  tail --sleep-interval=0.2 --lines=+1 --follow --pid="$running_child" "$log" 2>/dev/null &
  shown=$!
  wait "$running_child" || code=$?
  running_child=
  wait "$shown" || true
  return "$code"
}

# Adds up what the runners say of themselves: nextest one summary line, cargo one result line per test program.
count_tests() {
  local log=$1 code=$2 passed failed skipped
  read -r passed failed skipped < <(
    sed -E 's/\x1b\[[0-9;]*m//g' "$log" | awk '
      function before(word) { return match($0, "[0-9]+ " word) ? substr($0, RSTART) + 0 : 0 }
      /^ *Summary \[.*tests? run:/ || /^test result: / {
        passed += before("passed"); skipped += before("skipped") + before("ignored")
        failed += before("failed") + before("timed out") + before("exec failed")
      }
      END { print passed + 0, failed + 0, skipped + 0 }'
  )
  tests_passed=$((tests_passed + passed))
  tests_failed=$((tests_failed + failed))
  tests_skipped=$((tests_skipped + skipped))
  # A build that breaks or a test program that crashes fails without a failed test.
  ((code == 0 || failed > 0)) || runner_broke=true
}

# run_tests FILTER…: nextest where it is installed, cargo's own runner everywhere else.
run_tests() {
  local log=$run_dir/tests.log code=0
  if cargo nextest --version >/dev/null 2>&1; then
    run_kept "$log" cargo nextest run --workspace --locked "$@" || code=$?
  else
    say "cargo-nextest is not installed: taking cargo test"
    run_kept "$log" cargo test --workspace --locked --no-fail-fast --lib --bins --tests -- "$@" || code=$?
  fi
  count_tests "$log" "$code"
  if ((code == 0 && tests_passed + tests_failed == 0)); then
    say "no test was run"
    code=4
  fi
  return "$code"
}

# Examples in the documentation are tests too, and nextest does not run them.
run_doctests() {
  local log=$run_dir/doctests.log code=0
  run_kept "$log" cargo test --workspace --locked --no-fail-fast --doc || code=$?
  count_tests "$log" "$code"
  return "$code"
}

# Advisories need the published list; without a network the rest is checked and the gap is named.
run_deny() {
  local code=0
  run cargo deny --locked check --hide-inclusion-graph bans licenses sources || code=$?
  if run cargo deny --locked fetch db >"$run_dir/advisories.log" 2>&1; then
    run cargo deny --locked check advisories || code=$?
  else
    tail -n 3 "$run_dir/advisories.log"
    not_checked "advisories (their list could not be fetched)"
  fi
  return "$code"
}

check_tools() {
  cargo --version >/dev/null 2>&1 || give_up "Rust is not installed: https://rustup.rs says how"
  [[ $quick == false ]] || return 0
  cargo fmt --version >/dev/null 2>&1 || give_up "rustfmt is not installed: rustup component add rustfmt"
  cargo clippy --version >/dev/null 2>&1 || give_up "clippy is not installed: rustup component add clippy"
}

run_checks_before() {
  phase "format" run cargo fmt --all --check
  phase "lints" run cargo clippy --workspace --all-targets --locked -- -D warnings
}

run_checks_after() {
  phase "documentation" run env RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --workspace --locked
  if cargo deny --version >/dev/null 2>&1; then
    phase "dependencies" run_deny
  else
    not_checked "advisories, licences (cargo-deny is not installed)"
  fi
  phase "generated files" run cargo --locked xtask generate --check
}
