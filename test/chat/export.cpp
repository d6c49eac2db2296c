// What people get of what is kept of theirs, and how they end their accounts.
#include <string>
#include <vector>

#include "test/chat/doors.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
namespace event = protocol::event;
namespace request = protocol::request;
using Texts = std::vector<std::string>;

/// All pages, from the first one on.
std::vector<event::Export> pages_of(Doors& doors, Peer& peer) {
  std::vector<event::Export> pages;
  request::Export asked;
  do {
    doors.clock.pass(std::chrono::seconds{10});
    doors.ask(peer, asked);
    pages.push_back(peer.last<event::Export>());
    asked.next = pages.back().next;
    REQUIRE(pages.size() < 200);
  } while (!asked.next->empty());
  return pages;
}

Texts texts_of(const std::vector<event::Export>& pages) {
  Texts texts;
  for (const auto& page : pages)
    for (const auto& message : page.messages) texts.push_back(message->text);
  return texts;
}

protocol::Name named(const std::string& name) { return protocol::parse_name(name).value(); }

request::Say said(const std::string& room, const std::string& text) {
  return {.room = room, .text = text, .id = {}, .action = false};
}

}  // namespace

TEST_CASE(
    "one gets the account, its rooms, its conversations, and what one has said, and nothing of others") {
  Doors doors;
  const auto early = doors.enter("anna");
  doors.ask(*early, said("lobby", "a guest's, of the same name"));
  early->ask(request::Quit{});
  doors.settle();
  const auto anna = doors.owner("anna");
  const auto bob = doors.owner("bob");
  doors.ask(*anna, said("lobby", "mine"));
  doors.ask(*bob, said("lobby", "bob's"));
  doors.ask(*anna, request::Join{.room = "大厅", .since = {}, .replay = {}, .key = {}});
  doors.ask(*anna, said("大厅", "我的"));
  doors.ask(*anna, request::Tell{.to = "bob", .text = "to bob", .id = {}});
  doors.ask(*bob, request::Tell{.to = "anna", .text = "from bob", .id = {}});
  doors.ask(*bob, request::Tell{.to = "bob", .text = "a note of bob's", .id = {}});
  const auto pages = pages_of(doors, *anna);
  CHECK(texts_of(pages) == Texts{"to bob", "from bob", "mine", "我的"});
  REQUIRE(pages.front().account);
  CHECK(pages.front().account->name == "anna");
  CHECK(pages.front().account->devices.size() == 1);
  CHECK(pages.front().rooms.size() == 2);
  for (std::size_t i = 1; i < pages.size(); ++i) CHECK_FALSE(pages[i].account);
}

TEST_CASE("what an account has said is its own, whatever names change hands") {
  Doors doors;
  const auto anna = doors.owner("anna");
  doors.ask(*anna, said("lobby", "by the first anna"));
  // Long ago, so that the name is free for another.
  const auto first = doors.account("anna").number;
  doors.append(journal::account::Renamed{
      .account = first, .name = accounts::owned(named("nina")), .reserved_until = {}});
  doors.ask(*anna, request::Rename{"nina"});
  const auto other = doors.owner("anna");
  doors.ask(*other, said("lobby", "by the other anna"));
  CHECK(texts_of(pages_of(doors, *anna)) == Texts{"by the first anna"});
  CHECK(texts_of(pages_of(doors, *other)) == Texts{"by the other anna"});
  doors.ask(*other, request::History{.room = "lobby", .before = {}, .after = {}, .limit = {}, .search = {}});
  auto messages = other->last<event::History>().messages;
  REQUIRE(messages.size() == 2);
  CHECK(messages[0]->from == "anna");
  CHECK(messages[0]->account == "nina");
  CHECK(messages[1]->account == "anna");
  // An erased account has no name.
  doors.ask(*anna, request::Erase{.password = password, .messages = {}});
  doors.ask(*other, request::History{.room = "lobby", .before = {}, .after = {}, .limit = {}, .search = {}});
  messages = other->last<event::History>().messages;
  CHECK(messages[0]->account.empty());
  CHECK(messages[0]->text == "by the first anna");
}

TEST_CASE("an id is an account's, not a name's") {
  Doors doors;
  const auto anna = doors.owner("anna");
  request::Say once = said("lobby", "by the account");
  once.id = "1";
  doors.ask(*anna, once);
  const auto seq = anna->last<protocol::MessagePtr>()->seq;
  doors.append(journal::account::Renamed{
      .account = doors.account("anna").number, .name = accounts::owned(named("nina")), .reserved_until = {}});
  doors.ask(*anna, request::Rename{"nina"});
  const auto guest = doors.enter("anna");
  once.text = "by a guest";
  doors.ask(*guest, once);
  CHECK(guest->last<protocol::MessagePtr>()->text == "by a guest");
  CHECK(guest->last<protocol::MessagePtr>()->seq > seq);
  // Under its new name the account has said it already.
  doors.ask(*anna, once);
  CHECK(anna->last<protocol::MessagePtr>()->text == "by the account");
  CHECK(anna->last<protocol::MessagePtr>()->seq == seq);
}

TEST_CASE("an export of much comes in pages, each message once and in order") {
  Doors doors;
  doors.settings.messages_per_second = 0;
  doors.settings.messages_per_second_per_address = 0;
  const auto anna = doors.owner("anna");
  const auto bob = doors.owner("bob");
  Texts expected;
  for (int i = 0; i < 700; ++i) {
    doors.ask(*bob, said("lobby", "bob's"));
    doors.ask(*anna, said("lobby", std::to_string(i) + std::string(200, '.')));
    expected.push_back(anna->last<protocol::MessagePtr>()->text);
  }
  for (int i = 0; i < 20; ++i) {
    const auto room = "room" + std::to_string(10 + i);
    doors.ask(*anna, request::Join{.room = room, .since = {}, .replay = {}, .key = {}});
    doors.ask(*anna, said(room, "in " + room));
    expected.push_back("in " + room);
  }
  const auto pages = pages_of(doors, *anna);
  CHECK(pages.size() > 5);
  CHECK(texts_of(pages) == expected);
  for (const auto& page : pages) {
    CHECK(protocol::encoded_size({.body = page, .ref = {}}) < 64 * 1024);
  }
}

TEST_CASE("an export goes on only where a page of one's own has ended") {
  Doors doors;
  const auto anna = doors.owner("anna");
  const auto bob = doors.owner("bob");
  const auto carol = doors.owner("carol");
  doors.ask(*bob, request::Tell{.to = "carol", .text = "secret", .id = {}});
  const auto of_others = journal::conversation_key(
      journal::parties_of(doors.account("bob").number, doors.account("carol").number));
  for (const auto& next : {of_others + " 0", std::string("@7-7 0"), std::string("@ 0"), std::string("lobby"),
                           std::string("lobby x"), std::string(" 5"), std::string()}) {
    CAPTURE(next);
    doors.ask(*anna, request::Export{next});
    CHECK(code_of(*anna) == Code::bad_request);
  }
  const auto guest = doors.enter("dora");
  doors.ask(*guest, request::Export{});
  CHECK(code_of(*guest) == Code::login_required);
}

TEST_CASE("who ends an account says the password, is logged out everywhere, and the name rests") {
  Doors doors;
  const auto anna = doors.owner("anna");
  const auto phone = doors.come_back("anna");
  doors.ask(*anna, said("lobby", "stays"));
  doors.ask(*anna, request::Erase{.password = "wrong password", .messages = {}});
  CHECK(code_of(*anna) == Code::login_failed);
  phone->last<event::Welcome>();
  doors.ask(*anna, request::Erase{.password = password, .messages = "keep"});
  CHECK(anna->last<event::Bye>().error.code == Code::logged_out);
  CHECK(phone->last<event::Bye>().error.code == Code::logged_out);
  const auto late = doors.come_back("anna");
  CHECK(code_of(*late) == Code::login_failed);
  const auto imitator = doors.connect();
  doors.ask(*imitator, hello("ANNA"));
  CHECK(code_of(*imitator) == Code::name_taken);
  const auto other = doors.enter("bob");
  doors.ask(*other, request::History{.room = "lobby", .before = {}, .after = {}, .limit = {}, .search = {}});
  CHECK(other->last<event::History>().messages.at(0)->text == "stays");
}

TEST_CASE("who ends an account can have all deleted that he has said, and nothing of others") {
  Doors doors;
  const auto anna = doors.owner("anna");
  const auto bob = doors.owner("bob");
  for (const auto* text : {"one", "two"}) doors.ask(*anna, said("lobby", text));
  doors.ask(*bob, said("lobby", "three"));
  doors.ask(*anna, request::Tell{.to = "bob", .text = "private", .id = {}});
  doors.ask(*bob, request::Tell{.to = "anna", .text = "answer", .id = {}});
  bob->heard();
  doors.ask(*anna, request::Erase{.password = password, .messages = "delete"});
  CHECK(anna->last<event::Bye>().error.code == Code::logged_out);
  const auto& deleted = bob->last<event::Deleted>();
  CHECK(deleted.room == "lobby");
  CHECK(deleted.seqs.size() == 2);
  const auto dora = doors.enter("dora");
  doors.ask(*dora, request::History{.room = "lobby", .before = {}, .after = {}, .limit = {}, .search = {}});
  const auto& messages = dora->last<event::History>().messages;
  CHECK(messages.at(0)->is_deleted());
  CHECK(messages.at(1)->is_deleted());
  CHECK(messages.at(1)->text.empty());
  CHECK(messages.at(2)->text == "three");
}

TEST_CASE("a password that would be told to others on the way ends no account") {
  Doors doors;
  const auto anna = doors.owner("anna");
  anna->privacy_now = Wire::Privacy::anybody;
  doors.ask(*anna, request::Erase{.password = password, .messages = {}});
  CHECK(code_of(*anna) == Code::login_insecure);
  CHECK(doors.account("anna").name == "anna");
}

}  // namespace hubbub::chat
