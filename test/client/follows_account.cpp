// The client on a device of an account: the rooms that it enters, and when it asks for the conversations.
#include <boost/json/parse.hpp>
#include <map>
#include <string>
#include <vector>

#include "client/connection/session.hpp"
#include "test/support/catch.hpp"

namespace hubbub::test {
namespace {

using Strings = std::vector<std::string>;

constexpr client::Session::TimePoint now{std::chrono::hours(1)};

/// A session of alice's, and what it asks for.
struct Device : client::Listener {
  client::Session session;
  Strings told{};

  explicit Device(Strings rooms = {}, bool follows = true)
      : session({.name = "alice", .rooms = std::move(rooms), .follows_account = follows}, "tag", *this) {
    session.link_up(true);
    asked();
  }
  void on_event(const protocol::Event& event, std::string_view, client::Arrival) override {
    if (const auto* message = std::get_if<protocol::MessagePtr>(&event.body))
      told.push_back((*message)->text);
  }
  void on_correspondence(const std::vector<client::Correspondence>& conversations) override {
    for (const auto& each : conversations) {
      told.push_back("of " + each.conversation.with);
      for (const auto& message : each.messages) told.push_back(message->text);
    }
  }
  void on_closed(client::Ending, std::string_view) override {}

  /// "join dev", "conversations", "history bob"
  Strings asked() {
    Strings all;
    std::string bytes = session.take_output(now);
    for (std::size_t end = bytes.find('\n'); end != std::string::npos; end = bytes.find('\n')) {
      const auto asked = boost::json::parse(bytes.substr(0, end)).as_object();
      std::string text(asked.at("type").as_string());
      for (const char* const key : {"room", "with"}) {
        if (const auto* of = asked.if_contains(key)) text += ' ' + std::string(of->as_string());
      }
      if (const auto* ref = asked.if_contains("ref")) last_ref = refs[text] = ref->as_string();
      all.push_back(text);
      bytes.erase(0, end + 1);
    }
    return all;
  }
  void read(const std::string& fields) { session.read('{' + fields + '}', now); }
  void answer(const std::string& fields) { read("\"ref\":\"" + last_ref + "\"," + fields); }
  void join(const std::string& room) {
    last_ref = refs["join " + room];
    answer(R"("type":"joined","room":")" + room + R"(","members":["alice"],"count":1,"last":0,"history":[])");
  }

  std::map<std::string, std::string> refs;  ///< by what was asked
  std::string last_ref;
};

const std::string welcome_fields =
    R"("type":"welcome","version":1,"server":"s","name":"alice","default_room":"lobby")";
const std::string with_account =
    welcome_fields +
    R"(,"account":true,"account_name":"alice","rooms":[{"room":"dev","read":4},{"room":"Ops","read":0}])";
const std::string kept =
    R"("type":"message","to":"alice","from":"bob","account":"bob","time":"2026-11-21T12:00:00Z",)";

}  // namespace

TEST_CASE("a device that is new to an account enters its rooms, besides the named ones or the default one") {
  Device plain;
  plain.read(with_account);
  CHECK(plain.asked() == Strings{"join lobby", "join dev", "join Ops", "conversations"});
  Device named({"ops", "tea"});
  named.read(with_account);
  CHECK(named.asked() == Strings{"join ops", "join tea", "join dev", "conversations"});
  Device guest;
  guest.read(welcome_fields + R"(,"account":false)");
  CHECK(guest.asked() == Strings{"join lobby"});
  Device bot({}, false);
  bot.read(with_account);
  CHECK(bot.asked() == Strings{"join lobby"});
}

TEST_CASE("a room that one has left is not entered again when the link comes back") {
  Device device;
  device.read(with_account);
  device.asked();
  for (const char* const room : {"lobby", "dev", "Ops"}) device.join(room);
  device.read(R"("type":"left","room":"dev")");
  device.session.link_down();
  device.session.link_up(true);
  device.asked();
  device.read(with_account);
  CHECK(device.asked() == Strings{"join lobby", "join Ops", "conversations"});
}

TEST_CASE("a login brings the rooms of the account and what is new in its conversations") {
  Device device;
  device.read(welcome_fields + R"(,"account":false)");
  device.asked();
  device.answer(R"("type":"joined","room":"lobby","members":["alice"],"count":1,"last":0,"history":[])");
  device.read(
      R"("type":"logged_in","account":"alice","name":"alice","rooms":[{"room":"dev","read":4},{"room":"lobby","read":4}])");
  CHECK(device.asked() == Strings{"join dev", "conversations"});
  device.read(kept + R"("seq":7,"text":"live")");
  device.answer(
      R"("type":"conversations","conversations":[{"with":"bob","last":6,"read":4,"unread":1}],"more":false)");
  CHECK(device.asked() == Strings{"history bob"});
  CHECK(device.told.empty());
  device.answer(R"("type":"history","with":"bob","complete":true,"messages":[{)" + kept +
                R"("seq":6,"text":"new"}])");
  CHECK(device.told == Strings{"of bob", "new", "live"});
  CHECK(device.asked().empty());
}

TEST_CASE("where the conversations cannot be had, nothing waits for them") {
  Device device;
  device.read(with_account);
  device.asked();
  device.read(kept + R"("seq":7,"text":"live")");
  CHECK(device.told.empty());
  SECTION("for good") {
    device.answer(R"("type":"error","code":"unknown_type","text":"what?")");
    CHECK(device.told == Strings{"live"});
  }
  SECTION("or not yet") {
    device.answer(R"("type":"error","code":"rate_limited","text":"later","retry_after":0)");
    CHECK(device.asked() == Strings{"conversations"});
    device.answer(R"("type":"conversations","conversations":[],"more":false)");
    CHECK(device.asked() == Strings{"conversations"});  // bob's has passed by, perhaps
    device.answer(R"("type":"conversations","conversations":[],"more":false)");
    CHECK(device.told == Strings{"live"});
  }
  SECTION("in a conversation") {
    device.answer(
        R"("type":"conversations","conversations":[{"with":"bob","last":6,"read":4,"unread":1}],"more":false)");
    device.asked();
    device.answer(R"("type":"error","code":"storage_failed","text":"no")");
    CHECK(device.told == Strings{"of bob", "live"});
  }
}

TEST_CASE("of a conversation with very many new messages the newest are read") {
  client::Mailbox mailbox;
  mailbox.open();
  mailbox.take(protocol::event::Conversations{{{"bob", 2000, 0, 2000}}, false});
  std::size_t pages = 0;
  while (const auto asked = mailbox.request()) {
    const auto& history = std::get<protocol::request::History>(*asked);
    protocol::event::History page;
    page.complete = false;
    const std::uint64_t first = history.after ? 1 : history.before.value_or(2001) - *history.limit;
    for (std::uint64_t seq = first; seq < first + *history.limit; ++seq) {
      protocol::Message message;
      message.seq = seq;
      page.messages.push_back(std::make_shared<const protocol::Message>(message));
    }
    mailbox.take(page);
    REQUIRE(++pages < 20);
  }
  const auto caught = mailbox.take_all();
  const auto& bob = caught.conversations.at(0);
  CHECK_FALSE(bob.whole);
  REQUIRE(bob.messages.size() == client::Mailbox::most_messages);
  CHECK(bob.messages.front()->seq == 1501);
  CHECK(bob.messages.back()->seq == 2000);
}

}  // namespace hubbub::test
