#include "client/connection/link.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cctype>
#include <utility>

namespace hubbub::client {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// The error in the system's words, as a clause: "connection refused".
std::string why_unreachable(const error_code& error) {
  if (error == asio::error::host_not_found || error == asio::error::host_not_found_try_again) {
    return "no such host is known";
  }
  std::string text = error.message();
  if (!text.empty()) text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
  const bool nobody =
      error == asio::error::connection_refused || error == boost::system::errc::no_such_file_or_directory;
  return nobody ? text + "; is hubbubd running there?" : text;
}

std::string_view why_broken(const error_code& error) {
  if (error == asio::error::not_found) return "it sent a line without an end";
  if (error == asio::error::eof) return "it closed the connection";
  if (error == asio::error::connection_reset || error == asio::error::broken_pipe)
    return "the connection broke";
  return "the connection failed";
}

}  // namespace

Dialer::Dialer(const asio::any_io_executor& executor)
    : resolver_(executor), tcp_(executor), unix_(executor), timer_(executor) {}

asio::awaitable<Dialer::Outcome> Dialer::dial(Address address, std::chrono::milliseconds limit) {
  timer_.expires_after(limit);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (error) return;
    self->timed_out_ = true;
    self->cancel();
  });
  const error_code error = co_await connect(address);
  timer_.cancel();
  Outcome outcome;
  if (timed_out_) {
    outcome.why = "no answer";
  } else if (error) {
    outcome.why = why_unreachable(error);
  } else if (address.is_unix()) {
    outcome.socket = std::make_unique<Socket>(std::move(unix_));
  } else {
    outcome.socket = std::make_unique<Socket>(std::move(tcp_));
  }
  co_return outcome;
}

asio::awaitable<error_code> Dialer::connect(const Address& address) {
  if (!address.is_unix()) co_return co_await connect_tcp(address);
  // sockaddr_un has room for 108 bytes, the zero included (unix(7)).
  if (address.path.size() > 107) co_return asio::error::name_too_long;
  const asio::local::stream_protocol::endpoint endpoint(address.path);
  const auto [error] = co_await unix_.async_connect(endpoint, as_result);
  co_return error;
}

asio::awaitable<error_code> Dialer::connect_tcp(const Address& address) {
  const std::string port = std::to_string(address.port);
  const auto [unresolved, endpoints] = co_await resolver_.async_resolve(address.host, port, as_result);
  if (unresolved) co_return unresolved;
  const auto [error, endpoint] = co_await asio::async_connect(tcp_, endpoints, as_result);
  if (error) co_return error;
  error_code ignored;  // the link also works without it, with more delay
  tcp_.set_option(asio::ip::tcp::no_delay(true), ignored);
  co_return error_code();
}

void Dialer::cancel() {
  error_code ignored;
  resolver_.cancel();
  tcp_.close(ignored);
  unix_.close(ignored);
  timer_.cancel();
}

Link::Link(Socket socket) : socket_(std::move(socket)) { input_.reserve(std::size_t{16} * 1024); }

asio::awaitable<bool> Link::read() {
  const auto self = shared_from_this();
  input_.erase(0, std::exchange(ready_, 0));
  auto buffer = asio::dynamic_buffer(input_, most_line_bytes);
  const auto [error, bytes] = co_await asio::async_read_until(socket_, buffer, '\n', as_result);
  if (error || !is_open()) {
    close(why_broken(error));
    co_return false;
  }
  ready_ = input_.rfind('\n') + 1;
  co_return true;
}

void Link::write(std::string_view bytes) {
  if (bytes.empty() || !is_open()) return;
  waiting_ += bytes;
  if (waiting_.size() > most_waiting_bytes) return close("it stopped reading");
  if (writing_.empty()) write_waiting();
}

void Link::write_waiting() {
  std::swap(writing_, waiting_);
  const auto done = [self = shared_from_this()](const error_code& error, std::size_t) {
    self->writing_.clear();
    if (error) return self->close(why_broken(error));
    if (!self->waiting_.empty()) self->write_waiting();
  };
  asio::async_write(socket_, asio::buffer(writing_), done);
}

void Link::close(std::string_view why) {
  if (why_.empty()) why_ = why;
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace hubbub::client
