#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/journal/shared/log.hpp"
#include "test/journal/shared/log_reader.hpp"
#include "test/support/catch.hpp"

// The contract of log.hpp, as checks that any engine has to pass.
namespace hubbub::journal::shared {
namespace log_contract {

using Result = Log::Result;
using State = Log::State;

/// A log that has its first entry, and a node that reads it and was let in.
struct Begun {
  explicit Begun(LogBench& bench) : first(bench) {
    first.open();
    first.wait_for_state(State::empty);
    CHECK(first.begin("begin") == Result::stored);
    first.wait_for_state(State::reading);
    epoch = first.enter("a");
    first.wait_for_items(2);
  }
  LogReader first;
  std::uint64_t epoch = 0;
};

inline void an_empty_log_is_begun_once(LogBench& bench) {
  std::vector<std::unique_ptr<LogReader>> nodes;
  std::array<std::optional<Result>, 3> results;
  for (std::size_t i = 0; i < results.size(); ++i) {
    nodes.push_back(std::make_unique<LogReader>(bench));
    nodes.back()->open();
    nodes.back()->wait_for_state(State::empty);
    CHECK(nodes.back()->items().empty());
  }
  for (std::size_t i = 0; i < results.size(); ++i)
    nodes[i]->start_begin("by " + std::to_string(i), false, results.at(i));
  nodes[0]->wait([&] { return results[0] && results[1] && results[2]; }, "results");
  CHECK(std::count(results.begin(), results.end(), Result::stored) == 1);
  CHECK(std::count(results.begin(), results.end(), Result::refused) == 2);
  const auto won = std::find(results.begin(), results.end(), Result::stored) - results.begin();
  for (const auto& node : nodes) {
    node->wait_for_state(State::reading);
    CHECK(node->story() == "1:by " + std::to_string(won));
  }
  LogReader late(bench);
  CHECK(late.begin("late") == Result::refused);
  CHECK(late.read().entries().size() == 1);
}

inline void all_read_the_same_in_order(LogBench& bench) {
  constexpr std::size_t count = 20;
  Begun begun(bench);
  LogReader second(bench);
  second.read();
  second.enter("b");
  LogReader silent(bench);
  silent.read();
  for (std::size_t i = 0; i < count; ++i) {
    std::optional<Result> one;
    std::optional<Result> other;
    begun.first.start_append("a" + std::to_string(i) + std::string("\0\xff\n", 3), one);
    second.start_append("b" + std::to_string(i), other);
    begun.first.wait([&] { return one && other; }, "both results");
    CHECK(one == Result::stored);
    CHECK(other == Result::stored);
  }
  LogReader late(bench);
  late.read();
  for (auto* const each : {&begun.first, &second, &silent, &late}) {
    each->wait_for_position(1 + 2 * count);
    CHECK(each->mark().position == 1 + 2 * count);
    CHECK(each->entries() == begun.first.entries());
    CHECK(each->story() == begun.first.story());
    CHECK(each->mark() == begun.first.mark());
  }
  // What one node appends stays in its order.
  std::size_t next = 0;
  for (const auto& bytes : late.entries())
    if (bytes.front() == 'a') CHECK(bytes == "a" + std::to_string(next++) + std::string("\0\xff\n", 3));
  CHECK(next == count);
}

inline void large_entries_and_empty_ones_come_whole(LogBench& bench) {
  Begun begun(bench);
  LogReader other(bench);
  other.read();
  std::string large(std::size_t{512} * 1024, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 7 + i / 255);
  CHECK(begun.first.append(large) == Result::stored);
  CHECK(begun.first.append("") == Result::stored);
  for (auto* const each : {&begun.first, &other}) {
    each->wait_for_position(3);
    CHECK(each->entries().at(1) == large);
    CHECK(each->entries().at(2).empty());
  }
}

inline void another_start_of_a_node_fences_the_former(LogBench& bench) {
  Begun begun(bench);
  CHECK(begun.first.append("one") == Result::stored);
  LogReader next(bench);
  next.read();
  const auto epoch = next.enter("a", "the second");
  CHECK(epoch > begun.epoch);
  CHECK(begun.first.append("two") == Result::refused);
  begun.first.wait_for_state(State::fenced);
  CHECK(begun.first.append("three") == Result::refused);
  CHECK(next.append("four") == Result::stored);
  for (auto* const each : {&begun.first, &next}) {
    each->wait_for_position(3);
    CHECK(each->story() == "1:begin +a 2:one -a +a 3:four");
    CHECK(std::get<Gone>(each->items().at(3).what).epoch == begun.epoch);
    const auto& came = std::get<Came>(each->items().at(4).what);
    CHECK(came.epoch == epoch);
    CHECK(came.about == "the second");
  }
}

inline void one_that_was_fenced_is_let_in_again(LogBench& bench) {
  Begun begun(bench);
  {
    LogReader next(bench);
    next.enter("a");
    next.close();
  }
  begun.first.wait_for_items(5);
  CHECK(begun.first.append("void") == Result::refused);
  const auto epoch = begun.first.enter("a", "again");
  CHECK(begun.first.append("back") == Result::stored);
  begun.first.wait_for_position(2);
  CHECK(begun.first.story() == "1:begin +a -a +a -a +a 2:back");
  CHECK(std::get<Came>(begun.first.items().at(5).what).epoch == epoch);
}

inline void nobody_appends_who_was_not_let_in(LogBench& bench) {
  Begun begun(bench);
  LogReader stranger(bench);
  stranger.read();
  CHECK(stranger.append("void") == Result::refused);
  CHECK(begun.first.append("valid") == Result::stored);
  stranger.wait_for_position(2);
  CHECK(stranger.story() == "1:begin +a 2:valid");
}

inline void reading_goes_on_behind_a_mark(LogBench& bench) {
  Begun begun(bench);
  LogReader second(bench);
  second.enter("b");
  CHECK(begun.first.append("before") == Result::stored);
  begun.first.wait_for_items(4);
  const auto mark = begun.first.mark();
  CHECK(begun.first.append("after") == Result::stored);
  const auto epoch_of_b = std::get<Came>(begun.first.items().at(2).what).epoch;
  second.close();
  begun.first.wait_for_items(6);
  LogReader third(bench);
  third.read(mark);
  third.wait_for_items(2);
  CHECK(third.story() == "3:after -b");
  // Also of those that had come before the mark.
  CHECK(std::get<Gone>(third.items().at(1).what).epoch == epoch_of_b);
  CHECK(third.mark() == begun.first.mark());
  LogReader nothing_new(bench);
  CHECK(nothing_new.read(begun.first.mark()).items().empty());
  CHECK(begun.first.append("new") == Result::stored);
  nothing_new.wait_for_position(4);
  CHECK(nothing_new.story() == "4:new");
}

inline void nodes_may_come_before_the_log_begins(LogBench& bench) {
  LogReader early(bench);
  early.open();
  early.wait_for_state(State::empty);
  const auto epoch = early.enter("a", "who");
  LogReader other(bench);
  other.open();
  other.wait_for_state(State::empty);
  other.wait_for_items(1);
  CHECK(other.story() == "+a");
  CHECK(std::get<Came>(other.items().at(0).what).epoch == epoch);
  CHECK(std::get<Came>(other.items().at(0).what).about == "who");
  early.wait_for_items(1);
  const auto mark = early.mark();
  CHECK(early.begin("begin") == Result::stored);
  LogReader late(bench);
  late.read();
  CHECK(late.story() == "+a 1:begin");
  LogReader again(bench);
  CHECK(again.read(mark).story() == "1:begin");
  CHECK(early.append("next") == Result::stored);
  for (auto* const each : {&early, &other, &late, &again}) {
    each->wait_for_state(State::reading);
    each->wait_for_position(2);
  }
}

inline void what_was_trimmed_is_missed(LogBench& bench) {
  Begun begun(bench);
  std::vector<Mark> marks{begun.first.mark()};
  for (const auto* const each : {"two", "three", "four"}) {
    CHECK(begun.first.append(each) == Result::stored);
    begun.first.wait_for_position(marks.back().position + 1);
    marks.push_back(begun.first.mark());
  }
  begun.first.log().trim(marks[2].revision);
  // It is done when one that needs it finds it gone.
  std::unique_ptr<LogReader> late;
  begun.first.wait(
      [&] {
        late = std::make_unique<LogReader>(bench);
        late->open(marks[0]);
        late->wait([&] { return !late->states().empty(); }, "a state");
        return late->states().back() == State::trimmed;
      },
      "a trimmed log");
  CHECK(late->items().empty());
  LogReader from_the_start(bench);
  from_the_start.open();
  from_the_start.wait_for_state(State::trimmed);
  CHECK(from_the_start.items().empty());
  LogReader in_time(bench);
  CHECK(in_time.read(marks[2]).story() == "4:four");
  begun.first.log().trim(marks[2].revision);
  CHECK(begun.first.append("five") == Result::stored);
  for (auto* const each : {&begun.first, &in_time}) each->wait_for_position(5);
}

inline void another_log_is_found_out(LogBench& bench) {
  Begun begun(bench);
  CHECK(begun.first.append("two") == Result::stored);
  begun.first.wait_for_position(2);
  const auto mark = begun.first.mark();
  for (const Mark& ahead :
       {Mark{.position = 3, .revision = mark.revision}, Mark{.position = 3, .revision = mark.revision + 1000},
        Mark{.position = 1, .revision = mark.revision}}) {
    LogReader reader(bench);
    reader.open(ahead);
    reader.wait_for_state(State::behind);
    CHECK(reader.items().empty());
  }
  LogReader other(bench);
  other.read();
  bench.shorten_leases();
  // Nobody takes the log from those who use it.
  {
    LogReader next(bench);
    CHECK(next.begin("anew", true) == Result::in_use);
  }
  CHECK(begun.first.append("three") == Result::stored);
  other.wait_for_position(3);
  // Another start of the node takes its place, and goes: then nobody is in service.
  LogReader second(bench);
  second.read();
  second.enter("a");
  CHECK(begun.first.append("pushed out") == Result::refused);
  second.close();
  LogReader next(bench);
  CHECK(next.begin("anew", true) == Result::stored);
  for (auto* const each : {&begun.first, &other}) each->wait_for_state(State::behind);
  CHECK(begun.first.append("void") == Result::refused);
  LogReader with_mark(bench);
  with_mark.open(mark);
  with_mark.wait_for_state(State::behind);
  LogReader fresh(bench);
  CHECK(fresh.read().story() == "1:anew");
  CHECK(fresh.enter("a") > begun.epoch);
  CHECK(fresh.append("next") == Result::stored);
  fresh.wait_for_position(2);
}

inline void an_orderly_end_is_told_at_once(LogBench& bench) {
  Begun begun(bench);
  LogReader other(bench);
  other.read();
  const auto epoch = other.enter("b");
  begun.first.wait_for_items(3);
  std::optional<Result> never;
  other.start_append("under way", never);
  const auto items = other.items().size();
  const auto states = other.states().size();
  other.close();
  begun.first.wait([&] { return begun.first.story().ends_with("-b"); }, "the end of b");
  CHECK(std::get<Gone>(begun.first.items().back().what).epoch == epoch);
  // Nothing else is told to one that has ended.
  CHECK_FALSE(never);
  CHECK(other.items().size() == items);
  CHECK(other.states().size() == states);
  LogReader nobody(bench);
  nobody.close();
}

inline void nothing_is_told_behind_the_end(LogBench& bench) {
  Begun begun(bench);
  std::optional<Result> never;
  auto ending = std::make_unique<LogReader>(bench);
  ending->open();
  ending->start_begin("begin", false, never);
  ending->destroy();
  LogReader other(bench);
  other.read();
  other.enter("b");
  other.start_append("left alone", never);
  const auto items = other.items().size();
  other.destroy();
  CHECK(begun.first.append("on") == Result::stored);
  begun.first.wait([&] { return begun.first.entries().back() == "on"; }, "what is new");
  CHECK_FALSE(never);
  CHECK(ending->items().empty());
  CHECK(ending->states().empty());
  CHECK(other.items().size() == items);
}

struct Check {
  const char* name;
  void (*run)(LogBench& bench);
};
inline constexpr std::array checks{
    Check{"an empty log is begun once", an_empty_log_is_begun_once},
    Check{"all read the same in order", all_read_the_same_in_order},
    Check{"large entries and empty ones come whole", large_entries_and_empty_ones_come_whole},
    Check{"another start of a node fences the former", another_start_of_a_node_fences_the_former},
    Check{"one that was fenced is let in again", one_that_was_fenced_is_let_in_again},
    Check{"nobody appends who was not let in", nobody_appends_who_was_not_let_in},
    Check{"reading goes on behind a mark", reading_goes_on_behind_a_mark},
    Check{"nodes may come before the log begins", nodes_may_come_before_the_log_begins},
    Check{"what was trimmed is missed", what_was_trimmed_is_missed},
    Check{"another log is found out", another_log_is_found_out},
    Check{"an orderly end is told at once", an_orderly_end_is_told_at_once},
    Check{"nothing is told behind the end", nothing_is_told_behind_the_end}};

}  // namespace log_contract
}  // namespace hubbub::journal::shared
