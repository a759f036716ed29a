# shellcheck shell=bash
# A PostgreSQL of our own: fresh, on a free port of 127.0.0.1, in a folder that goes when the run goes. It writes as
# durably as a real one (fsync on), because durability is among the things tested.
#
# Three things end it: the run's own end, the kernel when the run is killed (parent death signal), and, for whatever
# is left in the temporary folder even so, the next run.

# On disk, where fsync means something, and the same for every run, so that each finds what another left.
readonly runs_in=/var/tmp
run_dir=
postgres_pid=
postgres_bin=

# When a process started, in clock ticks since boot: with its number, that names a process beyond reuse.
started_at() {
  sed -E 's/^.*\) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

# The number of the server that runs in this data folder, if one does. The file alone proves nothing after a crash.
server_in() {
  local data pid
  data=$(readlink -f "$1") || return
  pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) || return
  [[ $pid =~ ^[0-9]+$ && $(readlink "/proc/$pid/cwd") == "$data" ]] && echo "$pid"
}

# end_server PID: asks, waits, insists.
end_server() {
  local pid=$1 deadline
  for signal in INT QUIT KILL; do
    kill -s "$signal" "$pid" 2>/dev/null || return 0
    deadline=$((SECONDS + 15))
    while ((SECONDS < deadline)); do
      kill -0 "$pid" 2>/dev/null || return 0
      sleep 0.1
    done
  done
}

sweep_abandoned() {
  local folder pid started server
  for folder in "$runs_in"/tallystick-test.*; do
    # Only ours, only finished: an owner that still runs keeps its folder.
    [[ -d $folder && ! -L $folder && -O $folder && -f $folder/owner ]] || continue
    read -r pid started <"$folder/owner" || continue
    [[ $(started_at "$pid") == "$started" ]] && continue
    say "clearing what a killed run left: $folder"
    if server=$(server_in "$folder/data"); then
      end_server "$server"
    fi
    rm -rf -- "$folder"
  done
}

# PostgreSQL refuses to run as root.
as_postgres() {
  if ((EUID == 0)); then
    setpriv --reuid=postgres --regid=postgres --init-groups "$@"
  else
    "$@"
  fi
}

free_port() {
  "$(find_python)" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

launch_postgres() {
  local data=$1 port=$2 change=(setpriv)
  ((EUID == 0)) && change=(setpriv --reuid=postgres --regid=postgres --init-groups)
  # Started directly by this shell and not by pg_ctl, so that the death signal is about this shell.
  (
    cd "$data" || exit
    exec "${change[@]}" --pdeathsig INT "$postgres_bin/postgres" -D "$data" \
      -c listen_addresses=127.0.0.1 -c port="$port" -c unix_socket_directories='' \
      -c max_connections=200 -c fsync=on -c synchronous_commit=on -c full_page_writes=on
  ) >"$run_dir/postgres.log" 2>&1 </dev/null &
  postgres_pid=$!
}

# The server writes its state into line 8 of its own file: no client and no password needed to ask.
await_postgres() {
  local data=$1 deadline=$((SECONDS + 60))
  while ((SECONDS < deadline)); do
    kill -0 "$postgres_pid" 2>/dev/null || return 1
    [[ $(sed -n '8s/ *$//p' "$data/postmaster.pid" 2>/dev/null) == ready ]] && return 0
    sleep 0.1
  done
  return 1
}

start_postgres() {
  local data port attempt
  postgres_bin=$(find_postgres) || return
  sweep_abandoned
  run_dir=$(mktemp -d "$runs_in/tallystick-test.XXXXXXXX") || return
  echo "$$ $(started_at $$)" >"$run_dir/owner"
  chmod 711 "$run_dir"
  data=$(readlink -f "$run_dir")/data
  mkdir "$data"
  ((EUID != 0)) || chown postgres:postgres "$data"
  (
    cd "$data" &&
      as_postgres "$postgres_bin/initdb" --pgdata="$data" --username=postgres --auth=trust --encoding=UTF8 \
        --locale=C --no-sync --no-instructions
  ) >"$run_dir/initdb.log" 2>&1 || {
    cat "$run_dir/initdb.log"
    return 1
  }
  # Between finding a free port and taking it, somebody else may take it.
  for attempt in 1 2 3 4 5; do
    port=$(free_port) || return
    launch_postgres "$data" "$port"
    if await_postgres "$data"; then
      export TALLYSTICK_TEST_POSTGRES=postgres://postgres@127.0.0.1:$port/postgres
      say "$("$postgres_bin/postgres" --version), port $port"
      return 0
    fi
    say "attempt $attempt did not succeed:"
    tail -n 5 "$run_dir/postgres.log"
    end_server "$postgres_pid"
    postgres_pid=
  done
  return 1
}

# A server that died half-way makes every later result suspect, and its own log says why.
postgres_survived() {
  kill -0 "$postgres_pid" 2>/dev/null && return 0
  say "PostgreSQL ended during the run; its last words:"
  tail -n 20 "$run_dir/postgres.log"
  return 1
}

stop_postgres() {
  if [[ -n $postgres_pid ]]; then
    end_server "$postgres_pid"
    postgres_pid=
  fi
  if [[ -n $run_dir ]]; then
    rm -rf -- "$run_dir"
    run_dir=
  fi
}
