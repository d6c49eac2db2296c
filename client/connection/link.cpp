#include "client/connection/link.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace hubbub::client {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

std::string_view clause(const error_code& error) {
  if (error == asio::error::not_found) return "it sent a line without an end";
  if (error == asio::error::eof) return "it closed the connection";
  if (error == asio::error::connection_reset || error == asio::error::broken_pipe)
    return "the connection broke";
  return "the connection failed";
}

}  // namespace

Link::Link(Socket socket) : socket_(std::move(socket)) { input_.reserve(std::size_t{16} * 1024); }

asio::awaitable<bool> Link::read() {
  const auto self = shared_from_this();
  input_.erase(0, std::exchange(ready_, 0));
  auto buffer = asio::dynamic_buffer(input_, most_line_bytes);
  const auto [error, bytes] =
      co_await asio::async_read_until(socket_, buffer, '\n', asio::as_tuple(asio::use_awaitable));
  if (error || !is_open()) {
    close(clause(error));
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
    if (error) return self->close(clause(error));
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
