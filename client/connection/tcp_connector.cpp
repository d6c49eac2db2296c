#include "client/connection/tcp_connector.hpp"

#include <algorithm>
#include <utility>

#include "client/connection/as_result.hpp"

namespace hubbub::client {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

std::vector<asio::ip::tcp::endpoint> next_first(std::vector<asio::ip::tcp::endpoint> endpoints,
                                                const asio::ip::tcp::endpoint* last) {
  if (last == nullptr) return endpoints;
  const auto found = std::find(endpoints.begin(), endpoints.end(), *last);
  if (found != endpoints.end()) std::rotate(endpoints.begin(), found + 1, endpoints.end());
  return endpoints;
}

asio::awaitable<error_code> TcpConnector::connect(std::vector<Endpoint> endpoints,
                                                  std::optional<Endpoint>& last,
                                                  steady_clock::time_point deadline) {
  const auto self = shared_from_this();
  error_code ignored;
  error_code result = asio::error::host_not_found;
  if (is_cancelled_) co_return asio::error::operation_aborted;
  endpoints = next_first(std::move(endpoints), last ? &*last : nullptr);
  for (std::size_t left = endpoints.size(); left > 0; --left) {
    const Endpoint endpoint = endpoints[endpoints.size() - left];
    socket_.close(ignored);
    last = endpoint;
    ++turns_;
    if (left > 1) limit_turn((deadline - steady_clock::now()) / static_cast<int>(left));
    const auto [error] = co_await socket_.async_connect(endpoint, as_result);
    timer_.cancel();
    if (is_cancelled_) co_return asio::error::operation_aborted;
    result = error;
    if (!error && !socket_.is_open()) result = asio::error::timed_out;  // connected as its time ran out
    if (!result) break;
  }
  // The link also works without it, with more delay.
  if (!result) socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  co_return result;
}

void TcpConnector::limit_turn(steady_clock::duration part) {
  timer_.expires_after(std::max(part, steady_clock::duration::zero()));
  timer_.async_wait([self = shared_from_this(), turn = turns_](const error_code& error) {
    // It may have run out in the moment in which that turn ended.
    error_code ignored;
    if (!error && turn == self->turns_) self->socket_.close(ignored);
  });
}

void TcpConnector::cancel() {
  is_cancelled_ = true;
  timer_.cancel();
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace hubbub::client
