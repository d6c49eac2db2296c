// Nobody passes for somebody who is here.
#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>

#include "protocol/look_alike.hpp"
#include "server/chat/session.hpp"
#include "test/chat/doors.hpp"
#include "test/chat/house.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using Lines = std::vector<std::string>;
namespace event = protocol::event;
namespace request = protocol::request;

const std::string alice_with_cyrillic_a = "\u0430lice";

/// Two names that look different and whose skeletons have the same hash, as LookAlikes makes it; each begins
/// with an o.
std::pair<std::string, std::string> names_with_one_hash() {
  constexpr std::string_view letters = "abcdefgh";
  std::unordered_map<std::uint32_t, std::string> seen;
  for (std::uint32_t number = 1;; ++number) {
    std::string name = "o";
    for (auto rest = number; rest != 0; rest /= 8) name += letters.at(rest % 8);
    const auto skeleton = protocol::skeleton(protocol::parse_name(name).value());
    const auto hash = static_cast<std::uint32_t>(std::hash<std::string>()(skeleton));
    const auto [other, is_new] = seen.emplace(hash, name);
    if (!is_new) return {other->second, name};
  }
}

}  // namespace

TEST_CASE(
    "a name that mixes alphabets and looks like that of somebody who is here is refused, and told why") {
  House house;
  auto alice = house.enter("Alice");
  const auto other = house.connect();
  other->ask(hello(alice_with_cyrillic_a));
  const auto& refused = other->last<event::Failure>().error;
  CHECK(refused.code == protocol::Code::name_taken);
  CHECK(refused.text == "the name " + alice_with_cyrillic_a + " looks like Alice, who is here (" +
                            alice_with_cyrillic_a + " mixes letters of several alphabets); choose another");
  CHECK(alice->doubts == 1);
  other->ask(hello("bob"));
  other->ask(request::Rename{alice_with_cyrillic_a});
  CHECK(other->heard().back() == "error name_taken");
  CHECK(other->session().name().shown == "bob");
  alice->ask(request::Rename{"carol"});
  other->ask(request::Rename{alice_with_cyrillic_a});
  CHECK(other->session().name().shown == alice_with_cyrillic_a);
}

TEST_CASE("nor does one whom somebody passes for come in beside him, until he has gone") {
  House house;
  auto mixed = house.enter(alice_with_cyrillic_a);
  const auto alice = house.connect();
  alice->ask(hello("alice"));
  const auto& refused = alice->last<event::Failure>().error;
  CHECK(refused.code == protocol::Code::name_taken);
  CHECK(refused.text.starts_with("the name alice looks like " + alice_with_cyrillic_a + ", who is here ("));
  mixed.reset();
  alice->ask(hello("alice"));
  CHECK(alice->heard().back() == "welcome alice");
}

TEST_CASE("nor does a letter of any other script make a name that passes for another") {
  House house;
  const auto bob = house.enter("bob");
  const auto other = house.connect();
  for (const std::string name : {"b\u0585b", "b\u2C9Fb", "\u13CFob", "\uA4D0ob", "b\U0001042Cb"}) {
    CAPTURE(name);
    other->ask(hello(name));
    CHECK(other->heard() == Lines{"error name_taken"});
  }
}

TEST_CASE("names in one alphabet each are held beside one another, however alike") {
  House house;
  const auto latin = house.enter("cop");
  const auto cyrillic = house.enter("\u0441\u043E\u0440");
  CHECK(cyrillic->session().name().shown == "\u0441\u043E\u0440");
  const auto mixed = house.connect();
  mixed->ask(hello("c\u043Ep"));
  CHECK(mixed->heard() == Lines{"error name_taken"});
}

TEST_CASE("whoever goes by a name may change its look") {
  House house;
  const auto alice = house.enter("alice");
  alice->ask(request::Rename{alice_with_cyrillic_a});
  CHECK(alice->session().name().shown == alice_with_cyrillic_a);
  alice->ask(request::Rename{"ALICE"});
  CHECK(alice->session().name().shown == "ALICE");
  alice->ask(request::Rename{"alice"});
  CHECK(alice->session().name().shown == "alice");
}

TEST_CASE("names that look different are not taken for one another where only a hash of them is kept") {
  const auto with_cyrillic_o = [](const std::string& name) { return "\u043E" + name.substr(1); };
  const auto [one, other] = names_with_one_hash();
  House house;
  auto first = house.enter(one);
  const auto second = house.connect();
  second->ask(hello(with_cyrillic_o(one)));
  CHECK(second->heard().back() == "error name_taken");
  second->ask(hello(with_cyrillic_o(other)));
  CHECK(second->session().name().shown == with_cyrillic_o(other));
  const auto third = house.connect();
  third->ask(hello(other));
  CHECK(third->heard().back() == "error name_taken");
  first.reset();
  third->ask(hello(other));
  CHECK(third->heard().back() == "error name_taken");
  second->ask(request::Rename{with_cyrillic_o(one)});
  CHECK(second->session().name().shown == with_cyrillic_o(one));
  third->ask(hello(other));
  CHECK(third->session().name().shown == other);
}

TEST_CASE("the places that a session has among the others are in itself, and small") {
  CHECK(sizeof(Session) <= 328);
}

TEST_CASE("a guest is not called what somebody passes for") {
  House house;
  const auto squatter = house.enter("guest-\u0406");  // like guest-1
  CHECK(squatter->session().name().shown == "guest-\u0406");
  const auto guest = house.connect();
  guest->ask(request::Hello{});
  CHECK(guest->heard() == Lines{"welcome guest-2"});
}

TEST_CASE("in random coming, going and renaming nobody passes for anybody, and nobody else is refused") {
  const auto seed = GENERATE(range(1U, 21U));
  std::mt19937 random(seed);
  const auto below = [&](std::size_t count) { return static_cast<std::size_t>(random()) % count; };
  const std::array<std::string, 6> letters{"a", "\u0430", "\u03B1", "A", "o", "\u043E"};
  House house;
  std::vector<std::unique_ptr<Peer>> people;
  const auto some_name = [&] {
    std::string text;
    for (std::size_t left = 1 + below(3); left > 0; --left) text += letters.at(below(letters.size()));
    return text;
  };
  const auto stands_in_the_way = [&](Peer& other, const protocol::Name& name) {
    const auto& held = other.session().name();
    const bool passes = protocol::skeleton(held) == protocol::skeleton(name) &&
                        (protocol::mixes_alphabets(held) || protocol::mixes_alphabets(name));
    return held == name || passes;
  };
  for (int step = 0; step < 300; ++step) {
    const auto text = some_name();
    const auto name = protocol::parse_name(text).value();
    if (people.size() > 12) people.erase(people.begin() + static_cast<std::ptrdiff_t>(below(people.size())));
    const bool comes = people.empty() || below(2) == 0;
    auto newcomer = comes ? house.connect() : nullptr;
    Peer& asker = comes ? *newcomer : *people.at(below(people.size()));
    const bool taken = std::any_of(people.begin(), people.end(), [&](const auto& other) {
      return other.get() != &asker && stands_in_the_way(*other, name);
    });
    if (comes) {
      asker.ask(hello(text));
    } else {
      asker.ask(request::Rename{text});
    }
    INFO(seed << ' ' << step << ' ' << text);
    REQUIRE((asker.heard().back() == "error name_taken") == taken);
    if (comes && !taken) people.push_back(std::move(newcomer));
  }
}

}  // namespace hubbub::chat
