#include "client/connection/feed.hpp"

#include "protocol/limits.hpp"
#include "test/support/catch.hpp"

using hubbub::client::Repeats;
using namespace std::chrono_literals;

namespace {

hubbub::protocol::Message psst(std::string from, std::string id, std::string text = "psst") {
  hubbub::protocol::Message message;
  message.to = "alice";
  message.from = std::move(from);
  message.id = std::move(id);
  message.text = std::move(text);
  return message;
}

const Repeats::TimePoint repeats_start{1h};

}  // namespace

TEST_CASE("what comes twice from the same sender under the same id is a repeat") {
  Repeats repeats;
  CHECK_FALSE(repeats.has(psst("bob", "1"), repeats_start));
  CHECK(repeats.has(psst("bob", "1"), repeats_start + 1s));
  CHECK_FALSE(repeats.has(psst("bob", "2"), repeats_start + 1s));
}

TEST_CASE("nothing else is: another sender, another text, no id") {
  Repeats repeats;
  CHECK_FALSE(repeats.has(psst("bob", "1"), repeats_start));
  CHECK_FALSE(repeats.has(psst("eve", "1"), repeats_start));
  CHECK_FALSE(repeats.has(psst("bob", "1", "another"), repeats_start));
  CHECK_FALSE(repeats.has(psst("bob", ""), repeats_start));
  CHECK_FALSE(repeats.has(psst("bob", ""), repeats_start));
}

TEST_CASE("they are remembered as long as the ids of rooms, and not without end") {
  Repeats repeats;
  CHECK_FALSE(repeats.has(psst("bob", "first"), repeats_start));
  CHECK(repeats.has(psst("bob", "first"), repeats_start + hubbub::protocol::dedupe_age));
  CHECK_FALSE(repeats.has(psst("bob", "first"), repeats_start + hubbub::protocol::dedupe_age + 1s));
  for (std::size_t number = 0; number < Repeats::most; ++number) {
    CHECK_FALSE(repeats.has(psst("bob", std::to_string(number)), repeats_start + 1h));
  }
  CHECK(repeats.has(psst("bob", "0"), repeats_start + 1h));
  CHECK_FALSE(repeats.has(psst("bob", "last"), repeats_start + 1h));
  CHECK_FALSE(repeats.has(psst("bob", "0"), repeats_start + 1h));
}
