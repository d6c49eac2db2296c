#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "client/model/item.hpp"
#include "client/settings.hpp"

namespace hubbub::client::terminal {

/// Notifies the user outside the window, by the bell and by desktop notifications through the terminal.
/// Returns the bytes to send; names and texts are made safe for a terminal here.
///
/// Notifications are OSC 777 (urxvt, foot, WezTerm, Ghostty, kitty, VTE), or OSC 9 where the terminal is
/// iTerm2; other terminals ignore them. In tmux they are wrapped to reach the outer terminal, which tmux
/// allows with `set -g allow-passthrough on` (tmux(1)), and otherwise drops; tmux handles the bell itself.
class Notifier {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// The least time between two notifications.
  static constexpr std::chrono::seconds pause{3};
  /// Most bytes of a title and of a text.
  static constexpr std::size_t most_bytes = 160;

  /// The sequence used for notifications.
  enum class Way { none, osc777, osc9, osc777_in_tmux, osc9_in_tmux };

  Notifier(Way way, bool bell) : way_(way), bell_(bell) {}

  /// The bytes to send for mentions and private messages; may be empty.
  std::string tell(const std::vector<Said>& alerts, const Notify& wanted, TimePoint now);
  /// The bytes to send for another notification, such as the number of missed messages.
  std::string tell(std::string_view title, std::string_view text, const Notify& wanted, TimePoint now);

 private:
  Way way_;
  bool bell_;
  TimePoint quiet_until_{};
};

/// Chosen by the environment: TERM, TMUX, STY, TERM_PROGRAM and LC_TERMINAL.
Notifier::Way way_to_notify();

}  // namespace hubbub::client::terminal
