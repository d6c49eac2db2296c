#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "server/net/handler.hpp"

namespace hubbub::net {

class Connection;

/// What the first bytes of a connection say about its protocol.
enum class Verdict { no, perhaps, yes };

/// One protocol that a listening socket speaks.
struct Protocol {
  std::string_view name;
  Verdict (*recognises)(std::string_view first_bytes);
  /// `greeted`: nothing came for `timeouts.sniff`, so the peer waits to be spoken to.
  std::function<std::unique_ptr<Handler>(Connection& connection, bool greeted)> make;
};

/// In the order in which they are asked. The last one recognises everything, and silence too.
using Protocols = std::vector<Protocol>;

/// Verdict of a protocol whose first bytes are always `magic`.
Verdict begins_with(std::string_view bytes, std::string_view magic);

/// The first handler of every connection: it reads just as many bytes as tell which protocol the peer
/// speaks, and hands over to it with those bytes still unread.
class Sniffer final : public Handler {
 public:
  Sniffer(Connection& connection, const Protocols& protocols);

  std::size_t on_input(std::string_view bytes) override;
  bool reads_lines() const override { return false; }
  bool on_end(std::string_view rest) override;
  void on_too_slow() override {}
  void on_closed() override {}
  Time deadline() const override { return deadline_; }
  void on_deadline(Time now) override;

 private:
  void hand_over(const Protocol& protocol, bool greeted);

  Connection& connection_;
  const Protocols& protocols_;
  Time deadline_ = never;
};

}  // namespace hubbub::net
