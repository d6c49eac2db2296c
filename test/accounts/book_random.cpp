// Random records, held against a model that looks at all of them each time.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <vector>

#include "test/accounts/model.hpp"
#include "test/journal/bench.hpp"

namespace hubbub::accounts::random {
namespace {

/// How many runs, and the seed of the first; HUBBUB_RUNS and HUBBUB_SEED ask for others.
struct Runs {
  int count;
  std::uint32_t first;
};
Runs runs(int count) {
  const char* const wanted = std::getenv("HUBBUB_RUNS");
  const char* const seed = std::getenv("HUBBUB_SEED");
  return {.count = wanted != nullptr ? std::min(std::atoi(wanted), count * 10) : count,
          .first = seed != nullptr ? static_cast<std::uint32_t>(std::atoi(seed)) : 1U};
}

void fill(Book& book, const journal::Journal& journal) {
  const auto fault = journal.load_accounts([&](const AccountRecord& each) { book.apply(each); });
  REQUIRE_FALSE(fault.has_value());
}

}  // namespace

TEST_CASE("any records in any order make the book that the model says, twice", "[random]") {
  const auto [count, first] = runs(200);
  for (int run = 0; run < count; ++run) {
    CAPTURE(first, run);
    Dice dice(first + static_cast<std::uint32_t>(run));
    Book book;
    Model model;
    std::vector<AccountRecord> records;
    Timestamp at{std::chrono::hours(100'000)};
    for (std::uint64_t seq = 100; seq < 220; ++seq) {
      at += std::chrono::hours(dice.below(4));
      records.push_back({.seq = seq, .at = at, .body = dice.body(seq, at)});
      REQUIRE((book.apply(records.back()) == journal::Applied::done) == model.apply(records.back()));
      compare(book, model, at);
    }
    Book again;
    for (const auto& each : records) again.apply(each);
    compare(again, model, at);
  }
}

TEST_CASE("what the journal keeps of any records is the book that they made, over many starts", "[random]") {
  const auto [count, first] = runs(10);
  for (int run = 0; run < count; ++run) {
    CAPTURE(first, run);
    Dice dice(first + static_cast<std::uint32_t>(run));
    journal::Settings settings;
    settings.engine = "sqlite";
    settings.sync = journal::Sync::off;
    journal::Bench bench(settings);
    Model model;
    std::uint64_t last = 0;
    for (int start = 0; start < 5; ++start) {
      for (auto batches = 1 + dice.below(10); batches > 0; --batches) {
        for (auto records = 1 + dice.below(6); records > 0; --records) {
          bench.now += std::chrono::hours(dice.below(4));
          if (dice.below(5) == 0) bench.append("lobby", "alice", "beside them");
          bench.append_account(dice.body(last, bench.now));
        }
        bench.delivered.clear();
        bench.turn();
        for (const auto& committed : bench.delivered) {
          last = committed.account ? committed.account->seq : committed.message->seq;
          if (committed.account) model.apply(*committed.account);
        }
      }
      bench.reopen();
      last = std::max(last, bench.say("lobby", "alice", "back").message->seq);
      Book book;
      fill(book, bench.journal());
      compare(book, model, bench.now);
    }
  }
}

TEST_CASE("of so many places the one that was read the longest ago is forgotten, on disk as in memory") {
  journal::Settings settings;
  settings.engine = "sqlite";
  settings.sync = journal::Sync::off;
  journal::Bench bench(settings);
  bench.append_account(
      record::Begun{.name = owned(protocol::parse_name("nina").value()), .password = {}, .device = {}});
  bench.turn();
  const auto nina = bench.delivered.back().account->seq;
  bench.append_account(record::RoomEntered{.account = nina, .room = "here", .name = "here"});
  for (std::size_t i = 0; i < journal::most_places + 2; ++i) {
    const auto room = "r" + std::to_string(i);
    const auto seq = i == 5 ? 1 : 10 + i;  // not in the order in which they came
    bench.append_account(record::ReadUpTo{.account = nina, .place = room, .name = room, .seq = seq});
  }
  bench.turn();
  bench.reopen();
  Book book;
  fill(book, bench.journal());
  CHECK(book.places(nina).size() == journal::most_places);
  for (const auto* const forgotten : {"r5", "r0", "r1"}) CHECK(book.place(nina, forgotten) == nullptr);
  CHECK(book.place(nina, "r2") != nullptr);
  CHECK(book.place(nina, "here") != nullptr);
  CHECK(book.place(nina, "r" + std::to_string(journal::most_places + 1)) != nullptr);
}

TEST_CASE("an account is after a start all that it was before") {
  journal::Settings settings;
  settings.engine = "sqlite";
  journal::Bench bench(settings);
  journal::PasswordHash password{.passes = 3, .memory_kib = 19'456};
  password.salt.fill(200);
  password.hash.fill(250);
  TokenHash token{};
  token.fill(255);
  const auto nina = owned(protocol::parse_name("Нина").value());
  bench.append_account(
      record::InvitationMade{.token = token, .uses = 3, .until = bench.now + std::chrono::hours(2), .by = 7});
  bench.turn();
  const auto invitation = bench.delivered.back().account->seq;
  bench.append_account(record::Begun{.name = nina,
                                     .password = password,
                                     .role = journal::ServerRole::moderator,
                                     .invitation = invitation,
                                     .device = record::Token{.hash = token, .label = "a phone \U0001F4F1"}});
  bench.turn();
  const auto number = bench.delivered.back().account->seq;
  const auto begun = bench.now;
  bench.now += std::chrono::seconds(5);
  bench.append_account(record::DeviceUsed{.account = number, .device = number});
  bench.append_account(
      record::Suspended{.account = number, .until = bench.now + std::chrono::hours(1), .reason = "rude"});
  bench.turn();
  for (int start = 0; start < 2; ++start) {
    bench.reopen();
    Book book;
    fill(book, bench.journal());
    const auto* const account = book.find(number);
    REQUIRE(account != nullptr);
    CHECK(account->name == "Нина");
    CHECK(account->password == password);
    CHECK(account->role == journal::ServerRole::moderator);
    CHECK(account->begun == begun);
    REQUIRE(account->suspension != nullptr);
    CHECK(account->suspension->until == bench.now + std::chrono::hours(1));
    CHECK(account->suspension->reason == "rude");
    REQUIRE(account->devices.size() == 1);
    CHECK(account->devices[0].token == token);
    CHECK(account->devices[0].label == "a phone \U0001F4F1");
    CHECK(account->devices[0].added == begun);
    CHECK(account->devices[0].used == bench.now);
    const auto* const invited = book.find_invitation(token, bench.now);
    REQUIRE(invited != nullptr);
    CHECK(invited->number == invitation);
    CHECK(invited->uses == 2);
    CHECK(invited->until == begun + std::chrono::hours(2));
    CHECK(invited->by == 7);
  }
}

}  // namespace hubbub::accounts::random
