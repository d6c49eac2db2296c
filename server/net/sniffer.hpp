#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "server/net/handler.hpp"

namespace hubbub::net {

class Connection;

/// What the first bytes of a connection say about its protocol.
enum class Verdict { no, perhaps, yes };

/// One protocol that a listening socket speaks, or knows and turns away.
struct Protocol {
  std::string_view name;
  /// Never takes a `yes` or a `no` back when more bytes follow.
  Verdict (*recognises)(std::string_view first_bytes);
  /// `pinned`: whatever the first bytes are, it is this protocol.
  std::function<std::unique_ptr<Handler>(Connection& connection, bool pinned)> make;
  /// Bytes at the beginning that mean nothing in this protocol and are skipped; null: none.
  std::size_t (*preamble)(std::string_view first_bytes) = nullptr;
  /// Whether bytes that may still be of another protocol are most likely of this one, so that it takes over
  /// if nothing more comes; null: they never are.
  bool (*is_likely)(std::string_view first_bytes) = nullptr;
  /// The name by which TLS agrees on it (ALPN, RFC 7301), and then nothing else is spoken; empty: it has
  /// none.
  std::string_view agreed_name{};
  /// Whether the server speaks first, so that a listener pinned to it waits for nothing.
  bool greets = false;
  /// The listener speaks this protocol alone: see pinned_to.
  bool pinned = false;
};

/// In the order in which they are asked. The last protocol recognises everything, and silence too.
using Protocols = std::vector<Protocol>;

/// Verdict of a protocol whose first bytes are always `magic`.
Verdict begins_with(std::string_view bytes, std::string_view magic);

/// The first protocol that does not say no; `perhaps` when more bytes may decide. Null when all say no.
struct Recognised {
  Verdict verdict = Verdict::no;
  const Protocol* protocol = nullptr;
};
Recognised recognise(const Protocols& protocols, std::string_view first_bytes);

/// The protocol of that name, for a listener that speaks nothing else, whatever the first bytes are; empty
/// when there is none.
Protocols pinned_to(const Protocols& protocols, std::string_view name);

/// The first handler of every connection: it reads just as many bytes as tell which protocol the peer speaks,
/// and hands over to that protocol with those bytes still unread. It waits for no more than a line of
/// `line_bytes`, and no longer than `timeouts.sniff`; then the protocol that is likely takes over, or the
/// last.
class Sniffer final : public Handler {
 public:
  Sniffer(Connection& connection, const Protocols& protocols);
  /// The time of `timeouts.sniff` began then.
  Sniffer(Connection& connection, const Protocols& protocols, Time since);

  std::size_t on_input(std::string_view bytes) override;
  bool reads_lines() const override { return false; }
  std::size_t framing_bytes() const override;
  bool on_end(std::string_view rest) override;
  Time deadline() const override { return deadline_; }
  void on_deadline(Time now) override;

 private:
  std::size_t take_pinned(const Protocol& protocol, std::string_view bytes);
  std::size_t most_undecided() const;
  void hand_over(const Protocol& protocol);

  Connection& connection_;
  const Protocols& protocols_;
  const Protocol* likely_;  ///< as far as the bytes say
  Time deadline_ = never;
};

}  // namespace hubbub::net
