// What becomes of etcd's events, without etcd: each item once, in order, whatever watch brings them.
#include "server/journal/shared/etcd_replay.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/dice.hpp"
#include "test/support/environment.hpp"

namespace hubbub::journal::shared {
namespace {

using etcd::Event;
using etcd::KeyValue;
using etcd::Range;
using etcd::Replay;
using Found = Replay::Found;

const etcd::Keys keys("x");

/// A store of keys with all its revisions, as etcd's is.
class Store {
 public:
  void put(const std::string& key, const std::string& value) {
    auto& of = now_[key];
    ++revision_;
    of = {.key = key,
          .create_revision = of.version == 0 ? revision_ : of.create_revision,
          .mod_revision = revision_,
          .version = of.version + 1,
          .value = value};
    events_.push_back({.of = of});
    history_[revision_] = now_;
  }
  void remove(const std::vector<std::string>& gone) {
    ++revision_;
    for (const auto& key : gone) {
      if (now_.erase(key) == 0) continue;
      events_.push_back({.is_delete = true, .of = {.key = key, .mod_revision = revision_}});
    }
    history_[revision_] = now_;
  }
  void append(const std::string& bytes) { put(keys.log(), bytes); }
  void come(const std::string& node) { put(keys.node(node), "about " + node); }
  void go(const std::string& node) { remove({keys.node(node)}); }

  std::uint64_t revision() const { return revision_; }
  bool has(const std::string& key) const { return now_.contains(key); }
  Range range(std::uint64_t revision = 0) const {
    Range range{.revision = revision_};
    const auto at = history_.find(revision == 0 ? revision_ : revision);
    if (at == history_.end()) return range;
    for (const auto& [key, of] : at->second) range.found.push_back(of);
    return range;
  }
  std::vector<Event> events_from(std::uint64_t revision) const {
    std::vector<Event> found;
    for (const auto& event : events_)
      if (event.of.mod_revision >= revision) found.push_back(event);
    return found;
  }

 private:
  std::uint64_t revision_ = 1;
  std::map<std::string, KeyValue> now_;
  std::map<std::uint64_t, std::map<std::string, KeyValue>> history_{{1, {}}};
  std::vector<Event> events_;
};

std::string story(const std::vector<Item>& items) {
  std::string all;
  for (const auto& item : items) {
    if (!all.empty()) all += ' ';
    if (const auto* const came = std::get_if<Came>(&item.what)) {
      all += '+' + came->node + '@' + std::to_string(came->epoch);
    } else if (const auto* const gone = std::get_if<Gone>(&item.what)) {
      all += '-' + gone->node + '@' + std::to_string(gone->epoch);
    } else {
      const auto& entry = std::get<Entry>(item.what);
      all += std::to_string(entry.position) + ':' + entry.bytes;
    }
  }
  return all;
}

/// Begins a watch.
Found open(Replay& replay, const Store& store, std::vector<Item>& items) {
  const auto found = replay.look(store.range());
  return found == Found::fine ? replay.look_back(store.range(replay.base()), items) : found;
}

/// Reads all that there is.
std::string read(const Store& store, const Mark& from) {
  Replay replay(keys, from);
  std::vector<Item> items;
  if (open(replay, store, items) != Found::fine) return "not this log";
  if (replay.take({.events = store.events_from(replay.next_revision())}, items) != Found::fine)
    return "no more of this log";
  CHECK(replay.has_all_of(store.range()));
  return story(items);
}

}  // namespace

TEST_CASE("a log is read from its beginning, with the nodes that were there before it") {
  Store store;
  store.come("old");
  store.come("a");
  store.go("old");
  store.append("begin");
  store.come("b");
  store.append("two");
  store.go("a");
  CHECK(read(store, {}) == "+a@3 1:begin +b@6 2:two -a@3");
  CHECK(read(store, {.position = 1, .revision = 5}) == "+b@6 2:two -a@3");
  CHECK(read(store, {.position = 2, .revision = 7}) == "-a@3");
  CHECK(read(store, {.position = 2, .revision = 8}).empty());
  // Nobody had an entry then.
  CHECK(read(store, {.position = 0, .revision = 3}) == "-old@2 1:begin +b@6 2:two -a@3");
}

TEST_CASE("a mark of another log is found out") {
  Store store;
  store.append("begin");
  store.append("two");
  store.append("three");
  for (const Mark& wrong : {Mark{.position = 4, .revision = 4}, Mark{.position = 3, .revision = 5},
                            Mark{.position = 1, .revision = 4}, Mark{.position = 2, .revision = 2},
                            Mark{.position = 3, .revision = 3}, Mark{.position = 0, .revision = 3}}) {
    CAPTURE(wrong.position, wrong.revision);
    CHECK(read(store, wrong) == "not this log");
  }
  store.remove({keys.log()});
  CHECK(read(store, {.position = 3, .revision = 4}) == "not this log");
  store.append("anew");
  for (int i = 0; i < 5; ++i) store.append("more");
  CHECK(read(store, {.position = 3, .revision = 4}) == "not this log");
}

TEST_CASE("the end of a log ends the reading of it, with what was before") {
  Store store;
  store.append("begin");
  Replay replay(keys, {});
  std::vector<Item> items;
  REQUIRE(open(replay, store, items) == Found::fine);
  store.append("two");
  store.come("a");
  store.remove({keys.log(), keys.node("a")});
  store.append("anew");
  CHECK(replay.take({.events = store.events_from(replay.next_revision())}, items) == Found::behind);
  CHECK(story(items) == "1:begin 2:two +a@4");
}

TEST_CASE("what is missing in a watch is noticed, and what comes again is not told again") {
  Store store;
  for (const auto* const each : {"one", "two", "three", "four"}) store.append(each);
  const auto events = store.events_from(0);
  Replay replay(keys, {});
  std::vector<Item> items;
  REQUIRE(open(replay, store, items) == Found::fine);
  CHECK(replay.take({.events = {events[0], events[1]}}, items) == Found::fine);
  CHECK_FALSE(replay.has_all_of(store.range()));
  CHECK(replay.take({.events = {events[3]}}, items) == Found::gap);
  CHECK(replay.take({.events = {events[2], events[1]}}, items) == Found::fine);
  CHECK(replay.take({.events = events}, items) == Found::fine);
  CHECK(story(items) == "1:one 2:two 3:three 4:four");
  CHECK(replay.has_all_of(store.range()));
}

TEST_CASE("items of one revision are handed over together") {
  Store store;
  store.append("begin");
  store.come("a");
  store.come("b");
  Replay replay(keys, {});
  std::vector<Item> items;
  REQUIRE(open(replay, store, items) == Found::fine);
  REQUIRE(replay.take({.events = store.events_from(0)}, items) == Found::fine);
  items.clear();
  store.remove({keys.node("a"), keys.node("b")});
  const auto gone = store.events_from(5);
  REQUIRE(gone.size() == 2);
  CHECK(replay.take({.is_fragment = true, .events = {gone[0]}}, items) == Found::fine);
  CHECK(items.empty());
  CHECK_FALSE(replay.has_all_of(store.range()));
  // The watch ends there, and another one brings it all.
  replay.forget_fragment();
  CHECK(replay.take({.is_fragment = true, .events = {gone[0]}}, items) == Found::fine);
  CHECK(replay.take({.events = {gone[1]}}, items) == Found::fine);
  CHECK(story(items) == "-a@3 -b@4");
  CHECK(replay.has_all_of(store.range()));
}

TEST_CASE("what is not the log's and not a node's brings nothing") {
  Store store;
  store.append("begin");
  store.put("hubbub/x/note", "by hand");
  store.come("a");
  store.put(keys.node("a"), "changed by hand");
  store.remove({"hubbub/x/note"});
  CHECK(read(store, {}) == "1:begin +a@4");
  CHECK(read(store, {.position = 1, .revision = 4}).empty());
}

TEST_CASE("a compaction that took nothing from the reader is no loss") {
  Store store;
  store.append("begin");
  store.come("a");
  Replay replay(keys, {});
  std::vector<Item> items;
  REQUIRE(open(replay, store, items) == Found::fine);
  REQUIRE(replay.take({.events = store.events_from(0)}, items) == Found::fine);
  // Other users of the engine write, and somebody compacts it.
  auto now = store.range();
  now.revision = 100;
  CHECK(replay.look(now) == Found::fine);
  CHECK(replay.look_back_failed(now) == Found::fine);
  CHECK(replay.next_revision() == 101);
  store.append("two");
  CHECK(replay.look_back_failed(store.range()) == Found::trimmed);
  Replay other(keys, {.position = 1, .revision = 3});
  CHECK(other.look(now) == Found::fine);
  CHECK(other.look_back_failed(now) == Found::trimmed);  // it does not know who had come
}

TEST_CASE("watches that end anywhere bring the same as one that does not") {
  const auto seed = test::number_from("HUBBUB_SEED", 1);
  const auto runs = test::number_from("HUBBUB_RUNS", 300);
  for (std::uint64_t run = 0; run < runs; ++run) {
    CAPTURE(seed + run);
    test::Dice dice(seed + run);
    Store store;
    if (dice.one_in(2)) store.come("a");
    store.append("begin");
    Replay replay(keys, {});
    std::vector<Item> items;
    for (auto watches = 1 + dice.below(6); watches > 0; --watches) {
      replay.forget_fragment();
      REQUIRE(open(replay, store, items) == Found::fine);
      for (auto steps = dice.below(12); steps > 0; --steps) {
        const std::string node(1, static_cast<char>('a' + dice.below(3)));
        if (dice.one_in(3)) {
          if (store.has(keys.node(node))) {
            store.go(node);
          } else {
            store.come(node);
          }
        } else {
          store.append(std::to_string(steps));
        }
      }
      // Some of it comes, in some pieces.
      auto events = store.events_from(replay.next_revision());
      events.resize(dice.below(events.size() + 1));
      while (!events.empty()) {
        const auto size = static_cast<std::ptrdiff_t>(1 + dice.below(events.size()));
        const bool is_last = size == static_cast<std::ptrdiff_t>(events.size());
        REQUIRE(replay.take({.is_fragment = !is_last && dice.one_in(2),
                             .events = {events.begin(), events.begin() + size}},
                            items) == Found::fine);
        events.erase(events.begin(), events.begin() + size);
      }
    }
    REQUIRE(open(replay, store, items) == Found::fine);
    REQUIRE(replay.take({.events = store.events_from(replay.next_revision())}, items) == Found::fine);
    CHECK(story(items) == read(store, {}));
    CHECK(std::is_sorted(items.begin(), items.end(),
                         [](const Item& left, const Item& right) { return left.revision < right.revision; }));
    CHECK(replay.has_all_of(store.range()));
  }
}

}  // namespace hubbub::journal::shared
