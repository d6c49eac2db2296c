#include "server/net/address_range.hpp"

#include <boost/asio/ip/address.hpp>
#include <optional>

#include "protocol/text.hpp"
#include "server/net/peer.hpp"

namespace hubbub::net {
namespace {

namespace ip = boost::asio::ip;

constexpr int all_bits = 128;
constexpr int bits_before_v4 = 96;
constexpr int bits_of_byte = 8;

/// Whether the first `bits` are the same.
bool agree(const AddressBytes& a, const AddressBytes& b, int bits) {
  std::size_t byte = 0;
  for (; bits >= bits_of_byte; bits -= bits_of_byte, ++byte)
    if (a.at(byte) != b.at(byte)) return false;
  return bits == 0 || ((a.at(byte) ^ b.at(byte)) >> (bits_of_byte - bits)) == 0;
}

}  // namespace

protocol::Result<AddressRange> AddressRange::parse(std::string_view text) {
  using protocol::Code;
  using protocol::Error;
  if (text == "unix") return AddressRange(text, {}, -1);
  const auto slash = text.find('/');
  boost::system::error_code ec;
  const auto address = ip::make_address(std::string(text.substr(0, slash)), ec);
  if (ec || (address.is_v6() && address.to_v6().scope_id() != 0)) {
    return Error{Code::bad_request,
                 R"(is no address; write one such as "192.0.2.7", "10.0.0.0/8", "2001:db8::/32" or "unix")"};
  }
  const auto before = address.is_v4() ? bits_before_v4 : 0;
  auto named = std::optional(all_bits - before);
  if (slash != std::string_view::npos) named = protocol::number_in<int>(text.substr(slash + 1));
  const auto bits = before + named.value_or(-1);
  if (named && *named >= 0 && bits < bits_before_v4 &&
      agree(address_bytes(address), address_bytes(ip::address_v4()), bits)) {
    return Error{Code::bad_request, "has all IPv4 addresses in it; write 0.0.0.0/0 if that is what you want"};
  }
  if (!named || *named < 0 || bits > all_bits) {
    return Error{Code::bad_request, "has no number of bits behind the slash; an address of its kind has " +
                                        std::to_string(all_bits - before)};
  }
  return AddressRange(text, address_bytes(address), bits);
}

bool AddressRange::contains(const AddressBytes& address) const {
  return !is_unix() && agree(first_, address, bits_);
}

}  // namespace hubbub::net
