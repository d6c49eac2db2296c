// Random orders of all that is done to a journal, on every engine, against a model that says what must be
// there.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/limits.hpp"
#include "server/journal/attendance.hpp"
#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "test/journal/bench.hpp"
#include "test/journal/retention_bench.hpp"
#include "test/support/catch.hpp"
#include "test/support/dice.hpp"

namespace hubbub::journal {
namespace {

using namespace std::chrono_literals;
using protocol::Timestamp;
using Texts = std::vector<std::string>;

// Engines look for what is to go now and then.
constexpr auto slack = 3min;

struct Said {
  std::uint64_t seq = 0;
  std::string sender;
  std::string text;
  std::string id;
  Timestamp time;
};

struct ModelRoom {
  std::vector<Said> said;
  std::size_t dropped = 0;  ///< how many of them retention has dropped
  std::map<std::string, std::string> attributes;
  bool occupied = false;
  Timestamp left;            ///< since when nobody is there
  Timestamp left_at_latest;  ///< the same, as far as an engine need know it
};

/// One run: what is done, and what must be seen.
class Orders {
 public:
  Orders(const Settings& settings, std::uint64_t seed) : settings_(settings), bench_(settings), dice_(seed) {
    bench_.on_batch = [this] {
      for (const auto& committed : bench_.batches.back()) take(committed);
    };
  }

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      CAPTURE(step);
      do_something();
      bench_.turn();
      // What retention has found out is acted on by the next second.
      bench_.later(2s);
      bench_.later(2s);
      judge();
    }
  }

  const std::string& directory() const { return bench_.directory(); }

 private:
  void do_something() {
    const std::string name = "room" + std::to_string(dice_.below(4));
    auto& room = rooms_[name];
    switch (dice_.below(12)) {
      case 0:
      case 1:
      case 2:
      case 3:
        for (auto messages = 1 + dice_.below(8); messages > 0; --messages) say(name, room);
        return;
      case 4:
      case 5: {
        const auto value = dice_.below(3) == 0 ? "" : "value " + std::to_string(++number_);
        bench_.set(name, "alice", dice_.below(2) == 0 ? "topic" : "limit", value);
        return;
      }
      case 6:
        if (!room.occupied) bench_.journal().occupy(name);
        room.occupied = true;
        return;
      case 7:
        if (room.occupied) abandon(name, room);
        return;
      case 8:
        return restart();
      case 9:
        return pass(std::chrono::minutes(dice_.below(50)));
      case 10:
        return pass(std::chrono::minutes(dice_.below(200)));
      default:
        return pass(std::chrono::seconds(dice_.below(100)));
    }
  }

  void pass(std::chrono::seconds time) { bench_.now += time; }

  void abandon(const std::string& name, ModelRoom& room) {
    bench_.journal().abandon(name);
    room.occupied = false;
    room.left = room.left_at_latest = bench_.now;
  }

  void restart() {
    if (settings_.engine == "memory") return;
    bench_.reopen();
    for (auto& [name, room] : rooms_) {
      if (room.occupied) room.left = bench_.now;
      // While there are messages, when the last has left is known to the process alone.
      if (room.occupied || is_kept(room)) room.left_at_latest = bench_.now;
      room.occupied = false;
    }
  }

  void say(const std::string& name, const ModelRoom& room) {
    const std::string sender = dice_.below(2) == 0 ? "alice" : "bob";
    if (dice_.below(4) == 0 && !room.said.empty()) {
      const auto& again =
          room.said[room.said.size() - 1 - dice_.below(std::min<std::size_t>(room.said.size(), 5))];
      if (!again.id.empty() && again.time + protocol::dedupe_age >= bench_.now)
        return bench_.append(name, again.sender, again.text, again.id);
    }
    const auto number = std::to_string(++number_);
    bench_.append(name, sender, "text " + number, dice_.below(3) == 0 ? "" : "id " + number);
  }

  void take(const Committed& committed) {
    auto& room = rooms_[committed.room];
    if (committed.state) {
      REQUIRE(committed.state->seq > std::exchange(last_, committed.state->seq));
      room.attributes.erase(committed.state->attribute);
      if (!committed.state->value.empty())
        room.attributes.emplace(committed.state->attribute, committed.state->value);
      if (!room.occupied) room.left = room.left_at_latest = bench_.now;
      return;
    }
    const auto& message = *committed.message;
    const auto known = std::find_if(room.said.begin(), room.said.end(), [&](const Said& one) {
      return !message.id.empty() && one.id == message.id && one.sender == message.from;
    });
    REQUIRE((committed.outcome == Outcome::repeated) == (known != room.said.end()));
    if (known != room.said.end()) {
      REQUIRE(message.seq == known->seq);
      return;
    }
    REQUIRE(message.seq > last_);
    last_ = message.seq;
    room.said.push_back({message.seq, message.from, message.text, message.id, message.time});
  }

  void judge() {
    Texts expected_rooms;
    for (auto& [name, room] : rooms_) {
      CAPTURE(name);
      drop(room);
      REQUIRE(bench_.history(name) == kept(room));
      const auto tail = bench_.journal().tail(name);
      REQUIRE(tail.kept == is_kept(room));
      if (is_kept(room)) REQUIRE(tail.last == room.said.back().seq);
      judge_attributes(room, tail);
      const bool is_listed = is_kept(room) || !room.attributes.empty();
      REQUIRE(tail.name == (is_listed ? name : ""));
      if (is_listed) expected_rooms.push_back(name);
    }
    Texts rooms;
    for (const auto& room : bench_.journal().rooms({}, 100)) rooms.emplace_back(room.key);
    REQUIRE(rooms == expected_rooms);
    REQUIRE(bench_.journal().room_count() == rooms.size());
  }

  void judge_attributes(ModelRoom& room, const Tail& tail) const {
    std::map<std::string, std::string> found;
    if (tail.state != nullptr) {
      for (const auto& record : tail.state->records()) found.emplace(record.attribute, record.value);
    }
    const bool may_go = !is_kept(room) && !room.occupied && room.left + state_age <= bench_.now;
    const bool must_go = may_go && room.left_at_latest + state_age + slack < bench_.now;
    if (found.empty() && may_go) room.attributes.clear();
    REQUIRE(found == room.attributes);
    if (must_go) REQUIRE(found.empty());
  }

  void drop(ModelRoom& room) const {
    while (room.dropped < room.said.size() && is_too_much(room)) ++room.dropped;
  }
  bool is_too_much(const ModelRoom& room) const {
    const bool surplus =
        settings_.keep_messages > 0 && room.said.size() - room.dropped > settings_.keep_messages;
    const bool aged =
        settings_.keep_age.count() > 0 && room.said[room.dropped].time + settings_.keep_age < bench_.now;
    return surplus || aged;
  }
  static bool is_kept(const ModelRoom& room) { return room.dropped < room.said.size(); }
  static Texts kept(const ModelRoom& room) {
    Texts texts;
    for (auto i = room.dropped; i < room.said.size(); ++i) texts.push_back(room.said[i].text);
    return texts;
  }

  Settings settings_;
  Bench bench_;
  test::Dice dice_;
  std::map<std::string, ModelRoom> rooms_;
  std::uint64_t last_ = 0;
  int number_ = 0;
};

/// What the tables say of each room is what its messages say.
void require_consistent(const std::string& directory) {
  sqlite::Database journal(sqlite::journal_file(directory), sqlite::Database::Access::read);
  REQUIRE(journal.number("SELECT count(*) FROM room WHERE last > dropped AND last IS NOT "
                         "(SELECT max(seq) FROM message m WHERE m.room = room.id)") == 0);
  REQUIRE(journal.number("SELECT count(*) FROM room WHERE last <= dropped AND "
                         "EXISTS(SELECT 1 FROM message m WHERE m.room = room.id)") == 0);
  REQUIRE(journal.number("SELECT count(*) FROM room WHERE (oldest IS NULL) <> (last <= dropped)") == 0);
  REQUIRE(journal.number("SELECT count(*) FROM room WHERE last <= dropped AND "
                         "id NOT IN (SELECT room FROM state) AND "
                         "NOT EXISTS(SELECT 1 FROM forgotten_id f WHERE f.room = room.id)") == 0);
}

}  // namespace

TEST_CASE("in any order, what was said and what rooms are about is there for as long as it should be") {
  auto settings = each_engine();
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    CAPTURE(settings.engine, seed);
    settings.keep_messages = seed % 3 == 0 ? 7 : 0;
    settings.keep_age = seed % 2 == 0 ? 2h : 0h;
    settings.sync = Sync::normal;
    Orders orders(settings, seed);
    orders.run(120);
    if (settings.engine == "sqlite") require_consistent(orders.directory());
  }
}

}  // namespace hubbub::journal
