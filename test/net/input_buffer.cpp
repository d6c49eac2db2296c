#include "server/net/reader.hpp"

#include <string>

#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

std::size_t read(InputBuffer& buffer, std::string_view bytes) {
  const auto place = buffer.prepare(1 << 20);
  const auto n = std::min(place.size(), bytes.size());
  std::memcpy(place.data(), bytes.data(), n);
  buffer.commit(n);
  return n;
}

}  // namespace

TEST_CASE("bytes stay until they are consumed") {
  InputBuffer buffer;
  read(buffer, "one two");
  buffer.consume(4);
  CHECK(buffer.view() == "two");
  read(buffer, " three");
  CHECK(buffer.view() == "two three");
}

TEST_CASE("who sends much is read in larger pieces, who sends little in small ones again") {
  InputBuffer buffer;
  const std::string much(100'000, 'x');
  std::size_t largest = 0;
  for (int i = 0; i < 20; ++i) {
    largest = std::max(largest, read(buffer, much));
    buffer.consume(buffer.view().size());
  }
  CHECK(largest == InputBuffer::largest);
  for (int i = 0; i < 20; ++i) {
    read(buffer, "x");
    buffer.consume(1);
  }
  CHECK(buffer.prepare(1 << 20).size() == InputBuffer::smallest);
}

TEST_CASE("a long line is copied a few times, not once for each read") {
  InputBuffer buffer;
  const std::string much(1 << 20, 'x');
  int copies = 0;
  for (std::size_t sent = 0; sent < much.size();) {
    const auto* before = buffer.view().data();
    sent += read(buffer, std::string_view(much).substr(sent));
    copies += buffer.view().data() != before ? 1 : 0;
  }
  CHECK(buffer.view() == much);
  CHECK(copies < 20);
}

}  // namespace hubbub::net
