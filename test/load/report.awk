# awk -f figures.awk -f report.awk RESULTS: the tables of the README.

# A line of the second table.
function goal(what, value, bound) { printf "| %s | %s | %s |\n", what, value, bound }

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
  if ("hubbub-web" in seen || "hubbub-tls" in seen) ways()
  printf "\nMedians of up to %d runs in turns, ratios within each; load average from %.1f to %.1f.\n", most_runs(), lowest, highest
}

# Ways into the daemon beside the plain one, and beside others over TLS.
function ways(    cost, rate) {
  cost = "server_ns_per_delivery"
  rate = "deliveries_per_second"
  goal("WebSocket, 1 outstanding: deliveries/s, to the plain way's", between("unbatched", "hubbub-web", rate, "hubbub"), "at least 0.9")
  goal("the same, 64 outstanding", between("batched", "hubbub-web", rate, "hubbub"), "at least 0.9")
  goal("TLS, 1 outstanding: processor time each, to the plain way's", between("unbatched", "hubbub-tls", cost, "hubbub"), "at most 1.6")
  goal("the same, to the best other's over TLS; 200 members", beside_best("tls-peers", cost), "at most 0.6")
  goal("the same, 64 outstanding", beside_best("tls-peers-batched", cost), "at most 0.6")
  goal("the same, 500 messages/s", beside_best("paced", cost), "at most 0.6")
  goal("idle connections over WebSocket: memory each", shown(median("idle", "hubbub-web", "bytes_per_connection"), "%.2f KiB", 1024), "at most 4.5 KiB")
  goal("idle connections over TLS: memory each", shown(median("idle", "hubbub-tls", "bytes_per_connection"), "%.2f KiB", 1024), "at most 20 KiB")
  goal("two who talk, 200 handshakes/s beside: p99, to that without", ratio("p99_us", "handshakes", "hubbub-tls", "pair", "hubbub-tls"), "at most 1.5")
  goal("500 messages/s, /metrics read 10 times a second: p99, to that without", ratio("p99_us", "scraped", "hubbub", "paced", "hubbub"), "at most 1.05")
}

# Ours over TLS to the best other's.
function beside_best(scenario, name,    i, server, value, best) {
  for (i = 1; i <= order; i++) {
    server = servers[i]
    if (server ~ /^hubbub/ || server !~ /-tls$/) continue
    value = median(scenario, server, name)
    if (value + 0 > 0 && (!best || value < median(scenario, best, name))) best = server
  }
  return best ? between(scenario, "hubbub-tls", name, best) " (" title(best) ")" : "-"
}

function growth(scenario,    server) {
  server = "hubbub-sqlite"
  if (!runs[scenario, server]) return "-"
  return sprintf("%.2f MiB", (median(scenario, server, "memory_after") - median(scenario, server, "memory_joined")) / 1048576)
}
