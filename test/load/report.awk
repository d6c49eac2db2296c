# awk -f report.awk RESULTS: the tables of the README, from the generator's lines of JSON. Medians of all runs, and of the
# ratios within each.

# The value of a field of a flat JSON object.
function field(name,    rest) {
  rest = $0
  if (!sub("^.*\"" name "\":", "", rest)) return ""
  if (rest ~ /^"/) { sub(/^"/, "", rest); sub(/".*$/, "", rest) }
  else sub(/[,}].*$/, "", rest)
  return rest
}

# Of list[1] to list[count], which are sorted here.
function middle(list, count,    i, j, swap) {
  if (!count) return ""
  for (i = 2; i <= count; i++) {
    for (j = i; j > 1 && list[j - 1] > list[j]; j--) {
      swap = list[j]; list[j] = list[j - 1]; list[j - 1] = swap
    }
  }
  return count % 2 ? list[(count + 1) / 2] : (list[count / 2] + list[count / 2 + 1]) / 2
}

function median(scenario, server, name,    key, i, list) {
  key = scenario SUBSEP server
  for (i = 1; i <= runs[key]; i++) list[i] = values[key, name, i] + 0
  return middle(list, runs[key])
}

# One measurement to another of the same run, a few seconds apart: a machine that others use as well is faster at one
# time than at another.
function ratio(name, scenario, server, other_scenario, other_server,    key, other, i, count, list) {
  key = scenario SUBSEP server
  other = other_scenario SUBSEP other_server
  for (i = 1; i <= runs[key] && i <= runs[other]; i++) {
    if (values[other, name, i] + 0 > 0) list[++count] = values[key, name, i] / values[other, name, i]
  }
  return count ? sprintf("%.2f", middle(list, count)) : "-"
}

function shown(value, format, scale) { return value == "" ? "-" : sprintf(format, value / scale) }

function between(scenario, server, name, other) { return ratio(name, scenario, server, scenario, other) }

# A line of the second table.
function goal(what, value, bound) { printf "| %s | %s | %s |\n", what, value, bound }

function title(server) { return server in titles ? titles[server] : server }

BEGIN {
  titles["floor64"] = "bare loop, lines of 64 bytes"
  titles["floor"] = "bare loop, lines as long as ours"
  titles["hubbub"] = "**Hubbub**, journal in memory"
  titles["hubbub-sqlite"] = "**Hubbub**, SQLite, `sync = \"full\"`"
  titles["redis"] = "Redis pub/sub"
  titles["nats"] = "NATS"
  titles["inspircd"] = "InspIRCd"
  titles["ngircd"] = "ngIRCd"
  titles["mosquitto"] = "Mosquitto"
  order = split("floor64 floor hubbub hubbub-sqlite redis nats inspircd ngircd mosquitto", servers, " ")
  numbers = split("deliveries_per_second deliveries_per_read server_ns_per_delivery server_busy p50_us p99_us p999_us bytes_per_connection bytes_per_connection_after joins_per_second memory_joined memory_after catch_up_seconds messages_per_second", names, " ")
}

{
  scenario = field("scenario")
  server = field("server")
  key = scenario SUBSEP server
  run = ++runs[key]
  seen[server] = 1
  for (i = 1; i <= numbers; i++) values[key, names[i], run] = field(names[i])
  faults[server] += field("lost") + field("repeated") + field("strayed") + field("refused") + field("closed")
  all_faults += field("lost") + field("repeated") + field("strayed") + field("refused") + field("closed")
  load = field("load_average") + 0
  if (NR == 1 || load < lowest) lowest = load
  if (load > highest) highest = load
}

END {
  print "| | 500 members, 1 outstanding: deliveries/s | processor each | 500 members, 64 outstanding: deliveries/s | 200 members, 500 messages/s: processor each | p50 | p99 | p99.9 | memory per idle connection | faults |"
  print "|---|---|---|---|---|---|---|---|---|---|"
  for (i = 1; i <= order; i++) {
    server = servers[i]
    if (!(server in seen)) continue
    printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %d |\n", title(server), \
      shown(median("unbatched", server, "deliveries_per_second"), "%.2f M", 1e6), \
      shown(median("unbatched", server, "server_ns_per_delivery"), "%.2f µs", 1e3), \
      shown(median("batched", server, "deliveries_per_second"), "%.2f M", 1e6), \
      shown(median("paced", server, "server_ns_per_delivery"), "%.2f µs", 1e3), \
      shown(median("paced", server, "p50_us"), "%.2f ms", 1e3), \
      shown(median("paced", server, "p99_us"), "%.2f ms", 1e3), \
      shown(median("paced", server, "p999_us"), "%.2f ms", 1e3), \
      shown(median("idle", server, "bytes_per_connection"), "%.2f KiB", 1024), faults[server]
  }
  print ""
  print "| what | measured | goal |"
  print "|---|---|---|"
  cost = "server_ns_per_delivery"
  rate = "deliveries_per_second"
  goal("1 outstanding: processor time each, to the bare loop's; in memory", between("unbatched", "hubbub", cost, "floor"), "at most 1.15")
  goal("the same; SQLite, its threads counted", between("unbatched", "hubbub-sqlite", cost, "floor"), "at most 1.4")
  goal("64 outstanding: deliveries/s, to the bare loop's; in memory", between("batched", "hubbub", rate, "floor"), "at least 0.85")
  goal("the same, to Redis's; in memory", between("batched", "hubbub", rate, "redis"), "at least 3.5")
  goal("the same, to Redis's; SQLite", between("batched", "hubbub-sqlite", rate, "redis"), "at least 3")
  goal("500 messages/s: processor time each, to the bare loop's", between("paced", "hubbub", cost, "floor"), "at most 1.15")
  goal("the same: p99, to the bare loop's", between("paced", "hubbub", "p99_us", "floor"), "at most 1.3")
  goal("idle connections: memory each", shown(median("idle", "hubbub", "bytes_per_connection"), "%.2f KiB", 1024), "at most 1.5 KiB")
  goal("the same, when all have spoken once", shown(median("idle", "hubbub", "bytes_per_connection_after"), "%.2f KiB", 1024), "at most 2 KiB")
  goal("idle connections in one room: memory each", shown(median("joins", "hubbub", "bytes_per_connection"), "%.2f KiB", 1024), "at most 1.5 KiB")
  goal("into one room: joins/s", shown(median("joins", "hubbub", "joins_per_second"), "%.0f", 1), "at least 8000")
  goal("one of 100 never reads for 30 s; SQLite: p99 of the others, to that when all do", ratio("p99_us", "slow-reader", "hubbub-sqlite", "everybody-reads", "hubbub-sqlite"), "at most 1.2")
  goal("the same: growth of memory (when all read)", growth("slow-reader") " (" growth("everybody-reads") ")", "under 2 MiB")
  goal("a thousand rooms of ten: deliveries/s, to one room of 1,000 unbatched", ratio(rate, "many-rooms", "hubbub", "one-room", "hubbub"), "at least 0.6")
  goal("lost, repeated, strayed or refused, and connections closed", faults["hubbub"] + faults["hubbub-sqlite"], "0")
  printf "\nMedians of up to %d runs in turns, ratios within each; load average from %.1f to %.1f.\n", most_runs(), lowest, highest
}

function growth(scenario,    server) {
  server = "hubbub-sqlite"
  if (!runs[scenario, server]) return "-"
  return sprintf("%.2f MiB", (median(scenario, server, "memory_after") - median(scenario, server, "memory_joined")) / 1048576)
}

function most_runs(    key, most) {
  for (key in runs) if (runs[key] > most) most = runs[key]
  return most
}
