#include "server/net/tls_stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <utility>

#include "server/net/connection.hpp"
#include "server/net/turn.hpp"

namespace hubbub::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Of a record's content (RFC 8446, 5.1).
constexpr std::size_t most_at_once = std::size_t{16} * 1024;

/// A peer's input that ended without close_notify; OpenSSL's own codes are never negative.
constexpr int cut_off = -1;
/// One who sends messages of TLS itself, over and over.
constexpr int without_text = -2;

bool is_for_now(const error_code& ec) {
  return ec == asio::error::would_block || ec == asio::error::try_again || ec == asio::error::interrupted;
}

// Boost gives its categories no virtual destructor, since they live for ever.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class Category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "tls"; }
  std::string message(int value) const override {
    if (value == cut_off) return "TLS: cut off without close_notify";
    if (value == without_text) return "TLS: too many messages without text";
    const auto* const reason = ERR_reason_error_string(static_cast<unsigned long>(value));
    return std::string("TLS: ") + (reason != nullptr ? reason : "protocol error");
  }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& tls_category() {
  static const Category category;
  return category;
}

/// What OpenSSL reads from and writes to: the socket, and during the handshake what the loop has received and
/// will send, since the sums are done beside it.
struct TlsStream::Below {
  static TlsStream& of(BIO* bio) { return *static_cast<TlsStream*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* place, std::size_t size, std::size_t* count) {
    auto& self = of(bio);
    BIO_clear_retry_flags(bio);
    if (!self.received_.empty()) {
      *count = self.received_.copy(place, size);
      self.received_.erase(0, *count);
      if (self.received_.empty()) self.received_.shrink_to_fit();
      return 1;
    }
    if (!self.ready_) {
      BIO_set_retry_read(bio);
      return 0;
    }
    error_code ec;
    *count = self.below_.read_some({place, size}, ec);
    if (!ec) return 1;
    self.is_starved_ = is_for_now(ec);
    self.is_starved_ ? BIO_set_retry_read(bio) : void(self.failed_ = ec);
    return 0;
  }

  static int write(BIO* bio, const char* bytes, std::size_t size, std::size_t* count) {
    auto& self = of(bio);
    BIO_clear_retry_flags(bio);
    if (!self.ready_) {
      self.to_send_.append(bytes, size);
      *count = size;
      return 1;
    }
    error_code ec;
    *count = self.below_.write_some({bytes, size}, ec);
    if (!ec) return 1;
    is_for_now(ec) ? BIO_set_retry_write(bio) : void(self.failed_ = ec);
    return 0;
  }

  static long control(BIO* /*bio*/, int command, long /*number*/, void* /*data*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  static BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
      auto* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "stream");
      BIO_meth_set_read_ex(method, read);
      BIO_meth_set_write_ex(method, write);
      BIO_meth_set_ctrl(method, control);
      return method;
    }();
    return made;
  }
};

TlsStream::TlsStream(PlainStream& below, std::shared_ptr<const Certificates> certificates,
                     ops::WorkQueue& handshakes, std::string_view first)
    : below_(below),
      certificates_(std::move(certificates)),
      handshakes_(handshakes),
      received_(first),
      session_(certificates_->accept()) {
  auto* const bio = session_ ? BIO_new(Below::method()) : nullptr;
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(session_.get(), bio, bio);  // which owns it
}

TlsStream::~TlsStream() = default;

std::string_view TlsStream::version() const { return SSL_get_version(session_.get()); }
std::string_view TlsStream::cipher() const { return SSL_get_cipher_name(session_.get()); }

/// What has become of a call that returned `result`; `waits`: for what the next such call waits.
error_code TlsStream::error_of(int result, Waits& waits) const {
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_NONE:
      return {};
    case SSL_ERROR_WANT_READ:
      waits = Waits::to_read;
      return asio::error::would_block;
    case SSL_ERROR_WANT_WRITE:
      waits = Waits::to_write;
      return asio::error::would_block;
    case SSL_ERROR_ZERO_RETURN:
      return asio::error::eof;
    default:
      if (failed_ && failed_ != asio::error::eof) return failed_;
      const auto code = ERR_peek_last_error();
      if (failed_ || code == 0) return {cut_off, tls_category()};
      return {static_cast<int>(code), tls_category()};
  }
}

std::size_t TlsStream::read_some(std::span<char> place, error_code& ec) {
  if (!ready_) {
    if (is_shut_) return below_.read_some(place, ec);
    ec = refused_ ? refused_ : failed_;
    if (!ec && (!is_agreed_ || !to_send_.empty())) ec = asio::error::would_block;
    ready_ = has_more_ = !ec;
    if (ready_) agreed();
    return 0;
  }
  ERR_clear_error();
  std::size_t count = 0;
  is_starved_ = false;
  const int result = SSL_read_ex(session_.get(), place.data(), place.size(), &count);
  ec = after_read(result, count);
  return ec ? 0 : count;
}

/// The handshake is over, and has been sent.
void TlsStream::agreed() {
  certificates_.reset();
  // OpenSSL's macro for the argument has a cast in the old style.
  SSL_ctrl(session_.get(), SSL_CTRL_SET_MSG_CALLBACK_ARG, 0, this);
  SSL_set_msg_callback(session_.get(), [](int is_written, int /*version*/, int type, const void* /*message*/,
                                          std::size_t /*size*/, SSL* /*session*/, void* stream) {
    if (is_written == 0 && type == SSL3_RT_HANDSHAKE) ++static_cast<TlsStream*>(stream)->without_text_;
  });
}

/// A read ends when all records that were kept had no text, and further ones may be in the socket; a part of
/// a record, which may never become whole, is nothing to read. Messages of TLS itself, such as new keys, cost
/// the loop much, and are needed once in millions of records at most (RFC 8446, 5.5).
error_code TlsStream::after_read(int result, std::size_t count) {
  constexpr std::uint32_t most_without_text = 16;
  constexpr std::uint64_t text_for_another = std::uint64_t{64} * 1024;  // bytes
  const auto ec = error_of(result, reading_);
  text_bytes_ += count;
  if (without_text_ > most_without_text + text_bytes_ / text_for_another)
    return {without_text, tls_category()};
  has_more_ = ec ? ec == asio::error::would_block && reading_ == Waits::to_read && !is_starved_ : has_kept();
  return ec;
}

std::size_t TlsStream::write_some(std::string_view bytes, error_code& ec) {
  ERR_clear_error();
  std::size_t written = 0;
  ec = {};
  if (!ready_ && !bytes.empty()) ec = asio::error::not_connected;
  if (ec) return 0;
  while (written < bytes.size()) {
    const auto piece = bytes.substr(written, most_at_once);
    std::size_t count = 0;
    ec = error_of(SSL_write_ex(session_.get(), piece.data(), piece.size(), &count), writing_);
    if (ec) break;
    written += count;
  }
  if (written > 0 && ec == asio::error::would_block) ec = {};
  return written;
}

std::string_view TlsStream::agreed_protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(session_.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

// --- reading

template <class Done>
void TlsStream::wait_to_read(Done done) {
  waits_to_read_ = true;
  auto read = [this, done = std::move(done)](const error_code& ec) {
    waits_to_read_ = false;
    done(ec);
  };
  if (ready_ && has_more_) {
    asio::post(below_.socket().get_executor(), [read = std::move(read)] { read(error_code()); });
  } else {
    below_.socket().async_wait(reading_ == Waits::to_read ? Socket::wait_read : Socket::wait_write,
                               std::move(read));
  }
}

void TlsStream::wait_readable(ConnectionPtr connection) {
  auto then = [connection](const error_code& ec) { connection->on_readable(ec); };
  is_shaking_hands() ? shake_hands(std::move(connection), std::move(then)) : wait_to_read(std::move(then));
}

void TlsStream::read_when_ready(std::span<char> place, ConnectionPtr connection) {
  auto then = [this, place, connection](error_code ec) {
    const auto count = ec ? 0 : read_some(place, ec);
    connection->on_read(ec, count);
  };
  is_shaking_hands() ? shake_hands(std::move(connection), std::move(then)) : wait_to_read(std::move(then));
}

/// One step of the handshake: what it has to send is sent, or else what comes is received and the sums for it
/// are done.
void TlsStream::shake_hands(ConnectionPtr connection, Then then) {
  if (to_send_.empty() && !received_.empty()) return do_sums(connection, std::move(then));
  below_.socket().async_wait(
      to_send_.empty() ? Socket::wait_read : Socket::wait_write,
      [this, connection = std::move(connection), then = std::move(then)](const error_code& ec) {
        if (!ec && is_shaking_hands()) to_send_.empty() ? receive(connection->turn().input()) : send();
        if (ec || received_.empty()) return then(ec);
        do_sums(connection, then);
      });
}

void TlsStream::do_sums(const ConnectionPtr& connection, Then then) {
  is_stepping_ = true;
  const auto& address = connection->peer().address();
  handshakes_.push(address, {.is_wanted = [connection] { return connection->is_open(); },
                             .work =
                                 [this] {
                                   ERR_clear_error();
                                   const auto ec = error_of(SSL_do_handshake(session_.get()), reading_);
                                   is_agreed_ = !ec;
                                   if (ec != asio::error::would_block) refused_ = ec;
                                 },
                             .done =
                                 [this, then = std::move(then)] {
                                   is_stepping_ = false;
                                   send();
                                   then(error_code());
                                 }});
}

void TlsStream::receive(std::span<char> place) {
  error_code ec;
  const auto count = below_.read_some(place.first(std::min(place.size(), most_at_once)), ec);
  received_.append(place.data(), count);
  if (ec == asio::error::eof) refused_ = {cut_off, tls_category()};
  if (ec && ec != asio::error::eof && !is_for_now(ec)) failed_ = ec;
}

/// A peer that is gone once both sides have agreed misses a ticket, and may have sent something before.
void TlsStream::send() {
  error_code ec;
  const auto count = to_send_.empty() ? 0 : below_.write_some(to_send_, ec);
  to_send_.erase(0, count);
  if (ec && !is_for_now(ec)) {
    to_send_.clear();
    if (!is_agreed_) failed_ = ec;
  }
  if (to_send_.empty()) to_send_.shrink_to_fit();
}

bool TlsStream::has_kept() const { return !received_.empty() || SSL_has_pending(session_.get()) == 1; }

void TlsStream::wait_writable(ConnectionPtr connection) {
  below_.socket().async_wait(
      writing_ == Waits::to_write ? Socket::wait_write : Socket::wait_read,
      [connection = std::move(connection)](const error_code& ec) { connection->on_writable(ec); });
}

/// During the handshake none that the loop could read now.
bool TlsStream::has_input() {
  if (is_shaking_hands() && (is_stepping_ || !to_send_.empty())) return false;
  return (ready_ && has_more_) || below_.has_input();
}

/// Looking into the records takes them from the socket, for whose input a wait may be under way, which would
/// then not end: so while one is, a line feed stands for whatever has come.
std::string_view TlsStream::peek(std::span<char> place) {
  if (!ready_ || place.empty()) return {};
  if (waits_to_read_) {
    place.front() = '\n';
    return {place.data(), has_input() ? std::size_t{1} : std::size_t{0}};
  }
  ERR_clear_error();
  std::size_t count = 0;
  is_starved_ = false;
  const auto ec = after_read(SSL_peek_ex(session_.get(), place.data(), place.size(), &count), 0);
  has_more_ = has_more_ || (ec && ec != asio::error::would_block);  // which the next read is to tell
  return {place.data(), count};
}

bool TlsStream::shut_down() {
  ERR_clear_error();
  // Not until close_notify is out: without it the peer could not tell the end from one that was cut off.
  const int done = ready_ ? SSL_shutdown(session_.get()) : 1;
  if (done < 0 && error_of(done, writing_) == asio::error::would_block && writing_ == Waits::to_write)
    return false;
  is_shut_ = true;
  return below_.shut_down();
}

}  // namespace hubbub::net
