#include <cstddef>
#include <cstdint>
#include <string_view>

#include "test/fuzz/house.hpp"

// HTTP and WebSocket: an odd first byte means that what follows the second is behind the handshake of a
// WebSocket, where the stranger has said hello and joined. Responses keep to HTTP, and frames to RFC 6455.

namespace {

using namespace hubbub;
using fuzz::require;

constexpr std::string_view handshake =
    "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// With a mask of zeros.
std::string framed(std::string_view text) {
  std::string frame("\x81");
  frame += static_cast<char>(0x80 | text.size());
  frame.append(4, '\0');
  return frame.append(text);
}

void check_frames(std::string_view bytes) {
  bool is_closed = false;
  while (!bytes.empty()) {
    require(!is_closed, "nothing follows a close frame");
    require(bytes.size() >= 2, "a frame is whole");
    const auto first = static_cast<unsigned char>(bytes[0]);
    std::size_t length = static_cast<unsigned char>(bytes[1]);
    require(length < 0x80, "a server's frames are not masked");
    const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
    require(bytes.size() >= 2 + more, "a frame is whole");
    if (more > 0) length = 0;
    for (std::size_t i = 0; i < more; ++i) length = length << 8 | static_cast<unsigned char>(bytes[2 + i]);
    require(bytes.size() >= 2 + more + length, "a frame is whole");
    const auto payload = bytes.substr(2 + more, length);
    bytes.remove_prefix(2 + more + length);
    require(first == 0x81 || first == 0x88 || first == 0x8A, "a frame is of a kind that is sent");
    is_closed = first == 0x88;
    if (first == 0x81) require(protocol::decode_event(payload).has_value(), "each message is an event");
  }
}

void check_responses(std::string_view bytes) {
  while (!bytes.empty()) {
    require(bytes.starts_with("HTTP/1.1 "), "a response begins");
    const auto end = bytes.find("\r\n\r\n");
    require(end != std::string_view::npos, "a head has an end");
    const auto head = bytes.substr(0, end);
    bytes.remove_prefix(end + 4);
    if (head.starts_with("HTTP/1.1 101 ")) return check_frames(bytes);
    constexpr std::string_view field = "\r\nContent-Length: ";
    const auto place = head.find(field);
    require(place != std::string_view::npos, "a response has a length");
    const auto digits = head.substr(place + field.size());
    const auto length = protocol::number_in<std::size_t>(digits.substr(0, digits.find("\r\n")));
    require(length.has_value(), "the length is a number");
    bytes.remove_prefix(std::min(*length, bytes.size()));  // none of it for a HEAD
    if (!bytes.empty() && !bytes.starts_with("HTTP/1.1 ")) require(false, "a response is as long as it says");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ops::log::configure({.level = ops::log::Level::error});
  if (size < 2) return 0;
  fuzz::House house;
  const net::Protocols web = net::pinned_to(house.protocols, "web");
  fuzz::Bystanders bystanders(house);
  fuzz::Peer stranger(house, web);
  if (data[0] % 2 == 1) {
    stranger.send(handshake);
    stranger.send(framed(R"({"type":"hello","version":1,"name":"eve"})"));
    stranger.send(framed(R"({"type":"join","room":"lobby"})"));
  }
  fuzz::send_in_pieces(stranger, house,
                       std::string_view(reinterpret_cast<const char*>(data), size).substr(1));
  bystanders.check();
  const auto heard = stranger.read();
  // A HEAD is answered without the content that its length tells of.
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.find("HEAD") == std::string_view::npos) check_responses(heard);
  return 0;
}
