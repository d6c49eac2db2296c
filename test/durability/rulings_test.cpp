#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/dice.hpp"
#include "test/support/environment.hpp"
#include "test/support/json_client.hpp"

// Rulings, edits and deletions while the daemon is killed: what was answered or seen holds, and nothing of
// what came later holds without what came before.
namespace hubbub::test {
namespace {

constexpr const char* lenient =
    "[limits]\nmessages_per_second = 0\nmessages_per_second_per_address = 0\nqueries_per_second = 0\n"
    "connects_per_second_per_address = 0\n[moderation]\nraid_joins = 0\n"
    "[accounts]\nhash_memory = \"1MiB\"\nhash_passes = 1\n";

/// How a room is ruled; the words are those of the protocol.
struct Ruled {
  std::map<std::string, std::string> roles{};  ///< by account
  std::map<std::string, std::string> rules{};
  std::set<std::string> masks{};

  friend bool operator==(const Ruled&, const Ruled&) = default;
};

/// By number; of what was deleted: none.
using Texts = std::map<std::uint64_t, std::string>;

/// Requests in the order in which they were sent, and what there is after each; the first is what was there
/// before.
template <class State>
struct Course {
  std::vector<State> states;
  std::size_t answered = 0;
  std::size_t seen = 0;

  State next() const { return states.back(); }
  /// Whether that is left of it: all that was answered or seen, and whatever came with it in its order.
  bool may_be(const State& found) const {
    const auto least = static_cast<std::ptrdiff_t>(std::max(answered, seen));
    return std::find(states.begin() + least, states.end(), found) != states.end();
  }
};

struct Council {
  /// Three accounts; the owner begins a room, and has said something in it.
  explicit Council(const Address& address, const std::string& name) : room(name) {
    JsonClient owner = begin(address, "anna");
    begin(address, "bob");
    begin(address, "carol");
    owner.join(room);
    for (int i = 0; i < 6; ++i) {
      const std::string text = "text " + std::to_string(i);
      changes.states.resize(1);
      changes.states[0][number_of(owner.say(room, text), "seq")] = text;
    }
    rulings.states.push_back({.roles = {{"bob", ""}, {"carol", ""}}, .rules = {}, .masks = {}});
  }
  JsonClient begin(const Address& address, const std::string& name) {
    JsonClient client = member(address, name, "entrance");
    tokens[name] = text_of(client.answer({{"type", "register"}, {"password", "correct-horse"}}), "token");
    return client;
  }
  JsonClient log_in(const Address& address, const std::string& name) const {
    JsonClient client(address);
    client.answer({{"type", "hello"}, {"version", 1}, {"token", tokens.at(name)}});
    return client;
  }

  /// Another ruling, and what it makes.
  Event rule(Dice& dice) {
    auto next = rulings.next();
    Event asked;
    const auto what = dice.below(4);
    if (what == 0) {
      const std::string who = dice.one_in(2) ? "bob" : "carol";
      std::vector<std::string> others;
      for (const std::string role : {"", "voice", "moderator"})
        if (role != next.roles[who]) others.push_back(role);
      next.roles[who] = others[dice.below(others.size())];
      asked = {{"type", "role"},
               {"room", room},
               {"name", who},
               {"role", next.roles[who].empty() ? "none" : next.roles[who]}};
    } else if (what == 1) {
      const std::string value = std::to_string(10'000 + 1000 * ++made_);
      next.rules["slow_mode"] = value;
      asked = {{"type", "room"}, {"room", room}, {"set", Event{{"slow_mode", std::stoull(value)}}}};
    } else if (what == 2) {
      auto& secret = next.rules["secret"];
      secret = secret == "true" ? "" : "true";
      const bool is_secret = secret == "true";
      if (!is_secret) next.rules.erase("secret");
      asked = {{"type", "room"}, {"room", room}, {"set", Event{{"secret", is_secret}}}};
    } else {
      const std::string mask = "name:x" + std::to_string(++made_) + "*";
      next.masks.insert(mask);
      asked = {{"type", "ban"}, {"room", room}, {"of", mask}, {"action", dice.one_in(2) ? "ban" : "mute"}};
    }
    rulings.states.push_back(std::move(next));
    return asked;
  }
  /// Another edit, or a deletion, of something that is still there; nothing: all is deleted.
  std::optional<Event> change(Dice& dice) {
    auto next = changes.next();
    std::vector<std::uint64_t> left;
    for (const auto& [seq, text] : next)
      if (!text.empty()) left.push_back(seq);
    if (left.empty()) return std::nullopt;
    const auto seq = left[dice.below(left.size())];
    Event asked{{"room", room}, {"seq", seq}};
    if (dice.one_in(8)) {
      next[seq].clear();
      asked["type"] = "delete";
    } else {
      next[seq] = "edited " + std::to_string(++made_);
      asked["type"] = "edit";
      asked["text"] = next[seq];
    }
    changes.states.push_back(std::move(next));
    return asked;
  }

  Ruled ruled(const Address& address) const {
    JsonClient owner = log_in(address, "anna");
    const Event about = owner.answer({{"type", "room"}, {"room", room}});
    Ruled found;
    CHECK(text_of(about, "role") == "owner");
    if (has(about, "slow_mode")) found.rules["slow_mode"] = std::to_string(number_of(about, "slow_mode"));
    if (has(about, "secret") && truth_of(about, "secret")) found.rules["secret"] = "true";
    for (const auto& ban : list_of(owner.answer({{"type", "bans"}, {"room", room}}), "bans"))
      found.masks.insert(text_of(ban, "mask"));
    for (const std::string who : {"bob", "carol"}) {
      const Event joined = log_in(address, who).join(room);
      found.roles[who] = has(joined, "role") ? text_of(joined, "role") : "";
    }
    return found;
  }
  Texts texts(const Address& address) const {
    JsonClient owner = log_in(address, "anna");
    owner.join(room);
    Texts found;
    for (const auto& message : list_of(owner.answer({{"type", "history"}, {"room", room}}), "messages"))
      found[number_of(message, "seq")] = has(message, "deleted") ? "" : text_of(message, "text");
    return found;
  }

  std::string room;
  std::map<std::string, std::string> tokens;
  Course<Ruled> rulings;
  Course<Texts> changes;

 private:
  std::size_t made_ = 0;
};

bool is_change(const Event& event) {
  const auto type = text_of(event, "type");
  return type == "edited" || type == "deleted";
}
bool is_ruling(const Event& event) {
  const auto type = text_of(event, "type");
  return type == "role" || type == "banned" || type == "room";
}

}  // namespace

// HUBBUB_ROUNDS chooses how many: HUBBUB_ROUNDS=100 test_durability "[rulings]"
TEST_CASE("what was answered or seen of rulings and changes holds after every kill -9, in their order",
          "[rulings]") {
  Dice dice(number_from("HUBBUB_SEED", 1));
  const TemporaryDirectory state;
  std::optional<Daemon> daemon;
  const auto start = [&] {
    daemon.reset();
    daemon.emplace(DaemonOptions{.config = lenient, .state_dir = state.path(), .engine = "sqlite"});
  };
  start();
  Council council(daemon->address(), "tea");
  const auto rounds = number_from("HUBBUB_ROUNDS", 8);
  for (std::size_t round = 0; round < rounds; ++round) {
    CAPTURE(round);
    {
      JsonClient owner = council.log_in(daemon->address(), "anna");
      owner.join(council.room);
      JsonClient observer = member(daemon->address(), "eve", council.room);
      observer.sync();
      owner.sync();
      std::vector<bool> sent;  // whether each is a ruling
      for (auto count = 5 + dice.below(30); count > 0; --count) {
        const bool rules = dice.one_in(2);
        auto asked = rules ? std::optional(council.rule(dice)) : council.change(dice);
        if (!asked) continue;
        asked->emplace("ref", "n" + std::to_string(sent.size()));
        owner.send(*asked);
        sent.push_back(rules);
      }
      // Somewhere in the middle.
      for (std::size_t wanted = dice.below(sent.size() + 1); wanted > 0;) {
        const Event answer = owner.next();
        if (!has(answer, "ref")) continue;
        CAPTURE(boost::json::serialize(answer));
        REQUIRE(text_of(answer, "type") != "error");
        ++(is_change(answer) ? council.changes.answered : council.rulings.answered);
        --wanted;
      }
      for (auto wanted = dice.below(council.rulings.answered + council.changes.answered + 1); wanted > 0;
           --wanted) {
        const Event event = observer.next();
        if (is_change(event)) ++council.changes.seen;
        if (is_ruling(event)) ++council.rulings.seen;
      }
      daemon->kill();
    }
    start();
    const auto ruled = council.ruled(daemon->address());
    const auto texts = council.texts(daemon->address());
    REQUIRE(council.rulings.may_be(ruled));
    REQUIRE(council.changes.may_be(texts));
    council.rulings = {.states = {ruled}};
    council.changes = {.states = {texts}};
  }
}

}  // namespace hubbub::test
