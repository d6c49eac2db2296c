#include <cstddef>
#include <cstdint>
#include <string_view>

#include "test/fuzz/house.hpp"

// Bytes from a stranger, through the sniffing, the front end that it chooses, the hub and its rooms, and out
// again to the stranger and to two bystanders, one of each format. The first byte of the input says how the
// rest is cut into segments.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hubbub;
  ops::log::configure({.level = ops::log::Level::error});
  if (size == 0) return 0;
  fuzz::House house;
  fuzz::Bystanders bystanders(house);
  fuzz::Peer stranger(house);
  fuzz::send_in_pieces(stranger, house, {reinterpret_cast<const char*>(data), size});
  bystanders.check();
  const auto heard = stranger.read();
  // HTTP has carriage returns, and a WebSocket's frames are binary.
  if (heard.find("HTTP/1.1 ") == std::string::npos) fuzz::check_clean(heard);
  return 0;
}
