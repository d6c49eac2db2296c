// What the attributes of a room say: texts in a value, bans, rules and roles.
#include "server/chat/ruling.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/dice.hpp"

namespace hubbub::chat {
namespace {

using protocol::Timestamp;
using Kind = Ban::Action;

constexpr Timestamp now{std::chrono::hours{400'000}};

Ban ban(std::uint64_t id, Mask mask, Kind action = Kind::ban, std::optional<Timestamp> until = {}) {
  return {.id = id, .mask = std::move(mask), .action = action, .until = until};
}
/// The number of the ban about that subject; 0: there is none.
std::uint64_t about(const Bans& bans, const Subject& subject, Kind action = Kind::ban) {
  const auto* const found = bans.about(subject, action, now);
  return found == nullptr ? 0 : found->id;
}
journal::StateRecord record_of(std::string attribute, std::string value) {
  return {.room = "tea",
          .seq = 1,
          .attribute = std::move(attribute),
          .value = std::move(value),
          .by = "anna",
          .at = now};
}

}  // namespace

TEST_CASE("texts in one value are found by their words, and none breaks out of its line") {
  const auto packed = Packed()
                          .set("by", "bob")
                          .set("bystander", "carol")
                          .set("reason", "too\nmask=name:x\nloud")
                          .set("empty", "")
                          .set("until", now)
                          .set("never", std::optional<Timestamp>());
  const Packed again(packed.text());
  CHECK(again.get("by") == "bob");
  CHECK(again.get("bystander") == "carol");
  CHECK(again.get("reason") == "too mask=name:x loud");
  CHECK(again.get("mask").empty());
  CHECK(again.get("b").empty());
  CHECK(again.get("empty").empty());
  CHECK(again.time("until") == now);
  CHECK_FALSE(again.time("never"));
  CHECK_FALSE(again.time("by"));
  CHECK(Packed().get("by").empty());
  CHECK(Packed("by=a=b\n\nx=1").get("by") == "a=b");
  CHECK(Packed("by=a=b\n\nx=1").get("x") == "1");
}

TEST_CASE("a ban that is kept is the same ban again, and one that is taken away is none") {
  const Ban made{.id = 7,
                 .mask = Mask::of_name("an*"),
                 .action = Kind::mute,
                 .until = now,
                 .by = "anna",
                 .reason = "too loud",
                 .at = now,
                 .keeps = true};
  const auto kept = Ban::from(record_of("ban/7", made.packed()));
  REQUIRE(kept);
  CHECK(kept->id == 7);
  CHECK(kept->mask == made.mask);
  CHECK(kept->action == Kind::mute);
  CHECK(kept->until == now);
  CHECK(kept->by == "anna");
  CHECK(kept->reason == "too loud");
  CHECK(kept->at == now);
  CHECK(kept->keeps);
  CHECK_FALSE(Ban::from(record_of("ban/7", "")));
  CHECK_FALSE(Ban::from(record_of("ban/7", "mask=nick:x\naction=ban")));
  CHECK_FALSE(Ban::from(record_of("ban/7", "mask=name:x\naction=burn")));
  CHECK_FALSE(Ban::from(record_of("banner", made.packed())));
}

TEST_CASE("of several bans the one counts that holds the longest, and none that is over") {
  Bans bans;
  const Subject anna{.name = "anna", .account = 12, .host = "abc"};
  bans.set(ban(1, Mask::of_name("anna"), Kind::ban, now + std::chrono::minutes{1}));
  CHECK(about(bans, anna) == 1);
  bans.set(ban(2, Mask::of_host("abc"), Kind::ban, now + std::chrono::minutes{3}));
  CHECK(about(bans, anna) == 2);
  bans.set(ban(3, Mask::of_name("an*"), Kind::ban, now + std::chrono::minutes{2}));
  CHECK(about(bans, anna) == 2);
  bans.set(ban(4, Mask::of_account(12)));
  CHECK(about(bans, anna) == 4);
  bans.remove(4);
  bans.set(ban(2, Mask::of_host("abc"), Kind::ban, now));  // prolonged the other way: over
  CHECK(about(bans, anna) == 3);
  bans.remove(3);
  bans.remove(1);
  CHECK(about(bans, anna) == 0);
  CHECK(bans.size() == 1);
}

TEST_CASE("an exception lifts bans and mutes, also when it comes first, until it is over or taken back") {
  Bans bans;
  const Subject anna{.name = "anna", .account = 12};
  const Subject andy{.name = "andy"};
  bans.set(ban(1, Mask::of_account(12), Kind::except));
  bans.set(ban(2, Mask::of_name("an*")));
  bans.set(ban(3, Mask::of_name("an*"), Kind::mute));
  CHECK(about(bans, anna) == 0);
  CHECK(about(bans, anna, Kind::mute) == 0);
  CHECK(about(bans, andy) == 2);
  CHECK(about(bans, andy, Kind::mute) == 3);
  bans.set(ban(1, Mask::of_account(12), Kind::except, now));
  CHECK(about(bans, anna) == 2);
  bans.set(ban(1, Mask::of_account(12), Kind::except));
  CHECK(about(bans, anna) == 0);
  bans.remove(1);
  CHECK(about(bans, anna, Kind::mute) == 3);
}

TEST_CASE("a ban that keeps those who are there hides none that does not") {
  Bans bans;
  const Subject anna{.name = "anna", .account = 12};
  auto keeping = ban(1, Mask::of_name("an*"));
  keeping.keeps = true;
  bans.set(keeping);
  CHECK(about(bans, anna) == 1);
  CHECK(bans.puts_out(anna, now) == nullptr);
  bans.set(ban(2, Mask::of_account(12), Kind::ban, now + std::chrono::hours{2}));
  CHECK(about(bans, anna) == 1);  // it holds longer
  REQUIRE(bans.puts_out(anna, now) != nullptr);
  CHECK(bans.puts_out(anna, now)->id == 2);
  CHECK(bans.puts_out(anna, now + std::chrono::hours{3}) == nullptr);
  bans.set(ban(3, Mask::of_name("anna"), Kind::except));
  CHECK(bans.puts_out(anna, now) == nullptr);
}

TEST_CASE("whether there are mutes is known, whatever becomes of them") {
  Bans bans;
  CHECK_FALSE(bans.has_mutes());
  bans.set(ban(1, Mask::of_name("anna"), Kind::mute));
  bans.set(ban(1, Mask::of_name("anna"), Kind::mute));
  CHECK(bans.has_mutes());
  bans.set(ban(1, Mask::of_name("anna"), Kind::ban));
  CHECK_FALSE(bans.has_mutes());
  bans.remove(1);
  bans.remove(1);
  bans.remove(9);
  CHECK(bans.is_empty());
  CHECK_FALSE(bans.has_mutes());
}

TEST_CASE("among 10,000 masks each finds its own, and what is removed finds nobody") {
  Bans bans;
  const auto mask = [](std::uint64_t i) {
    const auto number = std::to_string(i);
    if (i % 3 == 0) return Mask::of_name("n" + number);
    return i % 3 == 1 ? Mask::of_account(i) : Mask::of_host("h" + number);
  };
  constexpr std::uint64_t many = 10'000;
  for (std::uint64_t i = 1; i <= many; ++i) bans.set(ban(i, mask(i)));
  for (int round = 0; round < 10; ++round) {
    for (std::uint64_t i = 1; i <= many; ++i) {
      const auto number = std::to_string(i);
      const std::string name = i % 3 == 0 ? "n" + number : "other";
      const std::string host = i % 3 == 2 ? "h" + number : "";
      if (about(bans, {.name = name, .account = i % 3 == 1 ? i : 0, .host = host}) != i) FAIL(i);
      if (about(bans, {.name = "h" + number, .account = many + i, .host = "n" + number}) != 0) FAIL(i);
    }
  }
  for (std::uint64_t i = 1; i <= many; i += 2) bans.remove(i);
  CHECK(bans.size() == many / 2);
  CHECK(about(bans, {.name = "n3"}) == 0);
  CHECK(about(bans, {.name = "n6"}) == 6);
}

TEST_CASE("in random orders bans find what a plain look at all of them finds", "[random]") {
  test::Dice dice(17);
  Bans bans;
  std::map<std::uint64_t, Ban> model;
  const std::vector<std::string> names{"anna", "andy", "bob", "carol"};
  const std::vector<std::string> patterns{"anna", "bob", "an*", "?ob", "*a*", "*"};
  for (int step = 0; step < 3000; ++step) {
    const auto id = 1 + dice.below(12);
    if (dice.one_in(3)) {
      bans.remove(id);
      model.erase(id);
    } else {
      const auto kind = dice.below(3);
      const auto mask = kind == 0   ? Mask::of_account(1 + dice.below(3))
                        : kind == 1 ? Mask::of_host("h" + std::to_string(dice.below(3)))
                                    : Mask::of_name(patterns[dice.below(patterns.size())]);
      const auto until = dice.one_in(2)
                             ? std::nullopt
                             : std::optional(now + std::chrono::seconds{static_cast<int>(dice.below(6))} -
                                             std::chrono::seconds{2});
      const auto made = ban(id, mask, static_cast<Kind>(dice.below(3)), until);
      bans.set(made);
      model.insert_or_assign(id, made);
    }
    const std::string host = "h" + std::to_string(dice.below(3));
    const Subject subject{.name = names[dice.below(names.size())], .account = dice.below(4), .host = host};
    const auto any = [&](Kind action) {
      bool is_any = false;
      for (const auto& [number, each] : model)
        is_any = is_any || (each.action == action && !each.is_over(now) && each.mask.matches(subject));
      return is_any;
    };
    const bool is_excepted = any(Kind::except);
    CHECK((about(bans, subject) != 0) == (any(Kind::ban) && !is_excepted));
    CHECK((about(bans, subject, Kind::mute) != 0) == (any(Kind::mute) && !is_excepted));
  }
}

TEST_CASE("rules that are kept are the same rules again, and those of no value are taken away") {
  const protocol::RoomRules rules{.moderated = true,
                                  .invite_only = true,
                                  .secret = true,
                                  .key = "open",
                                  .topic_for = "moderators",
                                  .accounts_only = "enter",
                                  .history_for = "since_join",
                                  .limit = 5,
                                  .slow_mode = 5000,
                                  .keep_messages = 10,
                                  .keep_age = 60'000};
  journal::RoomState state;
  Ruling ruling;
  for (const auto& [attribute, value] : attributes_of(rules)) {
    state.apply(record_of(attribute, value));
    ruling.apply(record_of(attribute, value));
  }
  CHECK(rules_of(state) == rules);
  CHECK(ruling.rules() == rules);
  CHECK(Ruling(state).rules() == rules);
  const protocol::RoomRules none{.moderated = false,
                                 .invite_only = false,
                                 .secret = false,
                                 .key = "",
                                 .topic_for = "members",
                                 .accounts_only = "no",
                                 .history_for = "members",
                                 .limit = 0,
                                 .slow_mode = 0,
                                 .keep_messages = 0,
                                 .keep_age = 0};
  for (const auto& [attribute, value] : attributes_of(none)) {
    CHECK(value.empty());
    state.apply(record_of(attribute, value));
    ruling.apply(record_of(attribute, value));
  }
  CHECK(rules_of(state) == protocol::RoomRules());
  CHECK(ruling.rules() == protocol::RoomRules());
  CHECK(attributes_of(protocol::RoomRules()).empty());
}

TEST_CASE("a ruling knows owner, roles and bans, and that it has changed") {
  Ruling ruling;
  auto is_new = [&, last = std::uint32_t{0}]() mutable {
    return std::exchange(last, ruling.version()) != last;
  };
  CHECK(is_new());
  ruling.apply(record_of("topic", "tea"));
  CHECK_FALSE(is_new());
  ruling.apply(record_of("owner", "#3"));
  CHECK(is_new());
  ruling.apply(record_of("role/#4", "moderator"));
  ruling.apply(record_of("role/#5", "voice"));
  ruling.apply(record_of("ban/9", ban(9, Mask::of_name("x"), Kind::mute).packed()));
  CHECK(is_new());
  CHECK(ruling.rank_of(0) == Rank::anyone);
  CHECK(ruling.rank_of(3) == Rank::owner);
  CHECK(ruling.rank_of(4) == Rank::moderator);
  CHECK(ruling.rank_of(5) == Rank::voice);
  CHECK(ruling.rank_of(6) == Rank::anyone);
  CHECK(ruling.bans().has_mutes());
  ruling.apply(record_of("role/#4", ""));
  ruling.apply(record_of("owner", "#5"));
  ruling.apply(record_of("ban/9", ""));
  CHECK(ruling.rank_of(3) == Rank::anyone);
  CHECK(ruling.rank_of(4) == Rank::anyone);
  CHECK(ruling.rank_of(5) == Rank::owner);
  CHECK(ruling.bans().is_empty());
  ruling.apply(record_of("owner", ""));
  CHECK(ruling.owner() == 0);
  CHECK(ruling.rank_of(0) == Rank::anyone);
}

}  // namespace hubbub::chat
