#include "server/journal/sqlite/recent_ids.hpp"

#include <algorithm>

#include "protocol/limits.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal::sqlite {
namespace {

constexpr protocol::Timestamp beginning{std::chrono::hours{400'000}};

/// Adds `count` ids from `first` on, one a millisecond; numbers and ordinals are theirs.
void add(RecentIds& ids, std::uint64_t first, std::uint64_t count) {
  for (std::uint64_t i = first; i < first + count; ++i) {
    ids.add(ids.hash_of("alice", std::to_string(i)), i, i, beginning + std::chrono::milliseconds(i));
  }
}

bool knows(const RecentIds& ids, std::uint64_t i) {
  std::vector<std::uint64_t> found;
  ids.find(ids.hash_of("alice", std::to_string(i)), found);
  return std::find(found.begin(), found.end(), i) != found.end();
}

}  // namespace

TEST_CASE("every id that was added is found, and hardly any other") {
  RecentIds ids;
  add(ids, 1, 100'000);
  CHECK(ids.size() == 100'000);
  std::uint64_t missing = 0;
  for (std::uint64_t i = 1; i <= 100'000; ++i) missing += knows(ids, i) ? 0 : 1;
  CHECK(missing == 0);
  std::size_t wrong = 0;
  std::vector<std::uint64_t> found;
  for (int i = 0; i < 10'000; ++i) {
    ids.find(ids.hash_of("bob", std::to_string(i)), found);
    wrong += found.size();
  }
  CHECK(wrong < 50);
}

TEST_CASE("ids go once they are both old and far back, a minute's worth at a time") {
  RecentIds ids;
  add(ids, 1, 5000);
  const auto much_later = beginning + std::chrono::hours{24};
  ids.expire(5000, beginning + protocol::dedupe_age);
  CHECK(knows(ids, 1));
  ids.expire(5000 + protocol::dedupe_messages - 1, much_later);
  CHECK(knows(ids, 5000));
  ids.expire(5000 + protocol::dedupe_messages, much_later);
  CHECK(ids.size() == 0);
}

TEST_CASE("the newest thousand stay, however long ago they were said") {
  RecentIds ids;
  for (std::uint64_t hour = 1; hour <= 3000; ++hour) {
    const auto time = beginning + std::chrono::hours(hour);
    ids.expire(hour, time);
    ids.add(ids.hash_of("alice", std::to_string(hour)), hour * 3'600'000'000, hour, time);
  }
  std::vector<std::uint64_t> found;
  for (std::uint64_t hour = 2001; hour <= 3000; ++hour) {
    ids.find(ids.hash_of("alice", std::to_string(hour)), found);
    REQUIRE(std::find(found.begin(), found.end(), hour * 3'600'000'000) != found.end());
  }
  CHECK(ids.size() < 1200);
}

}  // namespace hubbub::journal::sqlite
