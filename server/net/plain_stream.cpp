#include "server/net/plain_stream.hpp"

#include <poll.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/socket_base.hpp>

namespace hubbub::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// The handler of a wait to be readable. Without its allocator Asio would give this operation, which may wait
/// for hours, the larger memory of one that has just ended.
struct Readable {
  using allocator_type = std::allocator<void>;
  static allocator_type get_allocator() { return {}; }
  void operator()(const error_code& ec) const { connection->on_readable(ec); }

  ConnectionPtr connection;
};

}  // namespace

std::size_t PlainStream::read_some(std::span<char> place, error_code& ec) {
  return socket_.read_some(asio::buffer(place.data(), place.size()), ec);
}

std::size_t PlainStream::write_some(std::string_view bytes, error_code& ec) {
  return socket_.write_some(asio::buffer(bytes), ec);
}

void PlainStream::wait_readable(ConnectionPtr connection) {
  socket_.async_wait(Socket::wait_read, Readable{std::move(connection)});
}

void PlainStream::read_when_ready(std::span<char> place, ConnectionPtr connection) {
  socket_.async_read_some(
      asio::buffer(place.data(), place.size()),
      [self = std::move(connection)](const error_code& ec, std::size_t n) { self->on_read(ec, n); });
}

void PlainStream::wait_writable(ConnectionPtr connection) {
  socket_.async_wait(Socket::wait_write,
                     [self = std::move(connection)](const error_code& ec) { self->on_writable(ec); });
}

bool PlainStream::has_input() {
  error_code ec;
  return socket_.available(ec) > 0 && !ec;
}

std::string_view PlainStream::peek(std::span<char> place) {
  error_code ec;
  const auto n =
      socket_.receive(asio::buffer(place.data(), place.size()), asio::socket_base::message_peek, ec);
  return {place.data(), n};
}

bool PlainStream::has_room() {
  pollfd writable{.fd = socket_.native_handle(), .events = POLLOUT, .revents = 0};
  return ::poll(&writable, 1, 0) > 0;
}

bool PlainStream::shut_down() {
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  return true;
}

void PlainStream::close() {
  error_code ignored;
  socket_.close(ignored);
}

std::optional<int> TcpStream::tcp() {
  return socket().is_open() ? std::optional(socket().native_handle()) : std::nullopt;
}

ConnectionPtr open_connection(Socket socket, Turn& turn, const Settings& settings, AdmittedPeer peer) {
  if (peer.is_tcp()) {
    return ConnectionPtr(new ConnectionOver<TcpStream>(std::move(socket), turn, settings, std::move(peer)));
  }
  return ConnectionPtr(new ConnectionOver<PlainStream>(std::move(socket), turn, settings, std::move(peer)));
}

}  // namespace hubbub::net
