#pragma once

#include <memory>
#include <utility>

#include "server/net/connection.hpp"
#include "server/net/socket.hpp"
#include "server/net/stream.hpp"

namespace hubbub::net {

/// Holds the stream in a base class before Connection, so that it is constructed first.
template <class Carrier>
struct Carried {
  Carrier carrier;
};

/// A connection and its stream, a `Carrier`, in one allocation.
template <class Carrier>
class ConnectionOver final : private Carried<Carrier>, public Connection {
 public:
  template <class Below>
  ConnectionOver(Below below, Turn& turn, const Settings& settings, AdmittedPeer peer)
      : Carried<Carrier>{Carrier(std::move(below))},
        Connection(this->carrier, turn, settings, std::move(peer)) {}
};

/// A bare socket of unix(7), of which the kernel knows only what was written. It does not block.
class PlainStream : public Stream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {}

  std::size_t read_some(std::span<char> place, boost::system::error_code& ec) final;
  std::size_t write_some(std::string_view bytes, boost::system::error_code& ec) final;
  void wait_readable(ConnectionPtr connection) final;
  void read_when_ready(std::span<char> place, ConnectionPtr connection) final;
  void wait_writable(ConnectionPtr connection) final;
  bool has_input() final;
  std::string_view peek(std::span<char> place) final;
  bool has_room() final;
  bool shut_down() final;
  void close() final;
  std::optional<int> tcp() override { return std::nullopt; }
  bool may_share_pages() const override { return false; }

  /// For a stream over this one.
  Socket& socket() { return socket_; }

 private:
  Socket socket_;
};

/// A bare socket of TCP.
class TcpStream final : public PlainStream {
 public:
  using PlainStream::PlainStream;

  std::optional<int> tcp() override;
  bool may_share_pages() const override { return true; }
};

/// A connection over a socket that is connected to `peer` and does not block.
ConnectionPtr open_connection(Socket socket, Turn& turn, const Settings& settings, AdmittedPeer peer);

}  // namespace hubbub::net
