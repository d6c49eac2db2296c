#include "client/terminal/notifier.hpp"

#include <algorithm>

#include "protocol/system.hpp"
#include "protocol/text.hpp"

namespace hubbub::client::terminal {
namespace {

using Way = Notifier::Way;

/// One line of at most most_bytes (a "…" may follow), without controls, any of which could end the sequence.
std::string safe(std::string_view text) {
  const std::string line = protocol::for_terminal(text);
  const std::string_view begin = protocol::prefix(line, Notifier::most_bytes);
  return std::string(begin) + (begin.size() < line.size() ? "…" : "");
}

/// OSC 777 ends its title with a semicolon.
std::string safe_title(std::string_view title) {
  std::string text = safe(title);
  std::replace(text.begin(), text.end(), ';', ',');
  return text;
}

/// tmux(1): a device control string, whose content tmux passes on; each ESC in it is doubled.
std::string through_tmux(std::string_view sequence) {
  std::string wrapped = "\x1bPtmux;";
  for (const char byte : sequence) wrapped.append(byte == '\x1b' ? 2 : 1, byte);
  return wrapped + "\x1b\\";
}

std::string sequence(Way way, std::string_view title, std::string_view text) {
  const std::string end = "\x1b\\";  // ST, ECMA-48
  const bool osc9 = way == Way::osc9 || way == Way::osc9_in_tmux;
  const std::string bare = osc9 ? "\x1b]9;" + safe(title) + ": " + safe(text) + end
                                : "\x1b]777;notify;" + safe_title(title) + ";" + safe(text) + end;
  const bool in_tmux = way == Way::osc777_in_tmux || way == Way::osc9_in_tmux;
  return in_tmux ? through_tmux(bare) : bare;
}

bool wants(const Notify& wanted, const Said& alert) {
  return alert.is_private() ? wanted.on_private : wanted.on_mention;
}

bool is(const char* variable, std::string_view value) { return protocol::environment(variable) == value; }

bool is_set(const char* variable) { return !protocol::environment(variable).empty(); }

}  // namespace

std::string Notifier::tell(const std::vector<Said>& alerts, const Notify& wanted, TimePoint now) {
  const auto alert = std::ranges::find_if(alerts, [&](const Said& one) { return wants(wanted, one); });
  if (alert == alerts.end()) return {};
  const protocol::Message& message = *alert->message;
  return tell(alert->is_private() ? message.from : message.from + " in " + message.room, message.text, wanted,
              now);
}

std::string Notifier::tell(std::string_view title, std::string_view text, const Notify& wanted,
                           TimePoint now) {
  if (now < quiet_until_) return {};
  std::string bytes;
  if (wanted.bell && bell_) bytes += '\a';
  if (wanted.desktop && way_ != Way::none) bytes += sequence(way_, title, text);
  if (!bytes.empty()) quiet_until_ = now + pause;
  return bytes;
}

Way way_to_notify() {
  // GNU Screen would print sequences that it does not know.
  if (!is_set("TERM") || is("TERM", "dumb") || is("TERM", "linux") || is_set("STY")) return Way::none;
  const bool iterm = is("TERM_PROGRAM", "iTerm.app") || is("LC_TERMINAL", "iTerm2");
  if (is_set("TMUX")) return iterm ? Way::osc9_in_tmux : Way::osc777_in_tmux;
  return iterm ? Way::osc9 : Way::osc777;
}

}  // namespace hubbub::client::terminal
