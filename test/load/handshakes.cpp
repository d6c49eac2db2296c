#include "test/load/handshakes.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <new>
#include <stdexcept>

namespace hubbub::load {

namespace {

/// Enough for all that come within two messages.
constexpr std::size_t most_prepared = 8;
/// A server that lets so many wait does not keep up.
constexpr std::size_t most_under_way = 1000;

}  // namespace

Handshakes::Handshakes(std::uint16_t port, std::size_t rate)
    : port_(port), interval_(Time::duration(std::chrono::seconds(1)) / static_cast<long>(rate)) {}

void Handshakes::turn(Time now, bool quiet) {
  if (interval_start_ == Time()) interval_start_ = due_ = now;
  while (due_ <= now) {
    begin();
    interval_start_ += interval_;
    due_ = interval_start_ + Time::duration(static_cast<long>(random_()) % interval_.count());
  }
  for (Client& client : under_way_) hear(client);
  std::erase_if(under_way_, [](const Client& client) { return !client.socket.is_open(); });
  if (!quiet) return;
  // One sum in a turn, since it may be over with the quiet.
  const auto next = std::ranges::find_if(under_way_, [](const Client& each) { return !each.unread.empty(); });
  if (next != under_way_.end()) {
    think(*next);
  } else if (prepared_.size() < most_prepared) {
    prepared_.push_back(prepared());
  }
}

/// A client that knows what it will say first.
Handshakes::Client Handshakes::prepared() const {
  Client client;
  client.session = tls_.session();
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  if (in == nullptr || out == nullptr) throw std::bad_alloc();
  BIO_set_mem_eof_return(in, -1);
  SSL_set_bio(client.session.get(), in, out);  // which owns them
  SSL_do_handshake(client.session.get());
  return client;
}

void Handshakes::begin() {
  if (under_way_.size() >= most_under_way)
    throw std::runtime_error("the server does not get handshakes done");
  if (prepared_.empty()) prepared_.push_back(prepared());
  Client& client = prepared_.front();
  client.socket = Socket::make();
  client.socket.connect(port_);
  send(client);
  under_way_.splice(under_way_.end(), prepared_, prepared_.begin());
}

/// Sends what the session has to say. It is little, and the socket is new, so it takes all.
void Handshakes::send(Client& client) {
  std::array<char, 4096> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  int count = 0;
  while ((count = BIO_read(SSL_get_wbio(client.session.get()), bytes.data(), bytes.size())) > 0) {
    client.socket.write({bytes.data(), static_cast<std::size_t>(count)});
  }
}

void Handshakes::hear(Client& client) {
  std::array<char, 4096> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const ssize_t count = client.socket.read(bytes.data(), bytes.size());
  if (count == Socket::nothing_yet) return;
  if (count == 0) {
    if (!client.parting) throw std::runtime_error("the server closes before a handshake is done");
    ++done_;
    client.socket.close();
  } else if (!client.parting) {
    // Whatever comes when it parts, tickets among it, is of no use.
    client.unread.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

void Handshakes::think(Client& client) {
  SSL* const session = client.session.get();
  BIO_write(SSL_get_rbio(session), client.unread.data(), static_cast<int>(client.unread.size()));
  client.unread.clear();
  const int result = SSL_do_handshake(session);
  if (result != 1 && SSL_get_error(session, result) != SSL_ERROR_WANT_READ) {
    const auto* const reason = ERR_reason_error_string(ERR_peek_last_error());
    throw std::runtime_error(std::string("a handshake fails: ") + (reason != nullptr ? reason : "no reason"));
  }
  if (result == 1) {
    client.parting = true;
    SSL_shutdown(session);
  }
  send(client);
  if (client.parting) ::shutdown(client.socket.descriptor(), SHUT_WR);
}

}  // namespace hubbub::load
