// The bytes of a batch: what is written is read, by this program and by every later one, and whatever else
// comes is refused.
#include "server/journal/shared/batch.hpp"

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "test/journal/shared/drafts.hpp"
#include "test/support/catch.hpp"
#include "test/support/dice.hpp"
#include "test/support/environment.hpp"

namespace hubbub::journal::shared {
namespace {

Head some_head() {
  return {.generation = 12,
          .node = "a",
          .epoch = 7,
          .number = 3,
          .seen = {.position = 41, .chain = 0xFEDCBA9876543210U},
          .time = protocol::Timestamp(std::chrono::milliseconds(1'795'000'000'000))};
}

std::string bytes_of(const std::vector<Draft>& drafts) {
  BatchWriter writer;
  for (const auto& each : drafts) writer.add(each);
  return writer.finish(some_head());
}

Draft checked(Draft draft, std::uint64_t position) {
  draft.checked = position;
  return draft;
}

Batch decoded(const std::string& bytes) {
  auto result = decode(bytes);
  REQUIRE(std::holds_alternative<Batch>(result));
  return std::get<Batch>(std::move(result));
}

bool is_damaged(const std::string& bytes) {
  const auto result = decode(bytes);
  const auto* const fault = std::get_if<Fault>(&result);
  return fault != nullptr && *fault == Fault::damaged;
}

}  // namespace

TEST_CASE("whatever is in a batch is read as it was written") {
  const auto seed = test::number_from("HUBBUB_SEED", 1);
  const auto runs = test::number_from("HUBBUB_RUNS", 100);
  for (std::uint64_t run = 0; run < runs; ++run) {
    CAPTURE(seed + run);
    SomeDrafts some(seed + run);
    test::Dice dice(seed + run);
    std::vector<Draft> records;
    for (auto left = dice.below(20); left > 0; --left)
      records.push_back(checked(some.next(), dice.below(1000)));
    const auto bytes = bytes_of(records);
    const auto batch = decoded(bytes);
    CHECK(batch.head.generation == 12);
    CHECK(batch.head.node == "a");
    CHECK(batch.head.epoch == 7);
    CHECK(batch.head.number == 3);
    CHECK(batch.head.seen == some_head().seen);
    CHECK(batch.head.time == some_head().time);
    REQUIRE(batch.drafts.size() == records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
      CHECK(batch.drafts[i].checked == records[i].checked);
      CHECK(same(batch.drafts[i], records[i]));
    }
    // There is one way to write it.
    CHECK(bytes_of(batch.drafts) == bytes);
  }
}

TEST_CASE(
    "what is cut, lengthened or changed anywhere is refused or read as something else, and does no harm") {
  const auto seed = test::number_from("HUBBUB_SEED", 1);
  const auto runs = test::number_from("HUBBUB_RUNS", 100) / 10 + 1;
  for (std::uint64_t run = 0; run < runs; ++run) {
    CAPTURE(seed + run);
    SomeDrafts some(seed + run);
    test::Dice dice(seed + run);
    std::vector<Draft> records;
    for (int i = 0; i < 3; ++i) records.push_back(checked(some.next(), 1));
    const auto bytes = bytes_of(records);
    for (int i = 0; i < 200; ++i) CHECK(is_damaged(bytes.substr(0, dice.below(bytes.size()))));
    CHECK(is_damaged(bytes + '\0'));
    for (int i = 0; i < 200; ++i) {
      auto other = bytes;
      other[dice.below(other.size())] = static_cast<char>(dice.below(256));
      const auto result = decode(other);
      if (const auto* const batch = std::get_if<Batch>(&result)) {
        BatchWriter writer;
        for (const auto& each : batch->drafts) writer.add(each);
        CHECK(writer.finish(batch->head) == other);
      }
    }
  }
}

TEST_CASE("an entry of a later program is told from one that is damaged") {
  auto later = bytes_of({});
  later.front() = static_cast<char>(level + 1);
  CHECK(std::get<Fault>(decode(later)) == Fault::later_level);
  later.front() = 0;
  CHECK(std::get<Fault>(decode(later)) == Fault::damaged);
  CHECK(is_damaged({}));
  CHECK(is_damaged(std::string(100, '\xFF')));
}

TEST_CASE("a length or a number that cannot be is refused before anything is made of it") {
  const auto head = bytes_of({});
  const auto with = [&](std::uint64_t count, const std::string& rest) {
    Encoder code;
    code.number(count);
    return head.substr(0, head.size() - 1) + code.take() + rest;
  };
  CHECK(is_damaged(with(std::numeric_limits<std::uint64_t>::max(), {})));
  CHECK(is_damaged(with(most_records + 1, std::string(10'000, '\0'))));
  // A say whose room would have 2^60 bytes.
  Encoder code;
  code.number(0);
  code.number(0);
  code.number(std::uint64_t{1} << 60U);
  CHECK(is_damaged(with(1, code.take())));
  // A number of more bits than there are, and one that is written longer than it is.
  CHECK(is_damaged(std::string("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 10)));
  CHECK(is_damaged(std::string("\x81\x00", 2) + head.substr(1)));
}

TEST_CASE("a batch is full before an engine would refuse it") {
  BatchWriter writer;
  Draft small{.room = "tea", .sender = "anna", .message = {.room = "tea", .from = "anna", .text = "hi"}};
  for (std::size_t i = 0; i < most_records; ++i) {
    REQUIRE(writer.fits(small));
    writer.add(small);
  }
  CHECK_FALSE(writer.fits(small));
  CHECK(decoded(writer.finish(some_head())).drafts.size() == most_records);
  CHECK(writer.is_empty());
  auto large = small;
  large.message.text = std::string(100'000, 'x');
  std::size_t count = 0;
  while (writer.fits(large)) {
    writer.add(large);
    ++count;
  }
  CHECK(count == 5);
  CHECK(writer.finish(some_head()).size() <= most_batch_bytes);
  // One alone goes, whatever its size.
  large.message.text = std::string(2 * most_batch_bytes, 'x');
  CHECK(writer.fits(large));
}

TEST_CASE("what a node does is in no batch") {
  for (presence::Any body : {presence::Any(presence::NodeCame{}), presence::Any(presence::NodeGone{})}) {
    Draft draft;
    draft.presence = std::make_shared<const PresenceRecord>(PresenceRecord{.body = std::move(body)});
    CHECK(is_damaged(bytes_of({draft})));
  }
}

TEST_CASE("the beginning of a log is read as it was written") {
  const Beginning beginning{
      .generation = 77, .base = 123'456, .epoch = 99, .is_from_nothing = true, .time = some_head().time};
  const auto bytes = encoded(beginning);
  CHECK(decode_beginning(bytes) == beginning);
  CHECK_FALSE(decode_beginning(bytes.substr(0, bytes.size() - 1)));
  CHECK_FALSE(decode_beginning(bytes + "x"));
  CHECK_FALSE(decode_beginning({}));
}

TEST_CASE("what was written once is read for ever") {
  // With HUBBUB_MAKE_FIXTURES set it is written, for a new level.
  const std::string path = HUBBUB_FIXTURES "/batch_1.bin";
  SomeDrafts some(20'261'129, 200);
  std::vector<Draft> records;
  for (std::uint64_t i = 0; i < 60; ++i) records.push_back(checked(some.next(), i));
  const auto bytes = bytes_of(records);
  if (std::getenv("HUBBUB_MAKE_FIXTURES") != nullptr) std::ofstream(path, std::ios::binary) << bytes;
  std::ifstream file(path, std::ios::binary);
  const std::string kept((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  REQUIRE_FALSE(kept.empty());
  const auto batch = decoded(kept);
  CHECK(batch.drafts.size() == 60);
  CHECK(bytes_of(batch.drafts) == kept);
}

TEST_CASE("two logs that differ anywhere are told apart by their chains from then on") {
  const auto first = chained(0, "one");
  CHECK(first != chained(0, "onf"));
  CHECK(first != 0);
  CHECK(chained(first, "two") != chained(chained(0, "onf"), "two"));
  CHECK(chained(0, "onetwo") != chained(first, "two"));
  CHECK(chained(1, "") != chained(0, ""));
  // As on every other machine.
  CHECK(chained(0, "") == chained(0, ""));
}

}  // namespace hubbub::journal::shared
