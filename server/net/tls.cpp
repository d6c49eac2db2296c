#include "server/net/tls.hpp"

#include <algorithm>
#include <utility>

#include "server/net/plain_stream.hpp"
#include "server/net/tls_stream.hpp"
#include "server/net/turn.hpp"
#include "server/ops/log.hpp"

namespace hubbub::net {
namespace {

namespace log = ops::log;

constexpr std::chrono::minutes between_looks{1};
constexpr std::chrono::hours between_keys{24};
constexpr std::chrono::days days_to_warn{14};

std::chrono::sys_days today() {
  return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

/// Lets a connection become one over TLS, and hands over to who finds out what is spoken inside.
class Handshake final : public Handler {
 public:
  Handshake(Connection& connection, Tls& tls, const Protocols& inside)
      : connection_(connection),
        tls_(tls),
        inside_(inside),
        deadline_(connection.turn().now().steady + Tls::patience) {}

  std::size_t on_input(std::string_view bytes) override;
  bool reads_lines() const override { return false; }
  bool on_end(std::string_view /*rest*/) override {
    connection_.close();
    return true;
  }
  Time deadline() const override { return deadline_; }
  void on_deadline(Time /*now*/) override {
    is_late_ = true;
    deadline_ = never;
    connection_.close();
  }
  bool takes_lines() const override { return false; }
  std::string_view reason() const override { return is_late_ ? "tls_timeout" : ""; }

 private:
  Connection& connection_;
  Tls& tls_;
  const Protocols& inside_;
  TlsStream* stream_ = nullptr;  ///< the connection's, once it has begun
  Time deadline_;
  bool is_late_ = false;
};

std::size_t Handshake::on_input(std::string_view bytes) {
  if (!tls_.is_offered()) {  // the operator has taken the certificates out since it was accepted
    connection_.close();
    return bytes.size();
  }
  if (stream_ == nullptr && is_tls(bytes) == Verdict::no) {  // at an address where TLS alone is spoken
    connection_.write(protocol::make_bytes("this server speaks TLS alone here; connect with it\n"));
    connection_.close();
    return bytes.size();
  }
  if (stream_ == nullptr) {
    auto stream = std::make_unique<TlsStream>(dynamic_cast<PlainStream&>(connection_.stream()),
                                              tls_.certificates(), tls_.handshakes(), bytes);
    stream_ = stream.get();
    connection_.secure(std::move(stream));
    return bytes.size();
  }
  if (!stream_->is_ready()) return 0;
  deadline_ = never;
  log::debug("net", "secured",
             {{"connection", connection_.peer().number()},
              {"version", stream_->version()},
              {"cipher", stream_->cipher()}});
  const auto agreed = stream_->agreed_protocol();
  const auto found = std::find_if(inside_.begin(), inside_.end(), [&](const Protocol& protocol) {
    return !agreed.empty() && protocol.agreed_name == agreed;
  });
  if (found == inside_.end()) {
    connection_.become(std::make_unique<Sniffer>(connection_, inside_));
  } else {
    connection_.speaks(found->name);
    connection_.become(found->make(connection_, found->pinned));
  }
  return 0;
}

}  // namespace

// --- certificates

std::optional<protocol::Error> Tls::load() {
  auto error = read();
  if (!error) {
    told_expiry_.reset();
    tell_expiry();
  }
  return error;
}

std::optional<protocol::Error> Tls::read() {
  times_ = FileTimes(settings_.certificates);
  if (settings_.certificates.empty()) {
    certificates_ = nullptr;
    return std::nullopt;
  }
  auto loaded = Certificates::load(settings_.certificates);
  if (!loaded) return loaded.error();
  certificates_ = *std::move(loaded);
  renewed_at_ = never;
  return std::nullopt;
}

void Tls::look(Time now) {
  if (settings_.certificates.empty() || now < looked_at_ + between_looks) return;
  looked_at_ = now;
  tell_expiry();
  renewed_at_ = std::min(renewed_at_, now);
  const bool is_as_before = FileTimes(settings_.certificates) == times_;
  if (is_as_before && now < renewed_at_ + between_keys) return;
  if (const auto error = is_as_before ? read() : load()) {
    renewed_at_ = now;
    log::error("net", "the certificates stay as they were", {{"reason", error->text}});
  } else if (is_as_before) {
    log::debug("net", "keys of session tickets renewed");
  } else {
    log::info("net", "certificates read again");
  }
}

/// Once a day.
void Tls::tell_expiry() {
  if (!certificates_ || std::exchange(told_expiry_, today()) == today()) return;
  const auto now = std::chrono::system_clock::now();
  for (const auto& each : certificates_->validities()) {
    const auto left = std::chrono::floor<std::chrono::days>(each.end - now);
    if (left >= days_to_warn) continue;
    log::warning("net", left.count() < 0 ? "a certificate has expired" : "a certificate expires soon",
                 {{"file", each.file}, {"days", std::int64_t{left.count()}}});
  }
}

Verdict is_tls(std::string_view bytes) { return begins_with(bytes, "\x16\x03"); }

Protocol tls_protocol(Tls& tls, const Protocols& inside) {
  return {.name = "tls",
          .recognises = is_tls,
          .make = [&tls, &inside](
                      Connection& connection,
                      bool /*pinned*/) { return std::make_unique<Handshake>(connection, tls, inside); },
          .is_likely = [](std::string_view bytes) { return bytes.starts_with('\x16'); }};
}

}  // namespace hubbub::net
