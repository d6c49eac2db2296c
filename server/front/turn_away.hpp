#pragma once

#include <string>
#include <string_view>

#include "server/net/handler.hpp"

namespace hubbub::net {
class Connection;
}

namespace hubbub::front {

/// For those who speak a protocol that is not spoken here: one line that says so, and the end.
class TurnAway final : public net::Handler {
 public:
  /// `protocol`: its name, for the log.
  TurnAway(net::Connection& connection, std::string_view protocol, std::string_view line);

  std::size_t on_input(std::string_view bytes) override { return bytes.size(); }
  bool on_end(std::string_view /*rest*/) override { return true; }
  void on_too_slow() override {}
  void on_closed() override {}
  std::string_view reason() const override { return reason_; }
  net::Time deadline() const override { return net::never; }
  void on_deadline(net::Time /*now*/) override {}

 private:
  const std::string reason_;
};

}  // namespace hubbub::front
