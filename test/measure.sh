#!/usr/bin/env bash
# Measures what the README tells of starting, stopping and memory: test/measure.sh [HUBBUBD]
# Nothing here is a test: machines differ, and no figure is held against a bound.
set -euo pipefail
daemon=${1:-$(dirname "$0")/../build/release/server/hubbubd}
folder=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$folder"' EXIT

now_us() { echo "${EPOCHREALTIME/[.,]/}"; }

# Starts the daemon; sets pid, port, and started_us: from before exec to its word that it listens.
start() {
  local begin line
  mkfifo "$folder/log.$1"
  begin=$(now_us)
  "$daemon" --state-dir "$folder/state.$1" --listen tcp://127.0.0.1:0 2>"$folder/log.$1" &
  pid=$!
  exec {log}<"$folder/log.$1"
  while read -r line <&"$log"; do
    [[ $line =~ listening\ on\ tcp://127.0.0.1:([0-9]+) ]] && break
  done
  started_us=$(($(now_us) - begin))
  port=${BASH_REMATCH[1]}
}

stop() {
  kill -TERM "$pid"
  wait "$pid"
  pid=
  exec {log}<&-
}

resident_kib() { awk '/^VmRSS/ { print $2 }' "/proc/$pid/status"; }

starts=()
for i in $(seq 15); do
  start "$i"
  starts+=("$started_us")
  stop
done
mapfile -t starts < <(printf '%s\n' "${starts[@]}" | sort -n)
echo "start to listening: median $((starts[7] / 1000)).$((starts[7] / 100 % 10)) ms, slowest $((starts[14] / 1000)).$((starts[14] / 100 % 10)) ms of 15"

start clients
at_rest=$(resident_kib)
clients=500
fds=()
for i in $(seq "$clients"); do
  exec {fd}<>"/dev/tcp/127.0.0.1/$port"
  printf '{"type":"hello","version":1}\n{"type":"join","room":"lobby"}\n' >&"$fd"
  while read -r line <&"$fd"; do [[ $line == *'"joined"'* ]] && break; done
  fds+=("$fd")
done
full=$(resident_kib)
echo "resident memory: $at_rest KiB at rest, $(((full - at_rest) * 1024 / clients)) bytes more for each of $clients clients in one room"
