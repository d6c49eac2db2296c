#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/net/tls.hpp"
#include "server/ops/worker.hpp"
#include "server/tools/self_signed.hpp"
#include "test/fuzz/house.hpp"

// Records of TLS and what else a connection may begin with, where TLS is offered and a proxy may be trusted.

namespace {

using namespace hubbub;
using fuzz::require;

/// A file without a name, which is there as long as the program.
std::string file_with(const std::string& content) {
  const int descriptor = ::memfd_create("fuzz_tls", MFD_CLOEXEC);
  require(::write(descriptor, content.data(), content.size()) == static_cast<ssize_t>(content.size()),
          "a file is written");
  return "/proc/self/fd/" + std::to_string(descriptor);
}

net::Settings with_certificate() {
  const auto made = tools::make_self_signed("localhost");
  require(made.has_value(), "a certificate");
  net::Settings settings;
  settings.certificates = {{.certificate = file_with(made->certificate), .key = file_with(made->key)}};
  return settings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ops::log::configure({.level = ops::log::Level::error});
  static const net::Settings settings = with_certificate();
  if (size < 2) return 0;
  fuzz::House house;
  ops::Worker worker(house.io);
  net::Tls tls(settings, worker);
  require(!tls.load(), "the certificate is loaded");
  net::Protocols all{net::tls_protocol(tls, house.protocols)};
  all.insert(all.end(), house.protocols.begin(), house.protocols.end());
  fuzz::Bystanders bystanders(house);
  fuzz::Peer stranger(house, all);
  fuzz::send_in_pieces(stranger, house, {reinterpret_cast<const char*>(data), size});
  bystanders.check();
  for (int i = 0; i < 8; ++i) house.turn.poll();
  require(worker.under_way() + tls.handshakes().waiting() == 0, "every step of a handshake has had its turn");
  return 0;
}
