#include "server/journal/shared/etcd_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <cctype>
#include <utility>

#include "protocol/system.hpp"

namespace hubbub::journal::shared::etcd {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using protocol::Code;
using protocol::Error;

namespace {

Error unusable(const std::string& file, const std::string& why) {
  return {Code::denied, "cannot use " + file + ": " + why};
}

/// In the system's words, as a clause.
std::string clause_of(const error_code& error) {
  if (error == asio::error::host_not_found || error == asio::error::host_not_found_try_again)
    return "no such host is known";
  std::string text = error.message();
  if (!text.empty()) text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
  return text;
}

/// Reads one of the files, which must be there.
template <class Use>
std::optional<Error> use_file(const std::string& file, const std::string& what, const Use& use) {
  if (const auto why = protocol::unreadable(file); !why.empty()) return unusable(file, why);
  error_code error;
  use(error);
  if (error) return unusable(file, "it is no " + what + " (" + error.message() + ")");
  return std::nullopt;
}

std::optional<Error> load(ssl::context& context, const ClusterSettings& settings) {
  error_code error;
  if (settings.ca_file.empty()) {
    context.set_default_verify_paths(error);
    if (error) return Error{Code::denied, "cannot use the system's authorities: " + error.message()};
  } else if (auto why = use_file(settings.ca_file, "list of certificates in PEM", [&](error_code& failed) {
               context.load_verify_file(settings.ca_file, failed);
             })) {
    return why;
  }
  if (settings.certificate_file.empty()) return std::nullopt;
  if (auto why = use_file(
          settings.certificate_file, "certificate in PEM, with its chain behind it",
          [&](error_code& failed) { context.use_certificate_chain_file(settings.certificate_file, failed); }))
    return why;
  return use_file(settings.key_file, "private key in PEM of " + settings.certificate_file,
                  [&](error_code& failed) {
                    context.use_private_key_file(settings.key_file, ssl::context::pem, failed);
                  });
}

}  // namespace

protocol::Result<TlsContext> make_tls(const ClusterSettings& settings) {
  bool is_needed = false;
  for (const auto& engine : settings.engines) is_needed = is_needed || engine.is_tls;
  if (!is_needed) return TlsContext();
  const auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  auto* const handle = context->native_handle();
  if (SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION) != 1)
    return Error{Code::denied, "cannot use OpenSSL"};
  SSL_CTX_set_options(handle, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Each certificate of the file is trusted, also one that another has signed.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(handle), X509_V_FLAG_PARTIAL_CHAIN);
  // No passphrase: OpenSSL would ask for it at a terminal.
  error_code ignored;
  context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); },
                                 ignored);
  context->set_verify_mode(ssl::verify_peer, ignored);
  if (auto error = load(*context, settings)) return *std::move(error);
  return context;
}

/// Of a name, in a thread of Asio's own, which cannot be called back. So it is left alone when it takes too
/// long.
struct Stream::Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), over(executor) {
    over.expires_at(asio::steady_timer::time_point::max());
  }
  tcp::resolver resolver;
  asio::steady_timer over;
  error_code error = asio::error::operation_aborted;
  Endpoints found;
  bool is_over = false;
};

struct Stream::Tls {
  Tls(tcp::socket& socket, ssl::context& context) : stream(socket, context) {}
  ssl::stream<tcp::socket&> stream;
};

Stream::Stream(const asio::any_io_executor& executor, EngineAddress address, TlsContext tls)
    : address_(std::move(address)), context_(std::move(tls)), socket_(executor) {}

Stream::~Stream() = default;

asio::awaitable<std::string> Stream::open() {
  tls_.reset();
  const auto error = co_await connect();
  if (error) {
    close();
    co_return clause_of(error);
  }
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);  // for is_stale()
  if (!address_.is_tls) co_return std::string();
  auto why = co_await secure();
  if (!why.empty()) close();
  co_return why;
}

asio::awaitable<error_code> Stream::connect() {
  error_code error;
  const auto numeric = asio::ip::make_address(address_.host, error);
  if (!error) {
    const auto [failed] = co_await socket_.async_connect(tcp::endpoint(numeric, address_.port), as_result);
    co_return failed;
  }
  const auto lookup = std::make_shared<Lookup>(socket_.get_executor());
  lookup_ = lookup;
  lookup->resolver.async_resolve(address_.host, std::to_string(address_.port), tcp::resolver::numeric_service,
                                 [lookup](const error_code& failed, Endpoints found) {
                                   lookup->error = failed;
                                   lookup->found = std::move(found);
                                   lookup->is_over = true;
                                   lookup->over.cancel();
                                 });
  const auto [woken] = co_await lookup->over.async_wait(as_result);
  static_cast<void>(woken);
  lookup_.reset();
  if (!lookup->is_over) co_return asio::error::operation_aborted;
  if (lookup->error) co_return lookup->error;
  const auto [failed, endpoint] = co_await asio::async_connect(socket_, lookup->found, as_result);
  co_return failed;
}

asio::awaitable<std::string> Stream::secure() {
  tls_ = std::make_unique<Tls>(socket_, *context_);
  auto& stream = tls_->stream;
  error_code error;
  stream.set_verify_callback(ssl::host_name_verification(address_.host), error);
  asio::ip::make_address(address_.host, error);
  // SNI is for names alone (RFC 6066, 3). OpenSSL's macro for it has a cast in the old style.
  if (error) {
    auto host = address_.host;
    SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data());
  }
  const auto [failed] = co_await stream.async_handshake(ssl::stream_base::client, as_result);
  if (!failed) co_return std::string();
  const auto verified = SSL_get_verify_result(stream.native_handle());
  if (verified == X509_V_OK) co_return "TLS has failed (" + clause_of(failed) + ')';
  const std::string why = X509_verify_cert_error_string(verified);
  co_return "its certificate is not accepted (" + why + ')';
}

asio::awaitable<Stream::Moved> Stream::write(std::string_view head, std::string_view body) {
  const std::array<asio::const_buffer, 2> bytes{asio::buffer(head.data(), head.size()),
                                                asio::buffer(body.data(), body.size())};
  if (tls_) {
    const auto [error, count] = co_await asio::async_write(tls_->stream, bytes, as_result);
    co_return Moved{error, count};
  }
  const auto [error, count] = co_await asio::async_write(socket_, bytes, as_result);
  co_return Moved{error, count};
}

asio::awaitable<Stream::Moved> Stream::read_some(std::span<char> place) {
  const auto bytes = asio::buffer(place.data(), place.size());
  if (tls_) {
    const auto [error, count] = co_await tls_->stream.async_read_some(bytes, as_result);
    co_return Moved{error, count};
  }
  const auto [error, count] = co_await socket_.async_read_some(bytes, as_result);
  co_return Moved{error, count};
}

bool Stream::is_stale() {
  error_code error;
  std::array<char, 1> byte{};
  socket_.receive(asio::buffer(byte), tcp::socket::message_peek, error);
  return error != asio::error::would_block;
}

void Stream::close() {
  if (lookup_) {
    lookup_->resolver.cancel();
    lookup_->over.cancel();
  }
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace hubbub::journal::shared::etcd
