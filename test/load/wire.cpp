#include "test/load/wire.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <stdexcept>

#include "test/load/mark.hpp"

namespace hubbub::load {

namespace {

/// Numbers of always the same length make messages of always the same length.
std::string numbered(char letter, std::size_t number) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%c%06zu", letter, number);
  return text.data();
}

std::string name_of(const Person& who) { return numbered('m', who.number); }
std::string room_of(const Person& who) { return numbered('r', who.room); }

std::int64_t microseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

bool begins(std::string_view line, std::string_view with) { return line.starts_with(with); }

/// The JSON lines of protocol/README.md.
class HubbubWire : public Wire {
 public:
  explicit HubbubWire(bool ids) {
    // The server knows the ids of an earlier run, so each run has its own.
    if (ids) after_text_ = R"(","id":")" + std::to_string(microseconds()) + '-' + std::string(mark_blank);
    after_text_ += "\"}";
  }

  std::string hello(const Person& who) const override {
    return R"({"type":"hello","version":1,"name":")" + name_of(who) + "\"}\n" + R"({"type":"join","room":")" +
           room_of(who) + R"(","replay":0})" + '\n';
  }
  Reaction on_line(const Person& /*who*/, std::string_view line) const override {
    if (begins(line, R"({"type":"ping")")) return {.reply = "{\"type\":\"pong\"}\n"};
    return {.ready = begins(line, R"({"type":"joined")"),
            .fault =
                !begins(line, "{") || begins(line, R"({"type":"error")") || begins(line, R"({"type":"bye")")};
  }
  std::string say(const Person& who, std::string_view text) const override {
    return R"({"type":"say","room":")" + room_of(who) + R"(","text":")" + std::string(text) + after_text_ +
           '\n';
  }
  std::size_t tail() const override { return after_text_.size(); }

 private:
  std::string after_text_{};
};

/// The same in the frames of a WebSocket (RFC 6455), of text. The server's have no line feed behind the JSON,
/// so what ends with a brace counts as a line: a message, or part of another line.
class WebSocketWire : public HubbubWire {
 public:
  using HubbubWire::HubbubWire;

  std::string hello(const Person& who) const override {
    const std::string request =
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: hubbub.v1\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    return request + framed(HubbubWire::hello(who));
  }
  Reaction greet(const Person& who, std::string_view& bytes) const override {
    if (begins(bytes, "HTTP/")) return {.fault = !drop_head(bytes)};
    if (bytes.size() < 2) return {};
    const std::size_t wide = bytes[1] == 126 ? 2 : bytes[1] == 127 ? 8 : 0;
    if (bytes.size() < 2 + wide) return {};
    std::size_t length = wide == 0 ? static_cast<unsigned char>(bytes[1]) : 0;
    for (const char byte : bytes.substr(2, wide)) length = length << 8U | static_cast<unsigned char>(byte);
    if (bytes.size() < 2 + wide + length) return {};
    const auto line = bytes.substr(2 + wide, length);
    bytes.remove_prefix(2 + wide + length);
    return on_line(who, line);
  }
  Reaction on_line(const Person& who, std::string_view line) const override {
    const auto start = line.find(R"({"type":")");
    if (start == std::string_view::npos) return {};
    auto reaction = HubbubWire::on_line(who, line.substr(start));
    if (!reaction.reply.empty()) reaction.reply = framed(reaction.reply);
    return reaction;
  }
  std::string say(const Person& who, std::string_view text) const override {
    return framed(HubbubWire::say(who, text));
  }
  std::size_t tail() const override { return HubbubWire::tail() - 1; }
  char end() const override { return '}'; }

 private:
  /// Whether the head says that the server changes to the protocol of WebSockets, or is not whole yet.
  static bool drop_head(std::string_view& bytes) {
    constexpr std::string_view end = "\r\n\r\n";
    const auto head = bytes.find(end);
    if (head == std::string_view::npos) return true;
    const bool switches = begins(bytes, "HTTP/1.1 101 ");
    bytes.remove_prefix(head + end.size());
    return switches;
  }
  /// A mask of zeros leaves the text as it is, so that the mark can be written into it. The last line goes
  /// without its line feed.
  static std::string framed(std::string_view lines) {
    const auto text = lines.substr(0, lines.size() - 1);
    constexpr std::size_t most_in_a_byte = 125;
    std::string frame("\x81", 1);
    if (text.size() > most_in_a_byte) {
      frame += '\xfe';
      frame += static_cast<char>(text.size() >> 8U);
      frame += static_cast<char>(text.size() & 255U);
    } else {
      frame += static_cast<char>(128U | text.size());
    }
    return frame.append(4, '\0').append(text);
  }
};

/// RFC 1459 and 2812, as far as it takes to speak in a channel.
class IrcWire : public Wire {
 public:
  std::string hello(const Person& who) const override {
    return "NICK " + name_of(who) + "\r\nUSER load 0 * :load\r\n";
  }
  Reaction on_line(const Person& who, std::string_view line) const override {
    if (begins(line, "PING ")) return {.reply = "PONG " + std::string(line.substr(5)) + "\n"};
    if (begins(line, "ERROR")) return {.fault = true};
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return {};
    const auto command = line.substr(space + 1, 4);
    if (command == "001 ") return {.reply = "JOIN #" + room_of(who) + "\r\n"};
    // 422 says that there is no message of the day; every other 4xx and 5xx is a refusal.
    const bool refused = (command[0] == '4' || command[0] == '5') && command[3] == ' ' && command != "422 ";
    return {.ready = command == "366 ", .fault = refused};
  }
  std::string say(const Person& who, std::string_view text) const override {
    return "PRIVMSG #" + room_of(who) + " :" + std::string(text) + "\r\n";
  }
  std::size_t tail() const override { return 1; }
  bool echoes() const override { return false; }
};

/// RESP 2, in which a connection that has subscribed may not publish.
class RedisWire : public Wire {
 public:
  std::string hello(const Person& who) const override {
    return who.listens ? "SUBSCRIBE " + room_of(who) + "\r\n" : "PING\r\n";
  }
  Reaction on_line(const Person& who, std::string_view line) const override {
    return {.ready = begins(line, who.listens ? ":1" : "+PONG"), .fault = begins(line, "-")};
  }
  std::string say(const Person& who, std::string_view text) const override {
    const auto room = room_of(who);
    return "*3\r\n$7\r\nPUBLISH\r\n$" + std::to_string(room.size()) + "\r\n" + room + "\r\n$" +
           std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
  }
  std::size_t tail() const override { return 1; }
  bool speaks_apart() const override { return true; }
};

/// The text protocol of NATS, without acknowledgements.
class NatsWire : public Wire {
 public:
  std::string hello(const Person& who) const override {
    return R"(CONNECT {"verbose":false,"pedantic":false,"lang":"c","version":"1","protocol":1})"
           "\r\nSUB " +
           room_of(who) + " 1\r\nPING\r\n";
  }
  Reaction on_line(const Person& /*who*/, std::string_view line) const override {
    if (begins(line, "PING")) return {.reply = "PONG\r\n"};
    return {.ready = begins(line, "PONG"), .fault = begins(line, "-ERR")};
  }
  std::string say(const Person& who, std::string_view text) const override {
    return "PUB " + room_of(who) + ' ' + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
  }
  std::size_t tail() const override { return 1; }
  bool greets_in_the_clear() const override { return true; }
};

/// MQTT 3.1.1 with QoS 0. It has no lines, so the text ends with a line feed of its own.
class MqttWire : public Wire {
 public:
  std::string hello(const Person& who) const override {
    // Clean session, no keep-alive; the first packet of ours that is numbered has number 1.
    return packet('\x10', std::string("\0\4MQTT\4\2\0\0", 10) + prefixed(name_of(who))) +
           packet('\x82', std::string("\0\1", 2) + prefixed(room_of(who)) + std::string(1, '\0'));
  }
  Reaction greet(const Person& /*who*/, std::string_view& bytes) const override {
    constexpr std::string_view connected("\x20\2\0\0", 4);
    constexpr std::string_view subscribed("\x90\3\0\1\0", 5);
    if (bytes.size() < connected.size() + subscribed.size()) return {};
    const bool good = bytes.starts_with(connected) && bytes.substr(connected.size()).starts_with(subscribed);
    bytes.remove_prefix(connected.size() + subscribed.size());
    return {.ready = good, .fault = !good};
  }
  Reaction on_line(const Person& /*who*/, std::string_view /*line*/) const override { return {}; }
  std::string say(const Person& who, std::string_view text) const override {
    return packet('\x30', prefixed(room_of(who)) + std::string(text.substr(1)) + '\n');
  }
  std::size_t tail() const override { return 0; }

 private:
  static std::string prefixed(std::string_view text) {
    std::string bytes(1, static_cast<char>(text.size() >> 8U));
    bytes += static_cast<char>(text.size() & 255U);
    return bytes.append(text);
  }
  static std::string packet(char type, const std::string& content) {
    std::string bytes(1, type);
    for (auto length = content.size();; length >>= 7U) {
      const bool last = length < 128;
      bytes += static_cast<char>((length & 127U) | (last ? 0U : 128U));
      if (last) return bytes + content;
    }
  }
};

/// hubbub_floor: whatever is said goes to everybody.
class FloorWire : public Wire {
 public:
  std::string hello(const Person& /*who*/) const override { return {}; }
  Reaction on_line(const Person& /*who*/, std::string_view line) const override {
    return {.ready = line.empty(), .fault = !line.empty()};
  }
  std::string say(const Person& /*who*/, std::string_view text) const override {
    return std::string(text) + '\n';
  }
  std::size_t tail() const override { return 0; }
};

}  // namespace

Reaction Wire::greet(const Person& who, std::string_view& bytes) const {
  const auto end = bytes.find('\n');
  if (end == std::string_view::npos) return {};
  const auto line = bytes.substr(0, end);
  bytes.remove_prefix(end + 1);
  return on_line(who, line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
}

std::unique_ptr<Wire> make_wire(std::string_view name, const WireOptions& options) {
  if (name == "hubbub") return std::make_unique<HubbubWire>(options.ids);
  if (name == "websocket") return std::make_unique<WebSocketWire>(options.ids);
  if (name == "irc") return std::make_unique<IrcWire>();
  if (name == "redis") return std::make_unique<RedisWire>();
  if (name == "nats") return std::make_unique<NatsWire>();
  if (name == "mqtt") return std::make_unique<MqttWire>();
  if (name == "floor") return std::make_unique<FloorWire>();
  throw std::runtime_error("there is no wire \"" + std::string(name) +
                           "\"; there are hubbub, websocket, irc, redis, nats, mqtt and floor");
}

}  // namespace hubbub::load
