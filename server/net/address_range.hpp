#pragma once

#include <array>
#include <string>
#include <string_view>

#include "protocol/error.hpp"

namespace hubbub::net {

/// An address in 16 bytes: IPv6, or IPv4 mapped into it (RFC 4291, 2.5.5.2).
using AddressBytes = std::array<unsigned char, 16>;

/// Addresses that begin with the same bits, such as "10.0.0.0/8", "2001:db8::/32" and "192.0.2.7"; or "unix",
/// all peers of unix sockets.
class AddressRange {
 public:
  /// Error: the end of a sentence that begins with the text.
  static protocol::Result<AddressRange> parse(std::string_view text);

  bool contains(const AddressBytes& address) const;
  bool is_unix() const { return bits_ < 0; }
  const std::string& text() const { return text_; }
  bool operator==(const AddressRange&) const = default;

 private:
  AddressRange(std::string_view text, const AddressBytes& first, int bits)
      : text_(text), first_(first), bits_(bits) {}

  std::string text_;
  AddressBytes first_;
  int bits_;  ///< that count, of 128; negative: unix sockets
};

}  // namespace hubbub::net
