#include "server/net/reader.hpp"

#include <cstring>
#include <string>

#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

using Next = Reader::Next;

constexpr std::size_t most = 100;
constexpr Time reader_start{};

/// As a connection does that reads lines: what comes is offered, of which the handler uses whole lines.
struct Reading : Reader {
  Next next() { return Reader::next(most, true); }
  /// Something was read into shared memory.
  void come(std::string_view bytes, Time now = reader_start) {
    on_ready();
    came(now);
    auto rest = gather(bytes);
    const auto end = rest.rfind('\n');
    if (end != std::string_view::npos) {
      used += rest.substr(0, end + 1);
      rest.remove_prefix(end + 1);
    }
    keep(rest);
  }
  /// Something was read into the reader's own; whether it is to be offered.
  bool fill(std::string_view bytes) {
    const auto where = place(most);
    REQUIRE(where.size() >= bytes.size());
    std::memcpy(where.data(), bytes.data(), bytes.size());
    return on_filled(bytes.size(), most);
  }
  void become_talkative() {
    for (int i = 0; i < 5; ++i) {
      next();
      come("line\n");
    }
  }

  std::string used;
};

}  // namespace

TEST_CASE("a reader waits, once, for what it has no memory for") {
  Reading reader;
  CHECK(reader.next() == Next::wait);
  CHECK(reader.is_reading());
  CHECK(reader.next() == Next::nothing);
  reader.come("one\ntwo\n");
  CHECK(reader.used == "one\ntwo\n");
  CHECK(reader.unused().empty());
  CHECK(reader.next() == Next::wait);
}

TEST_CASE("half a line is kept, and offered with what follows") {
  Reading reader;
  for (const auto* bytes : {"on", "e\ntw", "o\n"}) reader.come(bytes);
  CHECK(reader.used == "one\ntwo\n");
  CHECK(reader.unused().empty());
}

TEST_CASE("as much as may be kept and has no line in it is the handler's to judge: no more is read") {
  Reading reader;
  reader.come(std::string(most - 1, 'x'));
  CHECK(reader.next() == Next::wait);
  reader.come("x");
  CHECK(reader.next() == Next::nothing);
}

TEST_CASE("one who sends much is read into a buffer, and offered whole lines") {
  Reading reader;
  reader.become_talkative();
  REQUIRE(reader.next() == Next::fill);
  CHECK_FALSE(reader.fill("hal"));
  REQUIRE(reader.next() == Next::fill);
  CHECK(reader.fill("f\n"));
  CHECK(reader.unused() == "half\n");
  reader.come("");
  CHECK(reader.unused().empty());
  REQUIRE(reader.next() == Next::fill);
  CHECK(reader.fill(std::string(most, 'x')));
}

TEST_CASE("one who sends much bytes without lines is read as the others are") {
  Reading reader;
  reader.become_talkative();
  CHECK(reader.Reader::next(most, false) == Next::wait);
}

TEST_CASE("a pause makes one who sent much one of many again") {
  Reading reader;
  reader.become_talkative();
  reader.next();
  reader.come("line\n", reader_start + std::chrono::seconds{2});
  CHECK(reader.next() == Next::wait);
}

TEST_CASE("while the handler has paused nothing is read, nor the end told") {
  Reading reader;
  reader.pause();
  CHECK(reader.next() == Next::nothing);
  reader.end();
  CHECK(reader.next() == Next::nothing);
  CHECK(reader.resume());
  CHECK_FALSE(reader.resume());
  CHECK(reader.next() == Next::tell_end);
}

TEST_CASE("the end is told once it has been taken, and to the next handler too") {
  Reading reader;
  reader.end();
  CHECK(reader.next() == Next::tell_end);
  reader.end_told(false);
  CHECK(reader.next() == Next::tell_end);
  reader.end_told(true);
  CHECK(reader.next() == Next::nothing);
  CHECK_FALSE(reader.may_offer());
  reader.handler_changed();
  CHECK(reader.next() == Next::tell_end);
}

TEST_CASE("another handler of one who has not ended is told no end") {
  Reading reader;
  reader.handler_changed();
  CHECK_FALSE(reader.has_ended());
}

TEST_CASE("an offer that is asked for twice is made once") {
  Reading reader;
  CHECK(reader.offer_later());
  CHECK_FALSE(reader.offer_later());
  reader.on_later();
  CHECK(reader.offer_later());
}

TEST_CASE("a line waits when it is whole, whether it was read or not, or as much as is kept of one") {
  Reading reader;
  reader.come("half");
  CHECK_FALSE(reader.holds_line(" a line", most));
  CHECK(reader.holds_line("\n", most));
  CHECK(reader.holds_line("\r", most));
  CHECK(reader.holds_line(std::string(most - 4, 'x'), most));
  reader.keep(reader.gather("\nrest"));
  CHECK(reader.holds_line("", most));
}

}  // namespace hubbub::net
