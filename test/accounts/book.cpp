// Accounts as the records say.
#include "server/accounts/book.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "server/accounts/token.hpp"
#include "test/support/catch.hpp"

namespace hubbub::accounts {
namespace {

namespace record = journal::account;
using journal::Applied;
using journal::most_devices;
using protocol::Timestamp;
using std::chrono::hours;

const Timestamp noon{hours(100'000)};

protocol::Name name(const std::string& text) { return protocol::parse_name(text).value(); }

struct Written {
  Applied what(record::Any body, Timestamp at = noon) {
    return book.apply({.seq = ++seq, .at = at, .body = std::move(body)});
  }
  /// The number of what begins with it; 0: it has had no effect.
  std::uint64_t put(record::Any body, Timestamp at = noon) {
    return what(std::move(body), at) == Applied::done ? seq : 0;
  }
  std::uint64_t begin(const std::string& who) { return put(record::Begun{.name = owned(name(who))}); }
  std::uint64_t erase(std::uint64_t number, const std::string& who, Timestamp until) {
    return put(record::Erased{
        .account = number, .key = name(who).key, .look = owned(name(who)).look, .reserved_until = until});
  }

  Book book;
  std::uint64_t seq = 1000;
};

journal::PasswordHash hash_of(unsigned char first) {
  journal::PasswordHash hash{.passes = first};
  hash.salt[0] = first;
  return hash;
}

journal::TokenHash token(unsigned char first) {
  journal::TokenHash hash{};
  hash[0] = first;
  return hash;
}

}  // namespace

TEST_CASE_METHOD(Written, "an account owns its name, in every spelling and in what looks like it") {
  const auto nina = begin("Nina");
  REQUIRE(nina > 0);
  CHECK(book.size() == 1);
  REQUIRE(book.find(nina) != nullptr);
  CHECK(book.find(nina)->name == "Nina");
  CHECK(book.find(name("nina")) == book.find(nina));
  CHECK(book.find(name("NINA")) == book.find(nina));
  CHECK(book.find(name("anna")) == nullptr);
  // U+0455 and U+0456 look like s and i.
  CHECK(book.find_alike(name("n\u0456na")) == book.find(nina));
  for (const auto* const other : {"nina", "NINA", "\uFF2Eina", "n\u0456na", "Nin\u0430"}) {
    CAPTURE(other);
    CHECK(begin(other) == 0);
  }
  CHECK(begin("nina2") > 0);
  CHECK(book.size() == 2);
}

TEST_CASE_METHOD(Written, "spellings of one name are one, also once its account has been erased") {
  const auto vova = begin("Вова");
  REQUIRE(vova > 0);
  CHECK(begin("вова") == 0);
  CHECK(put(record::Renamed{.account = vova, .name = owned(name("вова"))}) > 0);
  CHECK(begin("Вова") == 0);
  CHECK(erase(vova, "вова", noon + hours(1)) > 0);
  CHECK(begin("Вова") == 0);
  CHECK(begin("вова") == 0);
}

TEST_CASE_METHOD(Written, "an account is renamed, also in its own spelling, and its old name is free") {
  const auto nina = begin("nina");
  const auto otto = begin("otto");
  CHECK(put(record::Renamed{.account = nina, .name = owned(name("Otto"))}) == 0);
  CHECK(book.find(nina)->name == "nina");
  CHECK(put(record::Renamed{.account = nina, .name = owned(name("NINA"))}) > 0);
  CHECK(book.find(name("nina"))->name == "NINA");
  CHECK(put(record::Renamed{.account = nina, .name = owned(name("anna"))}) > 0);
  CHECK(book.find(name("nina")) == nullptr);
  CHECK(book.find_alike(name("nin\u0430")) == nullptr);
  CHECK(begin("nina") > otto);
  CHECK(put(record::Renamed{.account = 7, .name = owned(name("zoe"))}) == 0);
}

TEST_CASE_METHOD(Written, "a token is of one device of one account, until it is revoked") {
  const auto nina = begin("nina");
  const auto otto = begin("otto");
  const auto laptop =
      put(record::DeviceAdded{.account = nina, .token = {.hash = token(1), .label = "laptop"}});
  const auto phone = put(record::DeviceAdded{.account = nina, .token = {.hash = token(2), .label = "phone"}},
                         noon + hours(1));
  CHECK(put(record::DeviceAdded{.account = otto, .token = {.hash = token(1), .label = "same token"}}) == 0);
  CHECK(put(record::DeviceAdded{.account = 7, .token = {.hash = token(3), .label = "nobody's"}}) == 0);
  const auto bearer = book.find_by_token(token(2));
  REQUIRE(bearer.account == book.find(nina));
  CHECK(bearer.device->number == phone);
  CHECK(bearer.device->label == "phone");
  CHECK(bearer.device->used == noon + hours(1));
  CHECK(put(record::DeviceUsed{.account = nina, .device = phone}, noon + hours(5)) > 0);
  CHECK(put(record::DeviceUsed{.account = nina, .device = phone}, noon + hours(3)) > 0);
  CHECK(book.find_by_token(token(2)).device->used == noon + hours(5));
  CHECK(put(record::DeviceRevoked{.account = otto, .device = laptop}) == 0);
  CHECK(put(record::DeviceRevoked{.account = nina, .device = laptop}) > 0);
  CHECK(put(record::DeviceRevoked{.account = nina, .device = laptop}) == 0);
  CHECK(book.find_by_token(token(1)).account == nullptr);
  CHECK(book.find_by_token(token(2)).account == book.find(nina));
  CHECK(book.find(nina)->devices.size() == 1);
}

TEST_CASE_METHOD(Written, "an erased account takes its tokens with it, and its name rests for a time") {
  const auto nina = begin("nina");
  put(record::DeviceAdded{.account = nina, .token = {.hash = token(1), .label = {}}});
  CHECK(erase(nina, "nina", noon + hours(10)) > 0);
  CHECK(book.size() == 0);
  CHECK(book.find(nina) == nullptr);
  CHECK(book.find_by_token(token(1)).account == nullptr);
  CHECK(book.is_reserved(name("NINA"), noon + hours(9)));
  CHECK(book.is_reserved(name("n\u0456na"), noon + hours(9)));
  CHECK_FALSE(book.is_reserved(name("nina"), noon + hours(10)));
  CHECK(put(record::Begun{.name = owned(name("nina"))}, noon + hours(9)) == 0);
  CHECK(put(record::Begun{.name = owned(name("nina"))}, noon + hours(10)) > 0);
}

TEST_CASE_METHOD(Written,
                 "an invitation has so many uses and so much time, and gives one to each who began first") {
  const auto twice = put(record::InvitationMade{.token = token(1), .uses = 2, .until = {}});
  const auto brief =
      put(record::InvitationMade{.token = token(2), .uses = 9, .until = noon + hours(1), .by = 5});
  CHECK(put(record::InvitationMade{.token = token(3), .uses = 0, .until = {}}) == 0);
  REQUIRE(book.find_invitation(token(1), noon) != nullptr);
  CHECK(book.find_invitation(token(1), noon)->number == twice);
  CHECK(book.find_invitation(token(2), noon)->by == 5);
  CHECK(book.find_invitation(token(2), noon + hours(1)) == nullptr);
  CHECK(put(record::Begun{.name = owned(name("nina")), .invitation = twice}) > 0);
  CHECK(put(record::Begun{.name = owned(name("nina")), .invitation = twice}) == 0);  // which takes no use
  CHECK(book.find_invitation(token(1), noon)->uses == 1);
  CHECK(put(record::Begun{.name = owned(name("otto")), .invitation = twice}) > 0);
  CHECK(put(record::Begun{.name = owned(name("zoe")), .invitation = twice}) == 0);
  CHECK(book.find(name("zoe")) == nullptr);
  CHECK(put(record::Begun{.name = owned(name("zoe")), .invitation = brief}, noon + hours(1)) == 0);
  CHECK(book.invitations().size() == 1);
  CHECK(put(record::InvitationRevoked{.invitation = brief}) > 0);
  CHECK(put(record::InvitationRevoked{.invitation = brief}) == 0);
  CHECK(put(record::Begun{.name = owned(name("zoe")), .invitation = brief}) == 0);
}

TEST_CASE_METHOD(Written, "a suspension ends by time or by a record; password and role change") {
  const auto nina = begin("nina");
  CHECK_FALSE(book.find(nina)->is_suspended(noon));
  CHECK(put(record::Suspended{.account = nina, .until = noon + hours(1), .reason = "rude"}) > 0);
  CHECK(book.find(nina)->is_suspended(noon));
  CHECK(book.find(nina)->suspension->reason == "rude");
  CHECK_FALSE(book.find(nina)->is_suspended(noon + hours(1)));
  CHECK(put(record::Suspended{.account = nina, .until = {}, .reason = {}}) > 0);
  CHECK(book.find(nina)->is_suspended(noon + hours(100'000)));
  CHECK(put(record::Resumed{.account = nina}) > 0);
  CHECK(put(record::Resumed{.account = nina}) == 0);
  CHECK_FALSE(book.find(nina)->is_suspended(noon));
  const journal::PasswordHash hash{.passes = 7};
  CHECK(put(record::PasswordSet{.account = nina, .password = hash}) > 0);
  CHECK(book.find(nina)->password == hash);
  CHECK(put(record::RoleSet{.account = nina, .role = journal::ServerRole::admin}) > 0);
  CHECK(book.find(nina)->role == journal::ServerRole::admin);
  for (const record::Any& nobodys :
       {record::Any(record::PasswordSet{.account = 7}), record::Any(record::RoleSet{.account = 7}),
        record::Any(record::Suspended{.account = 7}), record::Any(record::Resumed{.account = 7})})
    CHECK(put(nobodys) == 0);
}

TEST_CASE_METHOD(Written, "what a record has not done it says why, and has changed nothing") {
  const auto nina = begin("nina");
  const auto once = put(record::InvitationMade{.token = token(1), .uses = 1, .until = {}});
  CHECK(what(record::Begun{.name = owned(name("NINA")), .invitation = once}) == Applied::name_taken);
  CHECK(what(record::Begun{.name = owned(name("otto")), .invitation = once + 100}) == Applied::no_invitation);
  put(record::DeviceAdded{.account = nina, .token = {.hash = token(2), .label = {}}});
  CHECK(what(record::Begun{.name = owned(name("otto")),
                           .invitation = once,
                           .device = record::Token{.hash = token(2), .label = {}}}) == Applied::token_known);
  CHECK(book.find_invitation(token(1), noon)->uses == 1);
  CHECK(what(record::InvitationMade{.token = token(1), .uses = 1, .until = {}}) == Applied::token_known);
  CHECK(what(record::Resumed{.account = nina}) == Applied::nothing_there);
  CHECK(what(record::Resumed{.account = 7}) == Applied::no_account);
  CHECK(book.apply({.seq = 0, .at = noon, .body = record::Begun{.name = owned(name("otto"))}}) ==
        Applied::not_numbered);
  CHECK(book.apply({.seq = nina, .at = noon, .body = record::Begun{.name = owned(name("otto"))}}) ==
        Applied::not_numbered);
  CHECK(book.find(name("otto")) == nullptr);
  CHECK(book.size() == 1);
}

TEST_CASE_METHOD(Written, "an account may begin with its first device, and keep one of all") {
  const auto nina = put(record::Begun{.name = owned(name("nina")),
                                      .device = record::Token{.hash = token(1), .label = "laptop"}});
  REQUIRE(book.find_by_token(token(1)).account == book.find(nina));
  CHECK(book.find_by_token(token(1)).device->number == nina);
  const auto phone = put(record::DeviceAdded{.account = nina, .token = {.hash = token(2), .label = {}}});
  put(record::DeviceAdded{.account = nina, .token = {.hash = token(3), .label = {}}});
  CHECK(put(record::OthersRevoked{.account = nina, .device = phone}) > 0);
  CHECK(book.find_by_token(token(1)).account == nullptr);
  CHECK(book.find_by_token(token(3)).account == nullptr);
  CHECK(book.find_by_token(token(2)).device->number == phone);
  CHECK(put(record::OthersRevoked{.account = nina, .device = 0}) > 0);
  CHECK(book.find(nina)->devices.empty());
}

TEST_CASE_METHOD(Written,
                 "beyond so many devices the one that was not used for the longest time is revoked") {
  const auto nina = begin("nina");
  std::vector<std::uint64_t> devices;
  for (unsigned i = 0; i < most_devices; ++i) {
    devices.push_back(
        put(record::DeviceAdded{.account = nina,
                                .token = {.hash = token(static_cast<unsigned char>(i)), .label = {}}},
            noon + hours(i)));
  }
  put(record::DeviceUsed{.account = nina, .device = devices[0]}, noon + hours(1000));
  CHECK(put(record::DeviceAdded{.account = nina, .token = {.hash = token(200), .label = {}}},
            noon + hours(1001)) > 0);
  CHECK(book.find(nina)->devices.size() == most_devices);
  CHECK(book.find_by_token(token(0)).account != nullptr);
  CHECK(book.find_by_token(token(1)).account == nullptr);
}

TEST_CASE_METHOD(Written,
                 "a hash that is renewed takes the place of the one that it renews, and of no other") {
  const auto nina = begin("nina");
  const auto old = hash_of(1);
  const auto next = hash_of(2);
  put(record::PasswordSet{.account = nina, .password = old, .renews = {}});
  put(record::PasswordSet{.account = nina, .password = next, .renews = {}});
  journal::PasswordHash renewed{.passes = 3};
  CHECK(what(record::PasswordSet{.account = nina, .password = renewed, .renews = old.salt}) ==
        Applied::nothing_there);
  CHECK(book.find(nina)->password == next);
  CHECK(what(record::PasswordSet{.account = nina, .password = renewed, .renews = next.salt}) ==
        Applied::done);
  CHECK(book.find(nina)->password == renewed);
}

TEST_CASE_METHOD(Written, "no device is added by a password that is not the account's any more") {
  const auto nina = begin("nina");
  const auto old = hash_of(1);
  const auto next = hash_of(2);
  put(record::PasswordSet{.account = nina, .password = old, .renews = {}});
  const auto added = [nina](unsigned char which, const journal::PasswordHash& by) {
    return record::DeviceAdded{.account = nina, .token = {.hash = token(which), .label = {}}, .by = by.salt};
  };
  CHECK(what(added(1, old)) == Applied::done);
  put(record::PasswordSet{.account = nina, .password = next, .renews = {}});
  CHECK(what(added(2, old)) == Applied::nothing_there);
  CHECK(book.find_by_token(token(2)).account == nullptr);
  CHECK(what(added(2, next)) == Applied::done);
}

TEST_CASE_METHOD(Written, "a record says by itself what its name is compared by") {
  // As a later program, with other tables of Unicode, would have it.
  CHECK(put(record::Begun{.name = {.shown = "Zoë", .key = "zoë", .look = "zoe"}}) > 0);
  CHECK(what(record::Begun{.name = {.shown = "zoe", .key = "zoe", .look = "zoe"}}) == Applied::name_taken);
  CHECK(put(record::Begun{.name = {.shown = "\U0001F600", .key = "no name today", .look = "x"}}) > 0);
  // Of an account whose own record is no longer kept.
  CHECK(what(record::Erased{.account = 5, .key = "kim", .look = "kim", .reserved_until = noon + hours(1)}) ==
        Applied::no_account);
  CHECK(what(record::Begun{.name = owned(name("kim"))}) == Applied::name_reserved);
}

TEST_CASE_METHOD(Written, "accounts are listed as they were begun, page by page") {
  for (const auto* const who : {"otto", "Anna", "zoe", "Борис"}) begin(who);
  const auto first = book.list(0, 2);
  REQUIRE(first.size() == 2);
  CHECK(first[0]->name == "otto");
  CHECK(first[1]->name == "Anna");
  const auto rest = book.list(first[1]->number, 10);
  REQUIRE(rest.size() == 2);
  CHECK(rest[0]->name == "zoe");
  CHECK(rest[1]->name == "Борис");
  CHECK(book.list(rest[1]->number, 10).empty());
}

}  // namespace hubbub::accounts
