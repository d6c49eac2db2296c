#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/look_alike.hpp"
#include "server/accounts/book.hpp"
#include "server/journal/conversation.hpp"
#include "test/support/catch.hpp"
#include "test/support/dice.hpp"

namespace hubbub::accounts::random {

namespace record = journal::account;
using journal::AccountRecord;
using journal::TokenHash;
using protocol::Timestamp;

/// What each account must be: a list that is searched from end to end.
struct Model {
  struct Device {
    std::uint64_t number;
    TokenHash token;
    Timestamp used;
  };
  struct Place {
    bool is_in = false;
    std::uint64_t read = 0;
  };
  struct Person {
    std::uint64_t number;
    protocol::Name name;
    std::uint32_t passes = 0;
    journal::ServerRole role = journal::ServerRole::none;
    bool is_suspended = false;
    std::vector<Device> devices{};
    std::map<std::string, Place> places{};
  };
  struct Invitation {
    std::uint64_t number;
    TokenHash token;
    std::uint32_t uses;
    std::optional<Timestamp> until;
  };
  struct Rest {
    std::string text;  ///< a key or a look
    Timestamp until;
    std::uint64_t account;  ///< which may have it all the same; 0: nobody may
  };

  Person* person(std::uint64_t number) {
    for (auto& each : people)
      if (each.number == number) return &each;
    return nullptr;
  }
  bool is_free(const protocol::Name& name, std::uint64_t but, Timestamp at) const {
    const auto look = protocol::skeleton(name);
    const bool is_taken = std::any_of(people.begin(), people.end(), [&](const Person& each) {
      return each.number != but && (each.name == name || protocol::skeleton(each.name) == look);
    });
    return !is_taken && !rests(name.key, but, at) && !rests(look, but, at);
  }
  /// The last rest of a text counts.
  bool rests(const std::string& text, std::uint64_t but, Timestamp at) const {
    const auto last =
        std::find_if(resting.rbegin(), resting.rend(), [&](const Rest& each) { return each.text == text; });
    return last != resting.rend() && at < last->until && (but == 0 || last->account != but);
  }
  bool has_token(const TokenHash& token) const {
    return std::any_of(people.begin(), people.end(), [&](const Person& each) {
      return std::any_of(each.devices.begin(), each.devices.end(),
                         [&](const Device& device) { return device.token == token; });
    });
  }

  bool apply(const AccountRecord& whole) {
    if (const auto* begun = std::get_if<record::Begun>(&whole.body)) {
      const protocol::Name name{.shown = begun->name.shown, .key = begun->name.key};
      if (!is_free(name, 0, whole.at)) return false;
      if (begun->device && has_token(begun->device->hash)) return false;
      if (begun->invitation != 0) {
        Invitation* found = nullptr;
        for (auto& each : invitations)
          if (each.number == begun->invitation && (!each.until || whole.at < *each.until)) found = &each;
        if (found == nullptr) return false;
        --found->uses;
        std::erase_if(invitations, [](const Invitation& each) { return each.uses == 0; });
      }
      people.push_back(
          {.number = whole.seq, .name = name, .passes = begun->password.passes, .role = begun->role});
      if (begun->device) people.back().devices.push_back({whole.seq, begun->device->hash, whole.at});
      return true;
    }
    if (const auto* made = std::get_if<record::InvitationMade>(&whole.body)) {
      std::erase_if(invitations,
                    [&](const Invitation& each) { return each.until && *each.until <= whole.at; });
      for (const auto& each : invitations)
        if (each.token == made->token) return false;
      invitations.push_back({whole.seq, made->token, made->uses, made->until});
      return true;
    }
    if (const auto* revoked = std::get_if<record::InvitationRevoked>(&whole.body)) {
      return std::erase_if(invitations,
                           [&](const Invitation& each) { return each.number == revoked->invitation; }) > 0;
    }
    if (const auto* erased = std::get_if<record::Erased>(&whole.body)) {
      resting.push_back({erased->key, erased->reserved_until, 0});
      resting.push_back({erased->look, erased->reserved_until, 0});
      return std::erase_if(people, [&](const Person& each) { return each.number == erased->account; }) > 0;
    }
    auto* const who = person(std::visit(
        [](const auto& body) -> std::uint64_t {
          if constexpr (requires { body.account; }) return body.account;
          return 0;
        },
        whole.body));
    if (who == nullptr) return false;
    if (const auto* renamed = std::get_if<record::Renamed>(&whole.body)) {
      const protocol::Name name{.shown = renamed->name.shown, .key = renamed->name.key};
      if (!is_free(name, who->number, whole.at)) return false;
      if (renamed->reserved_until) {
        resting.push_back({who->name.key, *renamed->reserved_until, who->number});
        resting.push_back({protocol::skeleton(who->name), *renamed->reserved_until, who->number});
      }
      who->name = name;
    } else if (const auto* set = std::get_if<record::PasswordSet>(&whole.body)) {
      if (set->renews && (*set->renews)[0] != static_cast<unsigned char>(who->passes)) return false;
      who->passes = set->password.passes;
    } else if (const auto* others = std::get_if<record::OthersRevoked>(&whole.body)) {
      std::erase_if(who->devices, [&](const Device& device) { return device.number != others->device; });
    } else if (const auto* role = std::get_if<record::RoleSet>(&whole.body)) {
      who->role = role->role;
    } else if (std::holds_alternative<record::Suspended>(whole.body)) {
      who->is_suspended = true;
    } else if (std::holds_alternative<record::Resumed>(whole.body)) {
      return std::exchange(who->is_suspended, false);
    } else if (const auto* added = std::get_if<record::DeviceAdded>(&whole.body)) {
      if (has_token(added->token.hash)) return false;
      who->devices.push_back({whole.seq, added->token.hash, whole.at});
    } else if (const auto* used = std::get_if<record::DeviceUsed>(&whole.body)) {
      for (auto& device : who->devices) {
        if (device.number != used->device) continue;
        device.used = std::max(device.used, whole.at);
        return true;
      }
      return false;
    } else if (const auto* entered = std::get_if<record::RoomEntered>(&whole.body)) {
      return !std::exchange(who->places[entered->room].is_in, true);
    } else if (const auto* left = std::get_if<record::RoomLeft>(&whole.body)) {
      const bool was_in = std::exchange(who->places[left->room].is_in, false);
      forget_empty(who->places);
      return was_in;
    } else if (const auto* read = std::get_if<record::ReadUpTo>(&whole.body)) {
      auto& upto = who->places[read->place].read;
      const bool rises = read->seq > upto;
      upto = std::max(upto, read->seq);
      forget_empty(who->places);
      return rises;
    } else if (const auto* revoked = std::get_if<record::DeviceRevoked>(&whole.body)) {
      return std::erase_if(who->devices,
                           [&](const Device& device) { return device.number == revoked->device; }) > 0;
    }
    return true;
  }

  static void forget_empty(std::map<std::string, Place>& places) {
    std::erase_if(places, [](const auto& each) { return !each.second.is_in && each.second.read == 0; });
  }

  std::vector<Person> people;
  std::vector<Invitation> invitations;
  std::vector<Rest> resting;
};

/// Names of which many are the same or look the same, and few numbers, so that much meets.
class Dice : public test::Dice {
 public:
  using test::Dice::Dice;

  std::string name() {
    static const std::vector<std::string> names{"nina", "NINA", "n\u0456na", "otto", "\u043Etto", "anna",
                                                "Вова", "вова", "Bo\u0432a", "小明", "zoe"};
    return names[below(names.size())];
  }
  std::string room() {
    static const std::vector<std::string> rooms{"lobby", "dev", "чай"};
    return rooms[below(rooms.size())];
  }
  TokenHash token() {
    TokenHash token{};
    token[0] = static_cast<unsigned char>(below(12));
    return token;
  }
  /// Of something that one of the last records began, or of nothing.
  std::uint64_t number(std::uint64_t last) { return last - std::min(last, below(25)); }

  /// With a salt that tells it from others.
  journal::PasswordHash password() {
    journal::PasswordHash hash{.passes = static_cast<std::uint32_t>(below(4))};
    hash.salt[0] = static_cast<unsigned char>(hash.passes);
    return hash;
  }
  record::OwnedName owned_name() { return owned(protocol::parse_name(name()).value()); }
  record::Any begun(std::uint64_t last) {
    record::Begun one{.name = owned_name(), .password = password()};
    if (below(2) == 0) one.invitation = number(last);
    if (below(2) == 0) one.device = record::Token{.hash = token(), .label = "first"};
    return one;
  }

  record::Any body(std::uint64_t last, Timestamp at) {
    const auto in = std::chrono::hours(below(20));
    switch (below(17)) {
      case 0:
      case 1:
        return begun(last);
      case 2:
        return record::Renamed{.account = number(last),
                               .name = owned_name(),
                               .reserved_until = below(2) == 0 ? std::nullopt : std::optional(at + in)};
      case 3: {
        record::PasswordSet set{.account = number(last), .password = password(), .renews = {}};
        if (below(2) == 0) set.renews = password().salt;
        return set;
      }
      case 4:
        return record::RoleSet{.account = number(last), .role = static_cast<journal::ServerRole>(below(3))};
      case 5:
        if (below(2) == 0) return record::Resumed{.account = number(last)};
        return record::Suspended{.account = number(last), .until = {}, .reason = "rude"};
      case 6: {
        const auto who = owned_name();
        return record::Erased{
            .account = number(last), .key = who.key, .look = who.look, .reserved_until = at + in};
      }
      case 7:
      case 8:
        return record::DeviceAdded{.account = number(last), .token = {.hash = token(), .label = "one"}};
      case 9:
        return record::DeviceUsed{.account = number(last), .device = number(last)};
      case 10:
        if (below(3) == 0) return record::OthersRevoked{.account = number(last), .device = number(last)};
        return record::DeviceRevoked{.account = number(last), .device = number(last)};
      case 11:
        return record::RoomLeft{.account = number(last), .room = room()};
      case 12:
      case 13: {
        const auto entered = room();
        return record::RoomEntered{.account = number(last), .room = entered, .name = entered};
      }
      case 14: {
        const auto who = number(last);
        const auto other = number(last) + 1;
        const auto place =
            below(2) == 0 ? room() : journal::conversation_key(journal::parties_of(who + 1, other));
        return record::ReadUpTo{.account = who, .place = place, .name = place, .seq = below(6)};
      }
      default:
        if (below(3) == 0) return record::InvitationRevoked{.invitation = number(last)};
        return record::InvitationMade{.token = token(),
                                      .uses = static_cast<std::uint32_t>(1 + below(3)),
                                      .until = below(2) == 0 ? std::nullopt : std::optional(at + in)};
    }
  }
};

/// The book is as the model says.
inline void compare(const Book& book, const Model& model, Timestamp at) {
  REQUIRE(book.size() == model.people.size());
  for (const auto& person : model.people) {
    const auto* const account = book.find(person.number);
    REQUIRE(account != nullptr);
    REQUIRE(account->name == person.name.shown);
    REQUIRE(book.find(person.name) == account);
    REQUIRE(book.find_alike(person.name) == account);
    REQUIRE(account->password.passes == person.passes);
    REQUIRE(account->role == person.role);
    REQUIRE((account->suspension != nullptr) == person.is_suspended);
    const auto& places = book.places(person.number);
    REQUIRE(places.size() == person.places.size());
    for (const auto& [key, place] : person.places) {
      REQUIRE(places.contains(key));
      REQUIRE(places.at(key).is_in == place.is_in);
      REQUIRE(places.at(key).read == place.read);
    }
    REQUIRE(account->devices.size() == person.devices.size());
    for (std::size_t i = 0; i < person.devices.size(); ++i) {
      REQUIRE(account->devices[i].number == person.devices[i].number);
      REQUIRE(account->devices[i].used == person.devices[i].used);
      const auto bearer = book.find_by_token(person.devices[i].token);
      REQUIRE(bearer.account == account);
      REQUIRE(bearer.device == &account->devices[i]);
    }
  }
  for (unsigned char first = 0; first < 12; ++first) {
    TokenHash token{};
    token[0] = first;
    REQUIRE((book.find_by_token(token).account != nullptr) == model.has_token(token));
  }
  REQUIRE(book.invitations().size() == model.invitations.size());
  for (const auto& each : model.invitations) {
    const auto* const found = book.find_invitation(each.token, at);
    REQUIRE((found != nullptr) == (!each.until || at < *each.until));
    if (found != nullptr) REQUIRE(found->uses == each.uses);
  }
  for (const auto* const text :
       {"nina", "n\u0456na", "otto", "\u043Etto", "anna", "вова", "Bo\u0432a", "小明"}) {
    const auto name = protocol::parse_name(text).value();
    REQUIRE((book.find_alike(name) == nullptr && !book.is_reserved(name, at)) == model.is_free(name, 0, at));
    for (const auto& person : model.people) {
      const auto* const alike = book.find_alike(name);
      const bool is_free =
          (alike == nullptr || alike->number == person.number) && !book.is_reserved(name, at, person.number);
      REQUIRE(is_free == model.is_free(name, person.number, at));
    }
  }
  REQUIRE(book.list(0, 1000).size() == book.size());
}

}  // namespace hubbub::accounts::random
