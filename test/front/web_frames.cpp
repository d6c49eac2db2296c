// The frames of WebSockets (RFC 6455): what is read from them, however they are cut.
#include "server/front/web/frames.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/dice.hpp"
#include "test/support/environment.hpp"

namespace hubbub::front {
namespace {

using namespace std::string_literals;
using Taken = FrameReader::Taken;
using What = Taken::What;

constexpr std::string_view mask = "\x37\xFA\x21\x3D";

std::string masked(std::uint8_t first, std::string_view payload) {
  std::string frame(1, static_cast<char>(first));
  if (payload.size() <= 125) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(payload.size() >> 8);
    frame += static_cast<char>(payload.size() & 0xFF);
  }
  frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame += static_cast<char>(payload[i] ^ mask[i % mask.size()]);
  return frame;
}

/// Everything that a reader makes of the bytes, which come in the given pieces.
struct Reading {
  void offer(std::string_view fresh) {
    waiting += fresh;
    for (;;) {
      const auto taken = reader.take(waiting, most);
      waiting.erase(0, taken.used);
      too_long = too_long || taken.too_long;
      if (too_long) return;
      switch (taken.what) {
        case What::line:
          heard.push_back("line " + std::string(taken.content));
          break;
        case What::ping:
          heard.push_back("ping " + std::string(taken.content));
          break;
        case What::pong:
          heard.push_back("pong " + std::string(taken.content));
          break;
        case What::close:
          heard.push_back("close " + std::string(taken.content));
          return;
        case What::fault:
          heard.push_back("fault " + std::to_string(static_cast<int>(taken.code)));
          return;
        case What::more:
          if (taken.used == 0) return;
      }
    }
  }

  FrameReader reader;
  std::size_t most = 0;
  std::string waiting;
  std::vector<std::string> heard;
  bool too_long = false;
};

std::vector<std::string> heard(std::string_view bytes) {
  Reading reading;
  reading.offer(bytes);
  return reading.heard;
}

using Heard = std::vector<std::string>;

}  // namespace

TEST_CASE("the example of the RFC, masked and in fragments, is read") {
  // RFC 6455, 5.7
  CHECK(heard("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s) == Heard{"line Hello"});
  CHECK(heard(masked(0x01, "Hel") + masked(0x80, "lo")) == Heard{"line Hello"});
  CHECK(heard(masked(0x01, "Hel") + masked(0x89, "?") + masked(0x80, "lo")) == Heard{"ping ?", "line Hello"});
  CHECK(heard("\x81\x80\x37\xfa\x21\x3d"s).empty());
}

TEST_CASE("a message has one line or several") {
  CHECK(heard(masked(0x81, "one\ntwo\r\nthree")) == Heard{"line one", "line two", "line three"});
  CHECK(heard(masked(0x81, "one\n") + masked(0x81, "two\n")) == Heard{"line one", "line two"});
  CHECK(heard(masked(0x01, "one\nt") + masked(0x80, "wo")) == Heard{"line one", "line two"});
  CHECK(heard(masked(0x01, "one\n") + masked(0x80, "")) == Heard{"line one"});
  CHECK(heard(masked(0x81, "\n\n")) == Heard{"line ", "line "});
}

TEST_CASE("what is not as the RFC wants it is a fault") {
  const auto fault = [](const std::string& bytes) { return heard(bytes).back(); };
  CHECK(fault("\x81\x05Hello"s) == "fault 1002");       // not masked
  CHECK(fault(masked(0xC1, "Hello")) == "fault 1002");  // compressed, which was not agreed on
  CHECK(fault(masked(0x91, "Hello")) == "fault 1002");  // the other reserved bits
  CHECK(fault(masked(0xA1, "Hello")) == "fault 1002");
  CHECK(fault(masked(0x82, "Hello")) == "fault 1003");  // binary
  CHECK(fault(masked(0x83, "Hello")) == "fault 1002");  // opcodes that have no meaning
  CHECK(fault(masked(0x8B, "Hello")) == "fault 1002");
  CHECK(fault(masked(0x80, "Hello")) == "fault 1002");  // a continuation of nothing
  CHECK(fault(masked(0x01, "a") + masked(0x81, "b")) == "fault 1002");
  CHECK(fault(masked(0x09, "a")) == "fault 1002");  // a control frame in fragments
  CHECK(fault(masked(0x89, std::string(126, 'a'))) == "fault 1002");
  CHECK(fault("\x81\xFE\0\x05\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s) == "fault 1002");  // two bytes for 5
  CHECK(fault("\x81\xFF\0\0\0\0\0\0\xFF\xFF\x37\xfa\x21\x3d"s) == "fault 1002");
  CHECK(fault("\x81\xFF\x80\0\0\0\0\x01\0\0\x37\xfa\x21\x3d"s) == "fault 1002");
}

TEST_CASE("a line beyond the limit is noticed before it has ended, and its message may be longer") {
  Reading reading;
  reading.most = 10;
  reading.offer(masked(0x81, "0123456789\n0123456789\n0123456789"));
  CHECK(reading.heard.size() == 3);
  CHECK_FALSE(reading.too_long);
  reading.offer(masked(0x01, "0123456789ab"));
  CHECK(reading.too_long);
  Reading at_once;
  at_once.most = 10;
  at_once.offer(masked(0x81, "0123456789ab\nc"));
  CHECK(at_once.too_long);
}

TEST_CASE("lines without number in one frame are read without unmasking anything twice") {
  // Were each piece unmasked anew for each of its lines, this would take minutes.
  constexpr std::size_t lines = 3'000'000;
  std::string frame("\x81\xFF\0\0\0\0\0\x2D\xC6\xC0\0\0\0\0", 14);  // of so many bytes, with a mask of zeros
  FrameReader reader;
  frame += std::string(lines, '\n');
  std::string_view rest = frame;
  std::size_t heard = 0;
  for (auto taken = reader.take(rest, 100); taken.used > 0; taken = reader.take(rest, 100)) {
    if (taken.what == What::line) ++heard;
    rest.remove_prefix(taken.used);
  }
  CHECK(heard == lines);
}

TEST_CASE("a frame that is announced and does not come holds nothing") {
  Reading reading;
  reading.offer("\x81\xFF\0\0\0\x7F\xFF\xFF\xFF\xFF\x37\xfa\x21\x3d"s);
  CHECK(reading.heard.empty());
  CHECK(reading.waiting.empty());
}

TEST_CASE("what a server sends has the shortest length that fits") {
  const auto framed = [](std::size_t size) {
    std::string out = "before";
    out += std::string(size, 'x') + '\n';
    frame_text(out, 6);
    CHECK(out.ends_with(std::string(size, 'x')));
    return out.substr(6, out.size() - 6 - size);
  };
  CHECK(framed(0) == "\x81\0"s);
  CHECK(framed(125) == "\x81\x7D"s);
  CHECK(framed(126) == "\x81\x7E\0\x7E"s);
  CHECK(framed(65'535) == "\x81\x7E\xFF\xFF"s);
  CHECK(framed(65'536) == "\x81\x7F\0\0\0\0\0\x01\0\0"s);
  CHECK(pong("a") == "\x8A\x01"s + "a");
  CHECK(close_frame(CloseCode::going_away, "x") == "\x88\x03\x03\xE9x"s);
}

/// Messages of random lines in random fragments, with control frames between them, in random pieces. The
/// model: every line, and every control frame, in order, each once. A control frame within a line comes
/// before it.
TEST_CASE("however frames are made and cut, the same lines come out", "[random]") {
  const auto runs = test::number_from("HUBBUB_RUNS", 500);
  test::Dice dice(test::number_from("HUBBUB_SEED", 1));
  for (std::uint64_t run = 0; run < runs; ++run) {
    CAPTURE(run);
    std::string bytes;
    Heard expected;
    const auto control = [&] {
      const bool is_ping = dice.below(2) == 0;
      const std::string payload(dice.below(126), 'p');
      bytes += masked(is_ping ? 0x89 : 0x8A, payload);
      expected.push_back((is_ping ? "ping " : "pong ") + payload);
    };
    for (auto messages = 1 + dice.below(6); messages > 0; --messages) {
      std::string message;
      const auto lines = 1 + dice.below(4);
      for (std::size_t i = 0; i < lines; ++i) {
        std::string line(dice.below(8) == 0 ? dice.below(5000) : dice.below(40), 'a');
        for (auto& byte : line) byte = static_cast<char>('a' + dice.below(26));
        message += line + (dice.below(4) == 0 ? "\r\n" : "\n");
      }
      if (dice.below(2) == 0) message.pop_back();
      std::string line;
      std::string_view rest = message;
      bool is_first = true;
      do {
        const auto piece = rest.substr(0, dice.below(rest.size() + 1));
        rest.remove_prefix(piece.size());
        const bool is_last = rest.empty() && dice.below(2) == 0;
        bytes += masked(static_cast<std::uint8_t>((is_first ? 1 : 0) | (is_last ? 0x80 : 0)), piece);
        is_first = false;
        for (const char byte : piece) {
          if (byte != '\n') {
            line += byte;
            continue;
          }
          if (line.ends_with('\r')) line.pop_back();
          expected.push_back("line " + line);
          line.clear();
        }
        if (is_last) {
          if (line.ends_with('\r')) line.pop_back();
          if (!line.empty() || message.ends_with('\r')) expected.push_back("line " + line);
          break;
        }
        if (dice.below(3) == 0) control();
      } while (true);
      if (dice.below(3) == 0) control();
    }
    Reading reading;
    for (std::string_view rest = bytes; !rest.empty();) {
      const auto piece = rest.substr(0, 1 + dice.below(dice.below(3) == 0 ? 4000 : 9));
      rest.remove_prefix(piece.size());
      reading.offer(piece);
    }
    REQUIRE(reading.heard == expected);
    REQUIRE(reading.waiting.empty());
  }
}

}  // namespace hubbub::front
