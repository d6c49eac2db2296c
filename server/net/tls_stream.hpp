#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/net/certificates.hpp"
#include "server/net/plain_stream.hpp"
#include "server/net/stream.hpp"
#include "server/ops/work_queue.hpp"

namespace hubbub::net {

/// TLS over a bare socket, the server's side. The handshake goes on while a read is waited for, its sums
/// beside the loop; the read that completes it ends without bytes and without an error, so that the handler
/// is called. Until then there is nothing to write. Input that ends without close_notify may have been cut
/// off by somebody on the way, and so ends with an error (RFC 8446, 6.1).
class TlsStream final : public Stream {
 public:
  /// `below` outlives it; `handshakes` is there as long as the loop runs. `first`: what has been read from
  /// there already.
  TlsStream(PlainStream& below, std::shared_ptr<const Certificates> certificates, ops::WorkQueue& handshakes,
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
  using Then = std::function<void(const boost::system::error_code& ec)>;
  struct Below;

  boost::system::error_code error_of(int result, Waits& waits) const;
  boost::system::error_code after_read(int result, std::size_t count);
  void agreed();
  template <class Done>
  void wait_to_read(Done done);
  void shake_hands(ConnectionPtr connection, Then then);
  void do_sums(const ConnectionPtr& connection, Then then);
  void receive(std::span<char> place);
  void send();
  bool has_kept() const;
  bool is_shaking_hands() const { return !ready_ && !is_shut_; }

  PlainStream& below_;
  std::shared_ptr<const Certificates> certificates_;  ///< until the session has chosen one
  ops::WorkQueue& handshakes_;
  std::string received_;               ///< from below, and not by OpenSSL yet
  std::string to_send_;                ///< by the handshake
  boost::system::error_code failed_;   ///< the socket: OpenSSL only knows that something has
  boost::system::error_code refused_;  ///< the handshake
  TlsSession session_;
  Waits reading_ = Waits::to_read;   ///< for what of the socket the next read waits
  Waits writing_ = Waits::to_write;  ///< and the next write
  bool has_more_ = true;             ///< the session may have something to read while the socket is silent
  bool waits_to_read_ = false;
  bool is_starved_ = false;         ///< OpenSSL has asked for more than there was in the socket
  std::uint32_t without_text_ = 0;  ///< messages of TLS itself since the handshake
  std::uint64_t text_bytes_ = 0;    ///< that were received
  bool is_stepping_ = false;        ///< a step of the handshake waits for its turn, or is under way
  bool is_agreed_ = false;          ///< the handshake is over but for what is to be sent
  bool ready_ = false;
  bool is_shut_ = false;
};

/// What OpenSSL has refused, as an error: "TLS: no shared cipher".
const boost::system::error_category& tls_category();

}  // namespace hubbub::net
