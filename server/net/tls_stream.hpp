#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/net/certificates.hpp"
#include "server/net/plain_stream.hpp"
#include "server/net/stream.hpp"

namespace hubbub::net {

class Handshakes;

/// TLS over a bare socket, the server's side. The handshake goes on with each read; the read that completes
/// it ends without bytes and without an error, so that the handler is called. Input that ends without
/// close_notify may have been cut off by somebody on the way, and so ends with an error (RFC 8446, 6.1).
class TlsStream final : public Stream {
 public:
  /// `below` and `handshakes` outlive it. `first`: what has been read from there already.
  TlsStream(PlainStream& below, std::shared_ptr<const Certificates> certificates, Handshakes& handshakes,
            std::string_view first);
  ~TlsStream() override;

  /// Whether the handshake is over.
  bool is_ready() const { return ready_; }
  /// Version and cipher of the session, such as "TLSv1.3" and "TLS_AES_256_GCM_SHA384".
  std::string_view version() const;
  std::string_view cipher() const;
  /// The name of the protocol that both sides have agreed on (ALPN, RFC 7301); empty: of none.
  std::string_view agreed_protocol() const;

  std::size_t read_some(std::span<char> place, boost::system::error_code& ec) override;
  std::size_t write_some(std::string_view bytes, boost::system::error_code& ec) override;
  void wait_readable(ConnectionPtr connection) override;
  void read_when_ready(std::span<char> place, ConnectionPtr connection) override;
  void wait_writable(ConnectionPtr connection) override;
  bool has_input() override;
  std::string_view peek(std::span<char> place) override;
  bool has_room() override { return below_.has_room(); }
  bool shut_down() override;
  void close() override { below_.close(); }
  std::optional<int> tcp() override { return below_.tcp(); }
  bool is_encrypted() const override { return true; }
  bool may_share_pages() const override { return false; }

 private:
  enum class Waits : unsigned char { to_read, to_write };
  struct Below;

  boost::system::error_code error_of(int result, Waits& waits) const;
  template <class Done>
  void wait_to_read(ConnectionPtr connection, Done done);

  PlainStream& below_;
  const std::shared_ptr<const Certificates> certificates_;
  Handshakes& handshakes_;
  std::string first_;
  boost::system::error_code failed_;  ///< of the socket, where OpenSSL only knows that something has
  TlsSession session_;
  Waits reading_ = Waits::to_read;   ///< for what of the socket the next read waits
  Waits writing_ = Waits::to_write;  ///< and the next write
  bool has_more_ = true;             ///< the session may have something to read while the socket is silent
  bool waits_to_read_ = false;
  bool ready_ = false;
};

/// What OpenSSL has refused, as an error: "TLS: no shared cipher".
const boost::system::error_category& tls_category();

}  // namespace hubbub::net
