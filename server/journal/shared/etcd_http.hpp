#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/journal/shared/etcd_stream.hpp"
#include "server/journal/shared/settings.hpp"

namespace hubbub::journal::shared::etcd {

/// An HTTP/1.1 connection (RFC 9112) to a member of the engine, which is made when it is needed and kept for
/// the next request. One request at a time.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  enum class End {
    answered,
    unsent,  ///< no byte of the request has left
    broken,  ///< the connection ended, or what came is no HTTP
    late,    ///< there is no answer in time
  };
  struct Reply {
    End end = End::answered;
    unsigned status = 0;
    std::string body{};
    std::string date{};  ///< by the member's clock (RFC 9110, 6.6.1); empty: it does not say
    std::string why{};   ///< unless it is answered: a clause
  };
  /// All of it stays where it is until the reply is there.
  struct Post {
    std::string_view path;
    std::string_view token;  ///< for `Authorization`; empty: none
    std::string_view body;   ///< JSON
  };

  /// Longest body of an answer that is taken as a whole.
  static constexpr std::size_t most_body_bytes = std::size_t{16} * 1024 * 1024;

  HttpConnection(const boost::asio::any_io_executor& executor, const EngineAddress& address, TlsContext tls);
  ~HttpConnection();

  /// The whole answer, within that time.
  boost::asio::awaitable<Reply> ask(Post post, std::chrono::milliseconds limit);
  /// The head of an answer whose body has no end yet.
  boost::asio::awaitable<Reply> begin(Post post, std::chrono::milliseconds limit);
  /// Appends what has come of that body; waits until something has. False: that was all, or the connection
  /// has ended.
  boost::asio::awaitable<bool> read_more(std::string& body);
  /// Whoever waits is told at once.
  void close();

 private:
  struct Incoming;

  /// `most`: bytes of the body; 0: it has no end.
  boost::asio::awaitable<Reply> send(Post post, std::size_t most);
  boost::asio::awaitable<bool> read_some();
  void limit_to(std::chrono::milliseconds limit);
  Reply failed(End end, std::string why);

  const EngineAddress address_;
  Stream stream_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<Incoming> incoming_;
  std::vector<char> chunk_;
  bool late_ = false;
};

}  // namespace hubbub::journal::shared::etcd
