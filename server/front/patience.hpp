#pragma once

#include <algorithm>
#include <chrono>

#include "server/net/handler.hpp"
#include "server/net/settings.hpp"

namespace hubbub::front {

/// How long a client may be silent. Only whole lines count: a client that sends a byte now and then is
/// as silent as one that sends none.
class Patience {
 public:
  using Time = net::Time;

  Patience(const net::Settings& settings, Time now) : settings_(settings), opened_(now), heard_(now) {}

  /// A line, now or at an earlier time.
  void heard(Time when) {
    if (when < heard_) return;
    heard_ = when;
    asked_ = false;
    took(when);
  }
  /// Whether it is there.
  void asked() { asked_ = true; }
  bool is_asked() const { return asked_; }
  /// It has perhaps not come to the question yet: its silence counts from here.
  void put_off(Time now) {
    heard_ = now;
    if (doubted_ != net::never) doubted_ = now;
  }
  /// Somebody else would have its name. Whether it is to be asked if it is there, having been silent, and
  /// having taken nothing since `taken`; then it has as long again to answer.
  bool doubt(Time now, Time taken) {
    if (settings_.claim.count() == 0 || doubted_ != net::never) return false;
    if (std::max(heard_, taken) > now - settings_.claim) return false;
    doubted_ = now;
    return true;
  }

  /// Whether it was asked because of somebody else, and has yet to answer.
  bool is_doubted() const { return doubted_ != net::never; }

  /// It has taken some of what was waiting for it: that is a sign of life, though not a line.
  void took(Time when) {
    if (when >= doubted_) doubted_ = net::never;
  }

  /// TCP says that whoever reads plain text, and cannot be asked, was there.
  void seen(Time when) { seen_ = std::max(seen_, when); }

  /// When a client that has not said hello is to be closed.
  Time hello_due() const { return after(opened_, settings_.hello); }
  /// When a silent one is to be closed …
  Time idle_due() const { return std::min(after(heard_, settings_.idle), after(doubted_, settings_.claim)); }
  /// … and asked, before that, whether it is still there.
  Time ping_due() const { return asked_ ? net::never : after(heard_, settings_.ping); }
  /// When one who speaks plain text is to be closed for having typed nothing …
  Time idle_text_due() const { return after(heard_, settings_.idle_text); }
  /// … and when for not being there any more.
  Time gone_due() const { return after(std::max(heard_, seen_), settings_.idle); }

 private:
  static Time after(Time since, std::chrono::milliseconds patience) {
    return patience.count() == 0 || since == net::never ? net::never : since + patience;
  }

  const net::Settings& settings_;
  Time opened_;
  Time heard_;
  Time seen_ = Time::min();
  Time doubted_ = net::never;  ///< since then it has to answer
  bool asked_ = false;
};

}  // namespace hubbub::front
