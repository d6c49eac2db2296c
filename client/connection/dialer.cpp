#include "client/connection/dialer.hpp"

#include <array>
#include <boost/asio/write.hpp>
#include <cctype>
#include <utility>
#include <vector>

#include "client/connection/as_result.hpp"

namespace hubbub::client {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

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

Dialer::Outcome failure(std::string why, Dialer::Fault fault = Dialer::Fault::unreachable) {
  return {.fault = fault, .why = std::move(why)};
}

}  // namespace

bool begins_with_tls(Encryption encryption, bool local) {
  if (encryption == Encryption::by_host) return !local;
  return encryption != Encryption::never;
}

Dialer::Dialer(const asio::any_io_executor& executor, std::shared_ptr<Site> site)
    : site_(std::move(site)),
      resolver_(executor),
      tcp_(std::make_shared<TcpConnector>(executor)),
      unix_(executor),
      socket_(executor),
      timer_(executor) {}

asio::awaitable<Dialer::Outcome> Dialer::dial(std::string why_only_tls, std::chrono::milliseconds limit) {
  timer_.expires_after(limit);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (error) return;
    self->timed_out_ = true;
    self->cancel();
  });
  Outcome outcome = co_await attempt(why_only_tls);
  timer_.cancel();
  if (timed_out_) {
    outcome =
        failure(shakes_hands_
                    ? "no answer to TLS; if it speaks none, tcp:// before the address goes without encryption"
                    : "no answer");
  }
  if (!outcome.link) cancel();
  co_return outcome;
}

asio::awaitable<Dialer::Outcome> Dialer::attempt(const std::string& why_only_tls) {
  const Encryption encryption = site_->address.encryption;
  error_code error = co_await connect();
  if (error) co_return failure(why_unreachable(error));
  Outcome outcome;
  if (begins_with_tls(encryption, is_local(socket_))) {
    outcome = co_await secure();
    if (!outcome.no_tls) co_return outcome;
    if (encryption == Encryption::always) {
      outcome = failure(outcome.why + "; with tcp:// before the address it goes without encryption");
      co_return outcome;
    }
    if (!why_only_tls.empty()) {
      outcome = failure(outcome.why + "; " + why_only_tls);
      co_return outcome;
    }
    error = co_await connect_again();
    if (error) co_return failure(why_unreachable(error));
  }
  outcome.link = std::make_shared<Link>(std::move(socket_), nullptr, std::string());
  co_return outcome;
}

/// TLS over the socket.
asio::awaitable<Dialer::Outcome> Dialer::secure() {
  auto begun = TlsSession::begin(site_->tls);
  if (!begun) co_return failure(begun.error().text);
  std::unique_ptr<TlsSession> session = *std::move(begun);
  std::string said;
  shakes_hands_ = true;
  const error_code error = co_await shake_hands(*session, said);
  Outcome outcome;
  switch (session->state()) {
    case TlsSession::State::open:
      shakes_hands_ = false;
      outcome.link = std::make_shared<Link>(std::move(socket_), std::move(session), std::move(said));
      break;
    case TlsSession::State::no_tls:
      shakes_hands_ = false;
      outcome.no_tls = true;
      outcome.why = session->why();
      break;
    case TlsSession::State::untrusted:
      outcome = failure(session->why(), Fault::untrusted);
      break;
    case TlsSession::State::greeting:
      outcome = failure("the connection broke in the handshake of TLS (" + why_unreachable(error) + ")");
      break;
    default:
      outcome = failure(session->why());
  }
  co_return outcome;
}

/// Until the handshake is over, or the connection.
asio::awaitable<error_code> Dialer::shake_hands(TlsSession& session, std::string& said) {
  std::array<char, std::size_t{4} * 1024> bytes{};
  for (;;) {
    const std::string output = session.take_output();
    const auto [unsent, sent] = co_await asio::async_write(socket_, asio::buffer(output), as_result);
    if (session.state() != TlsSession::State::greeting) co_return error_code();
    if (unsent) co_return unsent;
    const auto [error, count] = co_await socket_.async_read_some(asio::buffer(bytes), as_result);
    if (error && error != asio::error::eof) co_return error;
    if (error) session.end_of_input();
    session.receive({bytes.data(), count}, said);
  }
}

asio::awaitable<error_code> Dialer::connect() {
  error_code ignored;
  socket_.close(ignored);
  if (!site_->address.is_unix()) co_return co_await connect_tcp();
  const std::string& path = site_->address.path;
  // sockaddr_un has room for 108 bytes, the zero included (unix(7)).
  if (path.size() > 107) co_return asio::error::name_too_long;
  const asio::local::stream_protocol::endpoint endpoint(path);
  const auto [error] = co_await unix_.async_connect(endpoint, as_result);
  if (!error) socket_ = std::move(unix_);
  co_return error;
}

asio::awaitable<error_code> Dialer::connect_tcp() {
  const std::string port = std::to_string(site_->address.port);
  const auto [unresolved, found] = co_await resolver_.async_resolve(site_->address.host, port, as_result);
  if (unresolved) co_return unresolved;
  std::vector<TcpConnector::Endpoint> endpoints(found.begin(), found.end());
  co_return co_await connect_to(std::move(endpoints));
}

asio::awaitable<error_code> Dialer::connect_to(std::vector<TcpConnector::Endpoint> endpoints) {
  const error_code error = co_await tcp_->connect(std::move(endpoints), site_->tried, timer_.expiry());
  if (!error) socket_ = tcp_->take();
  co_return error;
}

/// To the address which has just been connected to: of another one nobody knows whether it has TLS.
asio::awaitable<error_code> Dialer::connect_again() {
  if (site_->address.is_unix() || !site_->tried) co_return co_await connect();
  error_code ignored;
  socket_.close(ignored);
  std::vector<TcpConnector::Endpoint> same(1, *site_->tried);
  co_return co_await connect_to(std::move(same));
}

void Dialer::cancel() {
  error_code ignored;
  resolver_.cancel();
  tcp_->cancel();
  unix_.close(ignored);
  socket_.close(ignored);
  timer_.cancel();
}

}  // namespace hubbub::client
