#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "test/net/wire_pair.hpp"

namespace hubbub::net {

/// A handler that takes whole lines, and records every call.
class Listing final : public Handler {
 public:
  explicit Listing(WirePair& wire) : wire_(wire) {}

  std::size_t on_input(std::string_view bytes) override {
    std::size_t used = 0;
    for (auto end = bytes.find('\n'); end != std::string_view::npos && !paused;
         end = bytes.find('\n', used)) {
      lines.emplace_back(bytes.substr(used, end - used));
      if (on_line) on_line();
      used = end + 1;
      if (lines.back() == "pause") {
        paused = true;
        wire_.connection->pause();
      }
      if (lines.back() == "flood") wire_.connection->write(net::bytes(std::string(flood, 'x')));
      if (wire_.connection->output().is_congested()) break;
    }
    offered_rest = bytes.size() - used;
    return used;
  }
  bool on_end(std::string_view rest) override {
    ended = true;
    lines.emplace_back(rest);
    return !refuse_end;
  }
  void on_drained() override { ++drained; }
  void on_input_waits(Time when) override {
    ++waiting;
    alive = when;
  }
  void on_too_slow() override { too_slow = true; }
  void on_closed() override { closed = true; }
  Time deadline() const override { return due; }
  void on_deadline(Time /*now*/) override {
    ++deadlines;
    if (!stays_due) due = never;
  }

  void resume() {
    paused = false;
    wire_.connection->resume();
  }

  std::vector<std::string> lines;
  std::function<void()> on_line;
  int waiting = 0;
  int deadlines = 0;
  bool stays_due = false;
  Time alive = never;  ///< the time given to on_input_waits
  std::size_t flood = std::size_t{4} * 1024 * 1024;
  std::size_t offered_rest = 0;
  bool paused = false;
  bool ended = false;
  bool refuse_end = false;
  bool too_slow = false;
  int drained = 0;
  bool closed = false;
  Time due = never;

 private:
  WirePair& wire_;
};

struct ListingPair : WirePair {
  explicit ListingPair(int family = AF_UNIX, int handlers = Turn::most_handlers)
      : WirePair(family, handlers) {
    auto owned = std::make_unique<Listing>(*this);
    handler = owned.get();
    connection->start(std::move(owned));
  }
  Listing* handler;
};

using Lines = std::vector<std::string>;

}  // namespace hubbub::net
