#include "server/journal/keyed_hash.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <set>
#include <vector>

#include "server/journal/sqlite/recent_ids.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

/// The inverse of an odd number, modulo 2^64.
constexpr std::uint64_t inverse(std::uint64_t odd) {
  std::uint64_t inverse = odd;
  for (int i = 0; i < 6; ++i) inverse *= 2 - odd * inverse;
  return inverse;
}

// MurmurHash64A, which is std::hash of GCC's library for strings, takes eight bytes at a time through a
// function that has an inverse, under a key that everybody knows.
constexpr std::uint64_t factor = 0xC6A4A7935BD1E995;
constexpr std::uint64_t seed = 0xC70F6907;

std::uint64_t mix(std::uint64_t block) {
  block *= factor;
  block ^= block >> 47U;
  return block * factor;
}

std::uint64_t unmix(std::uint64_t mixed) {
  mixed *= inverse(factor);
  mixed ^= mixed >> 47U;
  return mixed * inverse(factor);
}

/// Texts of 16 bytes with one std::hash.
std::vector<std::string> colliding(std::size_t count) {
  std::vector<std::string> texts;
  for (std::uint64_t first = 1; texts.size() < count; ++first) {
    const auto state = ((seed ^ (16 * factor)) ^ mix(first)) * factor;
    const std::array<std::uint64_t, 2> blocks{first, unmix(state ^ 0x1234567)};
    std::string text(sizeof blocks, '\0');
    std::memcpy(text.data(), blocks.data(), text.size());
    texts.push_back(std::move(text));
  }
  return texts;
}

constexpr std::size_t many = 2000;

}  // namespace

TEST_CASE("texts that were chosen for their hashes to meet do not meet") {
  const auto texts = colliding(many);
  std::set<std::size_t> known;
  std::set<std::size_t> keyed;
  const KeyedHash hash;
  for (const auto& text : texts) {
    known.insert(std::hash<std::string>{}(text));
    keyed.insert(hash(text));
  }
  CHECK(known.size() == 1);  // or they are chosen badly
  CHECK(keyed.size() == many);
  CHECK(KeyedHash()(texts[0]) != hash(texts[0]));
}

TEST_CASE("ids that were chosen to be looked for together cost a look each at most") {
  const auto texts = colliding(many);
  sqlite::RecentIds ids;
  constexpr protocol::Timestamp start{std::chrono::hours{400'000}};
  for (std::uint64_t i = 0; i < many; ++i) ids.add(ids.hash_of("mallory", texts[i]), i + 1, i + 1, start);
  std::vector<std::uint64_t> found;
  std::size_t worst = 0;
  for (const auto& text : texts) {
    ids.find(ids.hash_of("mallory", text), found);
    worst = std::max(worst, found.size());
  }
  CHECK(worst <= 3);
}

TEST_CASE("the hash is of the whole text, and tells a sender from an id") {
  const KeyedHash hash;
  CHECK(hash("a") != hash("b"));
  CHECK(hash("") == hash(std::string_view()));
  CHECK(hash(id_key("ab", "c")) != hash(id_key("a", "bc")));
}

}  // namespace hubbub::journal
