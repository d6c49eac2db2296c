#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "client/model/item.hpp"
#include "client/settings.hpp"

namespace hubbub::client::terminal {

/// Makes oneself heard outside the window: the bell, and a notification of the desktop by way of the
/// terminal. It says what to send; all that others wrote is made safe for a terminal here.
///
/// Notifications are OSC 777 (urxvt, foot, WezTerm, Ghostty, kitty, VTE), or OSC 9 where the terminal is
/// iTerm2; to terminals that know neither it is nothing. In tmux they are wrapped so that they reach the
/// terminal outside, which tmux allows with `set -g allow-passthrough on` (tmux(1)) and otherwise drops; the
/// bell is what tmux itself makes something of.
class Notifier {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// From one to the next, however much is said.
  static constexpr std::chrono::seconds pause{3};
  /// Of the text, in bytes.
  static constexpr std::size_t most_bytes = 160;

  /// How notifications get out of here.
  enum class Way { none, osc777, osc9, osc777_in_tmux, osc9_in_tmux };

  Notifier(Way way, bool bell) : way_(way), bell_(bell) {}

  /// What to send for messages that mention one, or are private. May be empty.
  std::string tell(const std::vector<Said>& alerts, const Notify& wanted, TimePoint now);
  /// The same in words of one's own, such as how much was missed.
  std::string tell(std::string_view title, std::string_view text, const Notify& wanted, TimePoint now);

 private:
  Way way_;
  bool bell_;
  TimePoint quiet_until_{};
};

/// By the environment: TERM, TMUX, STY, TERM_PROGRAM and LC_TERMINAL.
Notifier::Way way_to_notify();

}  // namespace hubbub::client::terminal
