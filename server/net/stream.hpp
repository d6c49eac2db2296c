#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace hubbub::net {

class Connection;
using ConnectionPtr = boost::intrusive_ptr<Connection>;

/// The bytes to and from one peer, whatever carries them: a bare socket, or TLS over one. The connection
/// works by readiness. The stream alone knows which direction of the socket a read or a write waits for (TLS
/// may have to write before it can read), and whether it holds input while the socket is silent.
///
/// Nothing here blocks: read_some and write_some may fail with would_block and interrupted. A wait keeps the
/// connection alive, and ends with one call of the connection, from the loop and never from within the call
/// that began the wait. At most one wait to read and one to write are under way.
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;

  /// With `ec` eof when the peer has ended its output. No bytes and no error: the handler is to be called all
  /// the same, because something about the stream has changed (a TLS handshake is over).
  virtual std::size_t read_some(std::span<char> place, boost::system::error_code& ec) = 0;
  virtual std::size_t write_some(std::string_view bytes, boost::system::error_code& ec) = 0;
  /// Ends with Connection::on_readable, when read_some has something to give.
  virtual void wait_readable(ConnectionPtr connection) = 0;
  /// As a wait and a read in one, which costs a bare socket a system call less. Ends with
  /// Connection::on_read; `place` must be there until then.
  virtual void read_when_ready(std::span<char> place, ConnectionPtr connection) = 0;
  /// Ends with Connection::on_writable, when write_some may take something.
  virtual void wait_writable(ConnectionPtr connection) = 0;

  /// Whether read_some has something to give now.
  virtual bool has_input() = 0;
  /// The bytes that read_some would give, as far as `place` reaches. They stay there to be read. Where they
  /// cannot be looked at, a line feed stands for them.
  virtual std::string_view peek(std::span<char> place) = 0;
  /// Whether write_some would take something now.
  virtual bool has_room() = 0;

  /// Ends the output. False: something has to be written for that, and write_some may take nothing now; to be
  /// called again when it may.
  virtual bool shut_down() = 0;
  /// Waits that are under way end with an error.
  virtual void close() = 0;

  /// The socket, while it is open, if it is of TCP: then the kernel knows what the peer has taken (see
  /// tcp_state.hpp). The kernel counts what TLS adds too, so more may be under way than was written.
  virtual std::optional<int> tcp() = 0;
  /// Whether nobody on the way can read along.
  virtual bool is_encrypted() const { return false; }
  /// Whether bytes may go to that socket as they are, past write_some.
  virtual bool may_share_pages() const = 0;
};

}  // namespace hubbub::net
