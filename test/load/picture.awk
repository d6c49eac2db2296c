# awk -f figures.awk -f picture.awk RESULTS: the picture of the README, as SVG: deliveries a second, a panel for each way
# of speaking, a bar for each server.

function bar(x, y, width, server,    class) {
  class = server ~ /^hubbub/ ? "us" : server ~ /^floor/ ? "floor" : "peer"
  return sprintf("<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"16\" rx=\"2\"/>", class, x, y, width)
}

function plain(text) { gsub(/[*`]/, "", text); gsub(/"/, "", text); return text }

function panel(scenario, heading, y,    i, server, value, most) {
  for (i = 1; i <= order; i++) {
    value = median(scenario, servers[i], "deliveries_per_second")
    if (value + 0 > most) most = value
  }
  if (!most) return y
  printf "<text class=\"heading\" x=\"10\" y=\"%d\">%s</text>\n", y + 14, heading
  y += 26
  for (i = 1; i <= order; i++) {
    server = servers[i]
    value = median(scenario, server, "deliveries_per_second")
    if (value == "" || server == "floor64") continue
    printf "<text class=\"name\" x=\"230\" y=\"%d\">%s</text>\n%s\n", y + 13, plain(title(server)), bar(240, y, 380 * value / most, server)
    printf "<text x=\"%.1f\" y=\"%d\">%.2f M</text>\n", 246 + 380 * value / most, y + 13, value / 1e6
    y += 22
  }
  return y + 14
}

END {
  print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 460\" font-family=\"sans-serif\" font-size=\"13\">"
  print "<style>text{fill:#333}.name{text-anchor:end}.heading{font-weight:bold}.us{fill:#d9480f}.floor{fill:#868e96}.peer{fill:#74a9cf}"
  print "svg{background:#fff}</style>"
  y = panel("unbatched", "Deliveries a second: 500 members, 4 senders with 1 message outstanding each", 10)
  panel("batched", "The same with 64 outstanding each", y)
  print "</svg>"
}
