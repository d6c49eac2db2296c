# What report.awk and picture.awk make of the generator's lines of JSON: medians of all runs, and of the ratios within
# each.

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

function title(server) { return server in titles ? titles[server] : server }

BEGIN {
  titles["floor64"] = "bare loop, lines of 64 bytes"
  titles["floor"] = "bare loop, lines as long as ours"
  titles["hubbub"] = "**Hubbub**, journal in memory"
  titles["hubbub-sqlite"] = "**Hubbub**, SQLite, `sync = \"full\"`"
  titles["hubbub-web"] = "**Hubbub** over WebSocket"
  titles["hubbub-tls"] = "**Hubbub** over TLS"
  titles["hubbub-tls-web"] = "**Hubbub** over WebSocket and TLS"
  titles["inspircd-tls"] = "InspIRCd over TLS"
  titles["mosquitto-tls"] = "Mosquitto over TLS"
  titles["nats-tls"] = "NATS over TLS"
  titles["redis"] = "Redis pub/sub"
  titles["nats"] = "NATS"
  titles["inspircd"] = "InspIRCd"
  titles["ngircd"] = "ngIRCd"
  titles["mosquitto"] = "Mosquitto"
  order = split("floor64 floor hubbub hubbub-sqlite hubbub-web hubbub-tls hubbub-tls-web redis nats nats-tls inspircd inspircd-tls ngircd mosquitto mosquitto-tls", servers, " ")
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
  load = field("load_average") + 0
  if (NR == 1 || load < lowest) lowest = load
  if (load > highest) highest = load
}

function most_runs(    key, most) {
  for (key in runs) if (runs[key] > most) most = runs[key]
  return most
}
