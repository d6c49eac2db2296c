#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "protocol/error.hpp"
#include "server/journal/shared/settings.hpp"

namespace boost::asio::ssl {
class context;
}

namespace hubbub::journal::shared::etcd {

/// To await an operation of Asio whose error is a result of it, and no exception.
inline constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

/// For a coroutine of which nobody waits for the end: what is thrown there is not lost.
inline constexpr auto rethrow = [](const std::exception_ptr& error) {
  if (error) std::rethrow_exception(error);
};

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

/// Whom the engine is to have been certified by, and what is shown to it. Null when no member speaks TLS.
/// Error: denied, one sentence that names the file that cannot be used.
protocol::Result<TlsContext> make_tls(const ClusterSettings& settings);

/// Bytes to and from a member of the engine, in the clear or in TLS. One operation at a time; close() ends
/// it.
class Stream {
 public:
  struct Moved {
    boost::system::error_code error;
    std::size_t count = 0;
  };

  /// `tls`: for members that speak it.
  Stream(const boost::asio::any_io_executor& executor, EngineAddress address, TlsContext tls);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream();

  bool is_open() const { return socket_.is_open(); }
  /// Connects, and shakes hands. Why it cannot be, as a clause; empty: it is open.
  boost::asio::awaitable<std::string> open();
  /// All of both; `count`: of bytes that may have left.
  boost::asio::awaitable<Moved> write(std::string_view head, std::string_view body);
  boost::asio::awaitable<Moved> read_some(std::span<char> place);
  /// Whether the other side has closed it, or says something without having been asked, which is a farewell
  /// as well: nothing is to be written then.
  bool is_stale();
  void close();

 private:
  struct Lookup;
  struct Tls;
  using Endpoints = boost::asio::ip::tcp::resolver::results_type;

  boost::asio::awaitable<boost::system::error_code> connect();
  boost::asio::awaitable<std::string> secure();

  const EngineAddress address_;
  const TlsContext context_;
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<Tls> tls_;
  std::shared_ptr<Lookup> lookup_;  ///< while a name is looked up
};

}  // namespace hubbub::journal::shared::etcd
