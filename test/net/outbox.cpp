#include "server/net/writer.hpp"

#include "test/net/wire_pair.hpp"
#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

/// Writes everything, `most` bytes at a time.
std::string drain(Outbox& outbox, std::size_t most, std::string& scratch) {
  std::string written;
  while (!outbox.empty()) {
    const auto next = outbox.next(scratch).bytes.substr(0, most);
    REQUIRE_FALSE(next.empty());
    written += next;
    outbox.consume(next.size());
  }
  return written;
}

}  // namespace

TEST_CASE("what is pushed comes out in order, whatever the writes take") {
  const auto most = GENERATE(std::size_t{1}, std::size_t{3}, std::size_t{7}, std::size_t{1000});
  Outbox outbox;
  std::string all;
  for (int i = 0; i < 200; ++i) {
    const auto piece = "<" + std::to_string(i) + ">";
    all += piece;
    outbox.push(bytes(piece));
  }
  CHECK(outbox.size() == all.size());
  std::string scratch;
  scratch.reserve(64);
  CHECK(drain(outbox, most, scratch) == all);
  CHECK(outbox.empty());
}

TEST_CASE("small pieces are gathered into one write") {
  Outbox outbox;
  for (int i = 0; i < 10; ++i) outbox.push(bytes("0123456789"));
  std::string scratch;
  scratch.reserve(1000);
  CHECK(outbox.next(scratch).bytes.size() == 100);
  CHECK(outbox.next(scratch).text == nullptr);
}

TEST_CASE("a large or lone piece is written from where it is") {
  const auto large = protocol::make_bytes(std::string(5000, 'x'));
  Outbox outbox;
  outbox.push(large);
  outbox.push(bytes("tail"));
  std::string scratch;
  scratch.reserve(1000);
  CHECK(outbox.next(scratch).bytes.data() == large->text.data());
  CHECK(outbox.next(scratch).text == large.get());
  outbox.consume(5000);
  CHECK(outbox.next(scratch).bytes == "tail");
}

TEST_CASE("pushing while half a piece is written") {
  Outbox outbox;
  std::string scratch;
  scratch.reserve(64);
  outbox.push(bytes("abcdef"));
  outbox.consume(3);
  outbox.push(bytes("ghi"));
  CHECK(outbox.next(scratch).bytes == "defghi");
  CHECK(outbox.size() == 6);
}

TEST_CASE("an empty piece is nothing") {
  Outbox outbox;
  outbox.push(bytes(""));
  std::string scratch;
  CHECK(outbox.empty());
  CHECK(outbox.next(scratch).bytes.empty());
}

}  // namespace hubbub::net
