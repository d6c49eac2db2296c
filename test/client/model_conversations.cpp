// Private messages that are kept: each once and in order, and what of them is unread.
#include "client/model/model.hpp"
#include "test/client/news.hpp"
#include "test/support/catch.hpp"

using namespace hubbub;
using namespace hubbub::test;
using client::Model;
namespace event = protocol::event;

namespace {

protocol::MessagePtr kept(std::uint64_t seq, const std::string& from, const std::string& to = "me") {
  protocol::Message made = *whisper(from, to, std::to_string(seq));
  made.seq = seq;
  made.account = from;
  return std::make_shared<const protocol::Message>(std::move(made));
}

/// Me, logged in, in a lobby.
struct Account {
  Model model;

  Account() {
    auto welcomed = welcome("me");
    auto& body = std::get<event::Welcome>(welcomed.body);
    body.account = true;
    body.account_name = "me";
    take(welcomed);
    take(joined("lobby", {"me", "bob"}));
  }
  client::News take(const protocol::Event& event) { return model.take(event, false, noon); }
  client::News comes(const protocol::MessagePtr& message) { return take(event_of(message)); }
  client::News catch_up(const event::Conversation& conversation,
                        const std::vector<protocol::MessagePtr>& messages, bool whole = true) {
    return model.catch_up(conversation, messages, whole, noon);
  }
  Strings mail() { return {gist(client::Item{noon, model.mail()})}; }
  std::size_t unread(const std::string& where) const { return model.find(where)->unread(); }
};

}  // namespace

TEST_CASE("unread private messages open views, are told of in a line, and stand below the unread line") {
  Account me;
  CHECK(me.catch_up({"bob", 7, 4, 2}, {kept(5, "bob"), kept(6, "me", "bob"), kept(7, "bob")}).items.empty());
  me.catch_up({"carol", 8, 0, 1}, {kept(8, "carol")});
  me.catch_up({"dave", 3, 3, 0}, {});
  CHECK(me.mail() == Strings{"mail bob 2 carol 1"});
  CHECK(me.mail() == Strings{"mail"});
  CHECK(me.model.current() == "lobby");
  CHECK(me.unread("@bob") == 2);
  CHECK(me.unread("@carol") == 1);
  CHECK(me.model.find("@dave") == nullptr);
  CHECK(gist(*me.model.turn_to("@bob", noon, 0)) ==
        Strings{"heading @bob", "unread 2 @0", "bob to me: 5", "me to bob: 6", "bob to me: 7"});
}

TEST_CASE("a kept message is there once and in its place, however it comes") {
  Account me;
  CHECK(gist(me.comes(kept(6, "bob"))) == Strings{"bob to me: 6"});
  CHECK(gist(me.comes(kept(6, "bob"))).empty());
  CHECK(gist(me.comes(kept(7, "me", "bob"))) == Strings{"me to bob: 7"});
  CHECK(gist(me.comes(kept(7, "me", "bob"))).empty());
  me.catch_up({"bob", 8, 4, 3}, {kept(5, "bob"), kept(6, "bob"), kept(7, "me", "bob"), kept(8, "bob")});
  CHECK(me.mail() == Strings{"mail bob 2"});
  CHECK(gist(me.comes(kept(8, "bob"))).empty());
  const auto& held = me.model.find("@bob")->held();
  REQUIRE(held.size() == 4);
  for (std::size_t at = 0; at < 4; ++at) CHECK(held[at].message->seq == 5 + at);
}

TEST_CASE("what is read elsewhere is not unread here any more, in views and rooms") {
  Account me;
  me.catch_up({"bob", 7, 4, 3}, {kept(5, "bob"), kept(6, "bob"), kept(7, "bob")});
  me.take(joined("dev", {"me", "bob"}));
  for (const std::uint64_t seq : {20U, 21U}) me.comes(message("dev", "bob", "me, hi", seq));
  me.take(event_of(event::Read{{}, "BOB", 6}));
  CHECK(me.unread("@bob") == 1);
  CHECK(me.model.find("@bob")->mentions() == 1);
  me.take(event_of(event::Read{{}, "bob", 5}));
  CHECK(me.unread("@bob") == 1);
  me.take(event_of(event::Read{"dev", {}, 20}));
  CHECK(me.unread("dev") == 1);
  CHECK(me.model.find("dev")->mentions() == 1);
  me.take(event_of(event::Read{"dev", {}, 30}));
  me.take(event_of(event::Read{"nowhere", {}, 30}));
  CHECK(me.unread("dev") == 0);
  CHECK(gist(*me.model.turn_to("@bob", noon, 0)) == Strings{"heading @bob", "unread 1 @0", "bob to me: 7"});
}

TEST_CASE("what one has looked at is told once, upwards, and one request at a time") {
  Account me;
  const auto next = [&] {
    const auto read = me.model.next_read();
    return read ? read->room.value_or("") + '@' + read->with.value_or("") + ' ' + std::to_string(read->seq)
                : "";
  };
  me.catch_up({"bob", 7, 4, 3}, {kept(5, "bob"), kept(6, "bob"), kept(7, "bob")});
  CHECK(next().empty());
  me.model.turn_to("@bob", noon);
  CHECK(next() == "@bob 7");
  CHECK(next().empty());
  me.comes(kept(8, "bob"));
  me.comes(kept(9, "bob"));
  CHECK(next().empty());  // one is under way
  me.take(event_of(event::Read{{}, "bob", 7}));
  CHECK(next() == "@bob 9");
  me.model.settle_read({{}, "bob", 9});  // refused
  CHECK(next().empty());
  me.comes(kept(10, "bob"));
  me.take(event_of(event::Read{{}, "bob", 12}));
  CHECK(next().empty());
  me.comes(message("lobby", "bob", "hi", 20));
  CHECK(next().empty());  // in a room that is not looked at
  me.model.turn_to("lobby", noon);
  CHECK(next() == "lobby@ 20");
  me.take(event_of(event::LoggedOut{"me"}));
  me.comes(message("lobby", "bob", "hi", 21));
  CHECK(next().empty());
}

TEST_CASE("who answers a private message that was shown without a view has read it") {
  Account me;
  me.comes(kept(5, "bob"));
  CHECK_FALSE(me.model.next_read());
  me.comes(kept(6, "me", "bob"));
  CHECK(me.model.next_read()->seq == 6);
}

TEST_CASE("in a room that one enters what was said after the account's marker is unread") {
  Account me;
  const std::vector<protocol::MessagePtr> history{
      message("dev", "bob", "one", 5), message("dev", "me", "two", 6), message("dev", "bob", "three", 7)};
  auto entered = joined("dev", {"me", "bob"}, history);
  std::get<event::Joined>(entered.body).read = GENERATE(0, 5, 4, 7);
  const auto read = *std::get<event::Joined>(entered.body).read;
  me.take(entered);
  CHECK(me.unread("dev") == (read == 4 ? 2U : read == 5 ? 1U : 0U));
}

TEST_CASE("coming back, what was read elsewhere meanwhile is not unread, nor what was shown here") {
  Account me;
  me.take(joined("dev", {"me", "bob"}));
  me.comes(message("dev", "bob", "one", 5));
  me.model.link_lost();
  auto again =
      joined("dev", {"me", "bob"}, {message("dev", "bob", "two", 6), message("dev", "bob", "three", 7)});
  std::get<event::Joined>(again.body).read = 6;
  me.model.take(again, true, noon);
  CHECK(me.unread("dev") == 1);
  me.comes(message("lobby", "bob", "shown", 9));
  auto lobby = joined("lobby", {"me", "bob"});
  std::get<event::Joined>(lobby.body).read = 3;
  me.model.take(lobby, true, noon);
  CHECK(me.unread("lobby") == 0);
}

TEST_CASE("where too much was said to be read at once, the unread line tells that there is more") {
  Account me;
  me.catch_up({"bob", 900, 0, 700}, {kept(899, "bob"), kept(900, "bob")}, false);
  CHECK(me.mail() == Strings{"mail bob 700"});
  CHECK(me.unread("@bob") == 700);
  CHECK(gist(*me.model.turn_to("@bob", noon, 0)) ==
        Strings{"heading @bob", "unread 700 @0 not held 698", "bob to me: 899", "bob to me: 900"});
}

TEST_CASE("private messages of people whom one ignores are no news") {
  Account me;
  me.model.ignore("bob");
  me.catch_up({"bob", 7, 4, 1}, {kept(7, "bob")});
  CHECK(me.mail() == Strings{"mail"});
  CHECK(me.model.find("@bob") == nullptr);
}

TEST_CASE("a conversation goes by its account, whatever name that bears") {
  Account me;
  me.model.open_view("bobby", noon);
  protocol::Message made = *kept(5, "bob");
  made.from = "bobby";
  CHECK(gist(me.comes(std::make_shared<const protocol::Message>(made))) == Strings{"bobby to me: 5"});
  CHECK(me.model.current() == "@bob");
  me.take(event_of(event::Renamed{"bob", "robert"}));
  CHECK(me.model.current() == "@bob");
}

TEST_CASE("when messages are numbered anew, no new one is taken for an old one") {
  Account me;
  auto before = joined("dev", {"me"});
  std::get<event::Joined>(before.body).epoch = "one";
  me.take(before);
  me.model.open_view("bob", noon);
  me.comes(kept(5, "bob"));
  std::get<event::Joined>(before.body).epoch = "two";
  me.model.take(before, true, noon);
  CHECK(gist(me.comes(kept(5, "bob"))) == Strings{"bob to me: 5"});
  CHECK(me.model.find("@bob")->held().size() == 2);
}

TEST_CASE("who is writing is not shown, and the list of conversations is") {
  Account me;
  CHECK(me.take(event_of(event::Typing{"lobby", {}, "bob", "active"})).items.empty());
  CHECK(me.take(event_of(event::Conversations{{{"bob", 7, 4, 1}}, false})).items.size() == 1);
}
