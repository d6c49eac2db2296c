// Who waits for whom when many read, and what becomes of those who wait when the engine ends.
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "test/journal/bench.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t somebody = 1000;

/// A hundred readers who ask again as soon as they are answered.
class Hundreds {
 public:
  Hundreds(Bench& bench, Query query) : bench_(bench), query_(std::move(query)) {
    for (std::uint64_t reader = 1; reader <= 100; ++reader) ask(reader);
  }
  Hundreds(const Hundreds&) = delete;
  Hundreds& operator=(const Hundreds&) = delete;
  ~Hundreds() {
    going_ = false;
    bench_.settle();
  }

  std::size_t answers() const { return answers_; }
  /// What the longest has taken, or a little more.
  Clock::duration longest() const { return longest_; }

 private:
  void ask(std::uint64_t reader) {
    query_.reader = reader;
    bench_.journal().read(query_, [this, reader](const protocol::Result<Page>&) {
      ++answers_;
      const auto now = Clock::now();
      longest_ = std::max(longest_, now - std::exchange(answered_, now));
      if (going_) ask(reader);
    });
  }

  Bench& bench_;
  Query query_;
  std::size_t answers_ = 0;
  Clock::time_point answered_ = Clock::now();
  Clock::duration longest_{};
  bool going_ = true;
};

}  // namespace

TEST_CASE("a hundred who read all the time do not keep somebody waiting who reads now and then") {
  Bench bench(on_disk());
  for (int i = 0; i < 5000; ++i) bench.append("lobby", "alice", "what nobody looks for");
  bench.append("lobby", "alice", "needle");
  bench.turn();
  const bool searching = GENERATE(true, false);
  const Query much{.room = "lobby", .limit = 5000, .search = searching ? "what nobody" : ""};
  const Query little{.room = "lobby", .limit = 1, .search = searching ? "needle" : "", .reader = somebody};
  const Hundreds crowd(bench, much);
  Clock::duration worst{};
  for (int round = 0; round < 12; ++round) {
    const auto start = Clock::now();
    std::optional<Page> page;
    bench.journal().read(little, [&](protocol::Result<Page> result) { page = std::move(result.value()); });
    bench.run_until([&] { return page.has_value(); });
    CHECK(Bench::texts(*page) == std::vector<std::string>{"needle"});
    worst = std::max(worst, Clock::now() - start);
    const auto enough = crowd.answers() + 6;
    bench.run_until([&] { return crowd.answers() >= enough; });
  }
  // One was under way, and one has waited longest, whose turn it is now and then. All of them together take
  // many times as long.
  CHECK(worst <= 5 * crowd.longest());
}

TEST_CASE("who waits to read when the engine stops is answered, and when it is gone is left alone") {
  const test::TemporaryDirectory directory;
  auto settings = on_disk();
  settings.directory = directory.path().string();
  boost::asio::io_context loop{1};
  constexpr protocol::Timestamp now{std::chrono::hours{400'000}};
  auto journal = make_journal(settings, {.wall = now}, loop).value();
  std::size_t answers = 0;
  for (std::uint64_t reader = 1; reader <= 20; ++reader) {
    journal->read({.room = "lobby", .limit = 1, .search = reader % 2 == 0 ? "x" : "", .reader = reader},
                  [&](const protocol::Result<Page>&) { ++answers; });
  }
  SECTION("stopped") {
    bool done = false;
    journal->stop(now, [&] { done = true; });
    for (loop.restart(); loop.run_one() > 0; loop.restart()) journal->commit({.wall = now});
    CHECK(done);
    CHECK(answers == 20);
  }
  SECTION("gone") {
    journal.reset();
    loop.restart();
    loop.run();
    CHECK(answers == 0);
  }
}

}  // namespace hubbub::journal
