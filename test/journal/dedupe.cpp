#include "server/journal/dedupe.hpp"

#include <chrono>

#include "protocol/limits.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

constexpr protocol::Timestamp first_start{std::chrono::hours{400'000}};

void add_others(DedupeWindow& window, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) window.add("bob", "", {.seq = 100 + i, .time = first_start});
}

}  // namespace

TEST_CASE("an id is forgotten once it is both old and far back, and not before") {
  DedupeWindow window;
  window.add("alice", "x", {.seq = 1, .time = first_start});
  const auto old = first_start + protocol::dedupe_age + std::chrono::milliseconds{1};

  window.expire(old);
  CHECK(window.find("alice", "x") != nullptr);

  add_others(window, protocol::dedupe_messages);
  window.expire(first_start + protocol::dedupe_age);
  REQUIRE(window.find("alice", "x") != nullptr);
  CHECK(window.find("alice", "x")->seq == 1);

  window.expire(old);
  CHECK(window.find("alice", "x") == nullptr);
  CHECK(window.empty());
}

TEST_CASE("messages without an id are counted but not known") {
  DedupeWindow window;
  add_others(window, 5);
  CHECK(window.empty());
  CHECK(window.find("bob", "") == nullptr);
}

TEST_CASE("sender and id are held apart") {
  DedupeWindow window;
  window.add("ab", "c", {.seq = 1, .time = first_start});
  CHECK(window.find("a", "bc") == nullptr);
  CHECK(window.find("abc", "") == nullptr);
}

}  // namespace hubbub::journal
