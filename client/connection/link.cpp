#include "client/connection/link.hpp"

#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <utility>

#include "client/connection/as_result.hpp"
#include "protocol/secret.hpp"

namespace hubbub::client {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

std::string_view why_broken(const error_code& error) {
  if (error == asio::error::eof) return "it closed the connection";
  if (error == asio::error::connection_reset || error == asio::error::broken_pipe)
    return "the connection broke";
  return "the connection failed";
}

}  // namespace

bool is_local(const Socket& socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return false;
  const auto family = endpoint.protocol().family();
  if (family != AF_INET && family != AF_INET6) return family == AF_UNIX;
  asio::ip::tcp::endpoint peer;
  peer.resize(endpoint.size());
  std::memcpy(peer.data(), endpoint.data(), endpoint.size());
  const auto address = peer.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
  return address.is_loopback();
}

Link::Link(Socket socket, std::unique_ptr<TlsSession> tls, std::string said)
    : socket_(std::move(socket)),
      tls_(std::move(tls)),
      is_local_(client::is_local(socket_)),
      chunk_(std::size_t{16} * 1024),
      input_(std::move(said)) {
  error_code ignored;
  socket_.non_blocking(true, ignored);  // for the last bytes, in close()
}

asio::awaitable<bool> Link::read() {
  const auto self = shared_from_this();
  input_.erase(0, std::exchange(ready_, 0));
  bool has_lines = take_lines();
  while (!has_lines && is_open()) {
    const auto [error, bytes] = co_await socket_.async_read_some(asio::buffer(chunk_), as_result);
    if (!error && is_open()) take({chunk_.data(), bytes});
    has_lines = take_lines();
    if (error) {
      break_off(error);
    } else if (tls_ && tls_->state() != TlsSession::State::open) {
      close(tls_->why());
    } else if (!has_lines && input_.size() >= most_line_bytes) {
      close("it sent a line without an end");
    }
  }
  co_return has_lines;
}

/// Whether there are whole lines.
bool Link::take_lines() {
  const std::size_t end = input_.rfind('\n');
  ready_ = end == std::string::npos ? 0 : end + 1;
  return ready_ > 0;
}

void Link::take(std::string_view bytes) {
  is_silent_ = false;
  if (!tls_) {
    input_ += bytes;
    return;
  }
  tls_->receive(bytes, input_);
  write_raw(tls_->take_output());
}

void Link::break_off(const error_code& error) {
  // An alert of TLS, to a client that had begun without.
  if (!tls_ && input_.starts_with("\x15\x03"))
    return close("it speaks TLS alone there; connect with --tls, or with tls:// before the address");
  if (!tls_ || error != asio::error::eof) return close(why_broken(error));
  tls_->end_of_input();
  close(tls_->why());
}

void Link::write(std::string_view bytes) {
  if (bytes.empty() || !is_open()) return;
  if (!tls_) return write_raw(bytes);
  tls_->send(bytes);
  write_raw(tls_->take_output());
}

void Link::write_raw(std::string_view bytes) {
  if (bytes.empty() || !is_open()) return;
  waiting_ += bytes;
  if (waiting_.size() > most_waiting_bytes) return close("it stopped reading");
  if (writing_.empty()) write_waiting();
}

void Link::write_waiting() {
  std::swap(writing_, waiting_);
  const auto done = [self = shared_from_this()](const error_code& error, std::size_t) {
    protocol::wipe(self->writing_);  // there may be a password in it
    if (error) return self->close(why_broken(error));
    if (!self->waiting_.empty()) self->write_waiting();
  };
  asio::async_write(socket_, asio::buffer(writing_), done);
}

void Link::close(std::string_view why) {
  if (why_.empty()) why_ = why;
  error_code ignored;
  if (tls_ && is_open()) {
    tls_->close();
    const std::string last = tls_->take_output();
    // Behind what is half written it would be no record.
    if (writing_.empty()) socket_.write_some(asio::buffer(last), ignored);
  }
  socket_.close(ignored);
}

}  // namespace hubbub::client
