#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "server/front/web/request.hpp"
#include "test/fuzz/house.hpp"

// HTTP and WebSocket: an odd first byte means that what follows the second is behind the handshake of a
// WebSocket, where the stranger has said hello and joined. Responses keep to HTTP, each to its request, and
// frames to RFC 6455.

namespace {

using namespace hubbub;
namespace http = front::http;
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

/// The first response among the bytes, cut off from them: its head, without the empty line, and how long its
/// content is or would be.
struct Response {
  std::string_view head;
  std::size_t length = 0;

  explicit Response(std::string_view& bytes) {
    require(bytes.starts_with("HTTP/1.1 "), "a response begins");
    const auto end = bytes.find("\r\n\r\n");
    require(end != std::string_view::npos, "a head has an end");
    head = bytes.substr(0, end);
    bytes.remove_prefix(end + 4);
    if (opens_web_socket() || head.starts_with("HTTP/1.1 204 ") || head.starts_with("HTTP/1.1 304 ")) return;
    constexpr std::string_view field = "\r\nContent-Length: ";
    const auto place = head.find(field);
    require(place != std::string_view::npos, "a response has a length");
    const auto digits = head.substr(place + field.size());
    const auto number = protocol::number_in<std::size_t>(digits.substr(0, digits.find("\r\n")));
    require(number.has_value(), "the length is a number");
    length = *number;
  }
  bool opens_web_socket() const { return head.starts_with("HTTP/1.1 101 "); }
};

/// All that the peer is sent, however much of it waits until he reads.
std::string read_all(fuzz::House& house, const fuzz::Peer& peer) {
  std::string all;
  for (std::string more; !(more = peer.read()).empty(); all += more) {
    for (int i = 0; i < 4; ++i) house.turn.poll();
  }
  return all;
}

/// The lines of a head that go by the request alone, and not by when and as which of its connection it came.
std::string lasting_lines(std::string_view head) {
  std::string lines;
  while (!head.empty()) {
    const auto line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(line.size() + 2, head.size()));
    if (!line.starts_with("Date: ") && !line.starts_with("Connection: ")) lines.append(line).append("\n");
  }
  return lines;
}

/// A GET of the same is answered with the same head (RFC 9110, 9.3.2), and with the content that belongs to
/// it.
void check_head(fuzz::House& house, const net::Protocols& web, std::string_view asked,
                const Response& answered) {
  asked.remove_prefix(asked.find("HEAD") + 4);
  fuzz::Peer other(house, web);
  other.send("GET" + std::string(asked));
  const auto heard = read_all(house, other);
  std::string_view bytes = heard;
  const Response to_get(bytes);
  require(bytes.size() == to_get.length, "a GET is answered with its content");
  require(lasting_lines(to_get.head) == lasting_lines(answered.head), "a HEAD is answered as a GET is");
}

/// `asked`: the requests that have been sent.
void check_responses(fuzz::House& house, const net::Protocols& web, std::string_view asked,
                     std::string_view bytes) {
  while (!bytes.empty()) {
    const Response response(bytes);
    if (response.opens_web_socket()) return check_frames(bytes);
    const auto parsed = http::parse_request(asked);
    const auto* const request = std::get_if<http::Request>(&parsed);
    if (request != nullptr && request->method == http::Method::head) {
      // As a GET it would perhaps ask for a WebSocket.
      if (request->path != "/ws") check_head(house, web, asked.substr(0, request->size), response);
    } else {
      require(bytes.size() >= response.length, "a response is whole");
      bytes.remove_prefix(response.length);
    }
    require(bytes.empty() || bytes.starts_with("HTTP/1.1 "), "a response is as long as it says");
    // What is no whole request is the last to be answered.
    asked.remove_prefix(request != nullptr ? request->size : asked.size());
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
  const auto heard = read_all(house, stranger);
  // The first two bytes say how the rest is sent.
  check_responses(house, web, std::string_view(reinterpret_cast<const char*>(data), size).substr(2), heard);
  return 0;
}
