#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "server/net/tls.hpp"
#include "server/tools/self_signed.hpp"
#include "test/fuzz/house.hpp"

// Records of TLS and what else a connection may begin with, where TLS is offered and a proxy may be trusted.

namespace {

using namespace hubbub;
using fuzz::require;

/// A certificate, made once for the process.
struct Pair {
  Pair() {
    std::string name = (std::filesystem::temp_directory_path() / "hubbub-fuzz-XXXXXX").string();
    require(::mkdtemp(name.data()) != nullptr, "a folder");
    const auto made = tools::make_self_signed("localhost");
    require(made.has_value(), "a certificate");
    files = {.certificate = name + "/certificate.pem", .key = name + "/key.pem"};
    std::ofstream(files.certificate) << made->certificate;
    std::ofstream(files.key) << made->key;
    settings.certificates = {files};
    require(!tls.load(), "the certificate is loaded");
    std::filesystem::remove_all(name);
  }
  net::CertificateFiles files;
  net::Settings settings;
  net::Tls tls{settings};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ops::log::configure({.level = ops::log::Level::error});
  static Pair pair;
  if (size < 2) return 0;
  fuzz::House house;
  net::Protocols all{net::tls_protocol(pair.tls, house.protocols)};
  all.insert(all.end(), house.protocols.begin(), house.protocols.end());
  fuzz::Bystanders bystanders(house);
  fuzz::Peer stranger(house, all);
  fuzz::send_in_pieces(stranger, house, {reinterpret_cast<const char*>(data), size});
  bystanders.check();
  for (int i = 0; i < 8; ++i) house.turn.poll();
  require(pair.tls.handshakes().waiting() == 0, "every step of a handshake has had its turn");
  return 0;
}
