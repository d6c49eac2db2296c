#include "server/net/listener.hpp"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "protocol/json.hpp"
#include "server/net/admission.hpp"
#include "server/net/connection.hpp"
#include "server/net/peer.hpp"
#include "server/net/plain_stream.hpp"
#include "server/net/proxy_header.hpp"
#include "server/net/tls.hpp"
#include "server/net/turn.hpp"
#include "server/ops/log.hpp"

namespace hubbub::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using protocol::Code;
using protocol::Error;

constexpr std::chrono::milliseconds accept_pause{200};
// Connections accepted in one turn. Each takes some 30 µs.
constexpr int most_accepts = 64;
// Reads, of 4 KiB each, of what a peer that is turned away has sent.
constexpr int most_unread_reads = 16;

bool is_out_of_descriptors(const error_code& ec) {
  return ec == boost::system::errc::too_many_files_open ||
         ec == boost::system::errc::too_many_files_open_in_system;
}

/// Asio has no public type for these options. One that the kernel does not take keeps its default.
void set_tcp_option(Socket& socket, int name, int value) {
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, name, &value, sizeof value);
}

/// A dead peer that sends nothing is noticed within about two minutes (tcp(7)).
void tune_tcp(Socket& socket) {
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  set_tcp_option(socket, TCP_KEEPIDLE, 60);   // seconds
  set_tcp_option(socket, TCP_KEEPINTVL, 15);  // seconds
  set_tcp_option(socket, TCP_KEEPCNT, 4);
}

/// `pinned`: what alone is spoken inside; empty: anything.
Protocols with_tls(const Entrance& entrance, const Protocols& pinned, bool is_tls_alone) {
  Protocols all{tls_protocol(entrance.tls, pinned.empty() ? entrance.protocols : pinned)};
  all.front().pinned = is_tls_alone;
  if (!is_tls_alone) all.insert(all.end(), entrance.protocols.begin(), entrance.protocols.end());
  return all;
}

}  // namespace

void SpareDescriptor::give_up() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void SpareDescriptor::restore() {
  if (fd_ < 0) fd_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

Listener::Listener(asio::io_context& io, Entrance& entrance, Acceptor acceptor, SocketFile file,
                   const Spoken& spoken, std::optional<Office> office)
    : io_(io),
      entrance_(entrance),
      acceptor_(std::move(acceptor)),
      file_(std::move(file)),
      pinned_(pinned_to(entrance.protocols, spoken.protocol)),
      with_tls_(with_tls(entrance, pinned_, spoken.is_tls)),
      office_(std::move(office)),
      is_tls_(spoken.is_tls) {}

void Listener::start() {
  asio::co_spawn(io_, accept_loop(), asio::detached);
  if (office_) {
    ops::log::info("net", "operators are served at " + url());
  } else if (pinned_.empty()) {
    ops::log::info("net", "listening on " + url());
  } else {
    ops::log::info("net", "listening on " + url(), {{"protocol", pinned_.front().name}});
  }
}

void Listener::close() {
  if (!acceptor_.is_open()) return;
  file_.remove();
  error_code ignored;
  acceptor_.close(ignored);
}

bool Listener::is_local() const {
  boost::system::error_code ec;
  const auto endpoint = acceptor_.local_endpoint(ec);
  return !ec && is_loopback(endpoint);
}

std::string Listener::url() const {
  error_code ignored;
  const auto url = to_url(acceptor_.local_endpoint(ignored));
  return is_tls_ ? "tls" + url.substr(url.find(':')) : url;
}

asio::awaitable<void> Listener::accept_loop() {
  constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
  for (int accepts = 1; acceptor_.is_open(); ++accepts) {
    // Asio accepts the next one at once, as long as there are any: open connections would wait.
    if (accepts % most_accepts == 0) co_await next_turn();
    auto [ec, socket] = co_await acceptor_.async_accept(as_result);
    if (!acceptor_.is_open()) co_return;
    if (!ec) {
      spare_.restore();
      admit(std::move(socket));
    } else if (is_out_of_descriptors(ec)) {
      co_await back_off();
    } else if (ec != asio::error::connection_aborted) {
      ops::log::warning("net", "cannot accept", {{"reason", ec.message()}});
      co_await back_off();
    }
  }
}

asio::awaitable<void> Listener::next_turn() {
  const auto pause = std::make_shared<asio::steady_timer>(io_, never);
  entrance_.turn.later([pause] { pause->cancel(); });
  error_code ignored;
  co_await pause->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

// The connection that could not be accepted still waits in the kernel's queue and would wake the loop at
// once: it gets the spare descriptor, for as long as it takes to turn it away.
asio::awaitable<void> Listener::back_off() {
  if (spare_.is_there()) {
    spare_.give_up();
    error_code ec;
    Socket socket(io_);
    Endpoint peer;
    acceptor_.accept(socket, peer, ec);
    if (!ec) {
      entrance_.admission.note_refused("descriptors");
      turn_away(std::move(socket), peer, "descriptors",
                {Code::too_many_connections, "this server has run out of descriptors; try again later"});
    }
    spare_.restore();
    if (!ec && spare_.is_there()) co_return;
  }
  asio::steady_timer pause(io_, accept_pause);
  error_code ignored;
  co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  spare_.restore();
}

void Listener::admit(Socket socket) {
  error_code ec;
  const auto peer = socket.remote_endpoint(ec);
  if (ec) return;  // gone already
  // A proxy's own address says nothing: the one that it tells is counted (see ProxyPreface).
  const bool is_proxy = is_within(entrance_.settings.trusted_proxies, peer);
  const auto address = is_proxy ? std::string() : address_key(peer);
  auto pass = pass_for(socket, address);
  if (!pass && office_) {
    return turn_away(std::move(socket), peer, "no operator",
                     {Code::denied,
                      "this socket is for the operators of the server: root, its user, and "
                      "the group server.ctl_group"});
  }
  if (!pass) {
    return turn_away(std::move(socket), peer, entrance_.admission.reason(),
                     {Code::too_many_connections, std::string(entrance_.admission.refusal())});
  }
  socket.non_blocking(true, ec);
  if (ec) return;
  if (is_tcp(peer)) tune_tcp(socket);
  const auto number = entrance_.next_number++;
  entrance_.admission.log().connected(address, entrance_.turn.now().steady,
                                      {{"connection", number}, {"address", to_url(peer)}});
  const auto connection =
      open_connection(std::move(socket), entrance_.turn, entrance_.settings,
                      AdmittedPeer(std::move(*pass), peer, number, entrance_.turn.now().steady));
  if (is_proxy && !office_) {
    connection->start(std::make_unique<ProxyPreface>(*connection, entrance_.admission, spoken()));
  } else {
    connection->start(std::make_unique<Sniffer>(*connection, spoken()));
  }
}

/// Nothing: the connection is to be turned away.
std::optional<Admission::Pass> Listener::pass_for(Socket& socket, const std::string& address) {
  if (!office_) return entrance_.admission.admit(address, entrance_.turn.now().steady);
  if (!office_->keepers.admit(socket.native_handle())) return std::nullopt;
  return entrance_.admission.admit_operator();
}

const Protocols& Listener::spoken() const {
  if (office_) return office_->protocols;
  const bool takes_tls = is_tls_ || (pinned_.empty() && entrance_.tls.is_offered());
  if (takes_tls) return with_tls_;
  return pinned_.empty() ? entrance_.protocols : pinned_;
}

// One line, in the peer's format if its first byte is here already, else as plain text. `reason` is for the
// log.
void Listener::turn_away(Socket socket, const Endpoint& peer, std::string_view reason, Error error) {
  error_code ignored;
  socket.non_blocking(true, ignored);
  char first = 0;
  const auto n = socket.receive(asio::buffer(&first, 1), asio::socket_base::message_peek, ignored);
  std::string line;
  if (office_ || (n == 1 && first == '{')) {
    protocol::encode({.body = protocol::event::Bye{std::move(error)}, .ref = {}}, line);
  } else {
    line.append(to_string(error.code)).append(": ").append(error.text).append("\n");
  }
  socket.write_some(asio::buffer(line), ignored);
  socket.shutdown(Socket::shutdown_send, ignored);
  // With unread input, closing would reset the connection and could take the line with it. The number of
  // reads is limited, so that a peer that sends without end does not keep others waiting.
  std::array<char, 4096> unread;
  int reads = 0;
  while (reads < most_unread_reads && socket.read_some(asio::buffer(unread), ignored) == unread.size()) {
    ++reads;
  }
  entrance_.turned_away.note(address_key(peer).append(1, '\n').append(reason), entrance_.turn.now().steady,
                             {{"address", to_url(peer)}, {"reason", reason}});
}

}  // namespace hubbub::net
