// What rooms with very many attributes, and deletions in large journals cost: `test_journal "[.costs]"`.
// Hidden, since times are for people to judge.
#include <chrono>
#include <cstdio>
#include <string>

#include "test/journal/bench.hpp"
#include "test/journal/retention_bench.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

using Clock = std::chrono::steady_clock;

template <class Work>
double milliseconds(Work work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

bool is_somewhere(const std::string& directory, const std::string& text) {
  for (const auto& each : std::filesystem::directory_iterator(directory))
    if (test::bytes_of(each.path()).find(text) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("what attributes cost", "[.costs]") {
  auto settings = each_engine();
  settings.sync = Sync::off;
  Bench bench(settings);
  const auto append = [&](int count) {
    return milliseconds([&] {
      for (int i = 0; i < count; ++i) {
        bench.set("many", "root", "ban/+", std::string(200, 'x'));
        bench.turn();
      }
    });
  };
  std::printf("%s: attributes one by one: 1-1000 %.0f ms", settings.engine.c_str(), append(1000));
  const auto rest = append(8000);
  std::printf(", to 9000 %.0f ms, to 10000 %.0f ms\n", rest, append(1000));
  for (const auto* room : {"none", "many", "none", "many"}) {
    const auto time = milliseconds([&] {
      for (int i = 0; i < 20'000; ++i) {
        bench.append(room, "alice", "hello", "id" + std::to_string(bench.tickets));
        if (i % 10 == 9) bench.turn();
      }
      bench.turn();
    });
    std::printf("%s: 20000 messages in the room with %s attributes: %.0f ms\n", settings.engine.c_str(), room,
                time);
  }
}

TEST_CASE("what a deletion costs in a large journal", "[.costs]") {
  auto settings = on_disk();
  Bench bench(settings);
  for (int i = 0; i < 100'000; ++i) {
    bench.append("room" + std::to_string(i % 20), "alice",
                 "word" + std::to_string(i * 7919 % 30'000) + " and another" + std::to_string(i % 977) +
                     " are said about tea, coffee and the weather of day " + std::to_string(i));
    if (i % 1000 == 999) bench.turn();
  }
  const auto secret = bench.say("room3", "alice", "zanzibarqq").message->seq;
  for (int second = 0; second < 60; ++second) bench.later(std::chrono::seconds{1});
  REQUIRE(is_somewhere(bench.directory(), "zanzibarqq"));
  double longest = 0;
  auto last = Clock::now();
  bench.on_turn = [&] {
    longest = std::max(longest, std::chrono::duration<double, std::milli>(Clock::now() - last).count());
    last = Clock::now();
  };
  bench.erase("room3", {secret});
  const auto deleted = milliseconds([&] { bench.turn(); });
  double gone = deleted;
  while (is_somewhere(bench.directory(), "zanzibarqq") && gone < 60'000)
    gone += milliseconds([&] { bench.later(std::chrono::seconds{1}); });
  std::printf("100000 messages: gone from all files after %.0f ms (longest step %.0f ms)\n", gone, longest);
  CHECK_FALSE(is_somewhere(bench.directory(), "zanzibarqq"));
}

}  // namespace hubbub::journal
