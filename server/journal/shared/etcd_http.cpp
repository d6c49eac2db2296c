#include "server/journal/shared/etcd_http.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

namespace hubbub::journal::shared::etcd {

namespace asio = boost::asio;
namespace beast = boost::beast::http;
using boost::system::error_code;

/// The answer that is being read.
struct HttpConnection::Incoming {
  beast::response_parser<beast::string_body> parser;
  std::string raw;  ///< what the parser has not taken yet
};

HttpConnection::HttpConnection(const asio::any_io_executor& executor, const EngineAddress& address,
                               TlsContext tls)
    : address_(address), stream_(executor, address, std::move(tls)), timer_(executor) {}

HttpConnection::~HttpConnection() = default;

void HttpConnection::limit_to(std::chrono::milliseconds limit) {
  late_ = false;
  timer_.expires_after(limit);
  timer_.async_wait([weak = weak_from_this()](const error_code& error) {
    const auto self = weak.lock();
    // It may have been set anew when this was on its way already.
    if (error || !self || self->timer_.expiry() > std::chrono::steady_clock::now()) return;
    self->late_ = true;
    self->stream_.close();
  });
}

HttpConnection::Reply HttpConnection::failed(End end, std::string why) {
  close();
  if (late_ && end == End::broken) return {.end = End::late, .why = "no answer"};
  return {.end = end, .why = late_ ? "no answer" : std::move(why)};
}

asio::awaitable<HttpConnection::Reply> HttpConnection::ask(Post post, std::chrono::milliseconds limit) {
  const auto self = shared_from_this();
  limit_to(limit);
  auto reply = co_await send(post, most_body_bytes);
  if (reply.end != End::answered) co_return reply;
  while (!incoming_->parser.is_done()) {
    const bool has_more = co_await read_some();
    if (!has_more) co_return failed(End::broken, "the connection broke");
  }
  timer_.cancel();
  reply.body = std::move(incoming_->parser.get().body());
  if (!incoming_->parser.keep_alive()) stream_.close();
  co_return reply;
}

asio::awaitable<HttpConnection::Reply> HttpConnection::begin(Post post, std::chrono::milliseconds limit) {
  const auto self = shared_from_this();
  limit_to(limit);
  auto reply = co_await send(post, 0);
  if (reply.end != End::answered) co_return reply;
  timer_.cancel();
  co_return reply;
}

asio::awaitable<HttpConnection::Reply> HttpConnection::send(Post post, std::size_t most) {
  if (stream_.is_open() && stream_.is_stale()) stream_.close();
  if (!stream_.is_open()) {
    auto why = co_await stream_.open();
    if (!why.empty() || late_) co_return failed(End::unsent, std::move(why));
  }
  std::string head("POST ");
  head.append(post.path).append(" HTTP/1.1\r\nHost: ");
  const bool is_v6 = address_.host.find(':') != std::string::npos;
  head.append(is_v6 ? "[" : "").append(address_.host).append(is_v6 ? "]:" : ":");
  head.append(std::to_string(address_.port)).append("\r\nContent-Type: application/json\r\n");
  if (!post.token.empty()) head.append("Authorization: ").append(post.token).append("\r\n");
  head.append("Content-Length: ").append(std::to_string(post.body.size())).append("\r\n\r\n");
  const auto [error, count] = co_await stream_.write(head, post.body);
  if (error) co_return failed(count == 0 ? End::unsent : End::broken, "the connection broke");
  incoming_ = std::make_unique<Incoming>();
  incoming_->parser.eager(true);
  incoming_->parser.body_limit(most > 0 ? boost::optional<std::uint64_t>(most) : boost::none);
  while (!incoming_->parser.is_header_done()) {
    const bool has_more = co_await read_some();
    if (!has_more) co_return failed(End::broken, "the connection broke");
  }
  const auto& head_of_it = incoming_->parser.get();
  co_return Reply{.status = head_of_it.result_int(),
                  .date = std::string(head_of_it[boost::beast::http::field::date])};
}

/// False: nothing more will come.
asio::awaitable<bool> HttpConnection::read_some() {
  constexpr std::size_t most = std::size_t{64} * 1024;
  chunk_.resize(most);
  auto& [parser, raw] = *incoming_;
  const auto [error, count] = co_await stream_.read_some(chunk_);
  error_code refused;
  if (error) {
    if (error == asio::error::eof && parser.need_eof()) parser.put_eof(refused);
    co_return error == asio::error::eof && !refused && parser.is_done();
  }
  raw.append(chunk_.data(), count);
  while (!raw.empty() && !parser.is_done()) {
    const auto taken = parser.put(asio::buffer(raw), refused);
    raw.erase(0, taken);
    if (refused == beast::error::need_more) co_return true;
    if (refused) co_return false;
    if (taken == 0) break;
  }
  co_return true;
}

asio::awaitable<bool> HttpConnection::read_more(std::string& body) {
  const auto self = shared_from_this();
  auto& parser = incoming_->parser;
  auto& came = parser.get().body();
  while (came.empty()) {
    if (parser.is_done()) co_return false;
    const bool has_more = co_await read_some();
    if (!has_more) co_return false;
  }
  if (body.empty()) {
    body.swap(came);
  } else {
    body += came;
  }
  came.clear();
  co_return true;
}

void HttpConnection::close() {
  timer_.cancel();
  stream_.close();
}

}  // namespace hubbub::journal::shared::etcd
