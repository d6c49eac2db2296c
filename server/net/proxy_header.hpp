#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "protocol/error.hpp"
#include "server/net/handler.hpp"
#include "server/net/peer.hpp"
#include "server/net/sniffer.hpp"

namespace hubbub::net {

class Admission;

/// The header with which a proxy tells whose connection it passes on (HAProxy's proxy-protocol.txt, versions
/// 1 and 2).
struct ProxyHeader {
  std::size_t size = 0;  ///< bytes of the header
  std::optional<Endpoint>
      source{};  ///< nothing: the proxy's own connection, or an address of no kind we know
};

/// `perhaps` while more bytes may tell; `yes` with what the header says; `no`: it is none, or is not well
/// formed.
struct ParsedProxyHeader {
  Verdict verdict = Verdict::no;
  ProxyHeader header{};
  bool is_begun = false;  ///< they begin as a header does: if it is none, it is not well formed
};
ParsedProxyHeader parse_proxy_header(std::string_view bytes);

/// The beginning of a connection from a trusted proxy, which may begin with a header. Without one it goes on
/// as the proxy's own. A header that is not well formed ends it.
class ProxyPreface final : public Handler {
 public:
  /// `then`: what may be spoken behind the header. All outlive the connection.
  ProxyPreface(Connection& connection, Admission& admission, const Protocols& then);

  std::size_t on_input(std::string_view bytes) override;
  bool reads_lines() const override { return false; }
  std::size_t framing_bytes() const override;
  bool on_end(std::string_view rest) override;
  Time deadline() const override { return deadline_; }
  void on_deadline(Time now) override;
  std::string_view reason() const override { return reason_; }

 private:
  void go_on();
  /// `reason`: for the log.
  void refuse(std::string_view reason, const protocol::Error& error);

  Connection& connection_;
  Admission& admission_;
  const Protocols& then_;
  const Time since_;
  Time deadline_ = never;
  std::string_view reason_;
};

}  // namespace hubbub::net
