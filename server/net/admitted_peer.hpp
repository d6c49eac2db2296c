#pragma once

#include <cstdint>
#include <string>

#include "server/net/admission.hpp"
#include "server/net/handler.hpp"
#include "server/net/peer.hpp"

namespace hubbub::net {

/// Who is at the other end of a connection, as far as the system tells, and what the log says of them. Its
/// place in the counts of the Admission is free again when this goes.
class AdmittedPeer {
 public:
  /// `from`: the address of the peer's socket. `number` names the connection in the log.
  AdmittedPeer(Admission::Pass pass, const Endpoint& from, std::uint64_t number, Time opened);

  std::uint64_t number() const { return number_; }
  bool is_tcp() const { return from_.is_tcp(); }
  /// Where it is connected from, as in a listen URL.
  std::string url() const { return to_url(from_.endpoint()); }
  /// What counts as one peer, see Admission.
  const std::string& address() const { return pass_.address(); }
  /// The same as people are told: see shown_address.
  std::string shown() const { return shown_address(from_.endpoint()); }

  /// `reason`: why the connection has ended, unless the handler has a word for it.
  void log_end(const Handler& handler, const std::string& reason, Time now) const;

 private:
  Admission::Pass pass_;
  std::uint64_t number_;
  const TcpPeer from_;
  const Time opened_;
};

}  // namespace hubbub::net
