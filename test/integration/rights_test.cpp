#include <array>
#include <boost/json/serialize.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

// The table of rights against the daemon: each action by each rank, asked for in JSON, in a WebSocket and in
// plain text.
namespace hubbub::test {
namespace {

constexpr const char* password = "correct-horse";
/// From the least to the most; the server's moderator is one in every room.
const std::array<std::string, 6> ranks{"member", "voiced", "mod", "marshal", "owner", "admin"};
/// By whom what is for moderators, for owners, and for the server's people may be done.
const std::string from_voiced = "voiced mod marshal owner admin";
const std::string from_mod = "mod marshal owner admin";
const std::string from_owner = "owner admin";
const std::string server_people = "marshal admin";

/// An action as it is asked for in both languages, and what the operator does before and behind it.
struct Deed {
  Event json;
  std::string line;
  std::string who;  ///< may
  std::string code = "denied";
  std::vector<Event> before{};
  std::vector<Event> behind{};
  bool twice = false;  ///< the second time counts
};

Event room_set(Event rules) { return {{"type", "room"}, {"room", "tea"}, {"set", std::move(rules)}}; }
Event role(const std::string& name, const std::string& word) {
  return {{"type", "role"}, {"room", "tea"}, {"name", name}, {"role", word}};
}
Event in_tea(const std::string& type) { return {{"type", type}, {"room", "tea"}}; }

std::vector<Deed> all_deeds() {
  return {
      {.json = {{"type", "say"}, {"room", "tea"}, {"text", "hi"}},
       .line = "hi",
       .who = from_voiced,
       .code = "moderated",
       .before = {room_set({{"moderated", true}})},
       .behind = {room_set({{"moderated", false}})}},
      {.json = {{"type", "say"}, {"room", "tea"}, {"text", "hi"}},
       .line = "hi",
       .who = from_voiced,
       .code = "slow_mode",
       .before = {room_set({{"slow_mode", 600000}})},
       .behind = {room_set({{"slow_mode", 0}})},
       .twice = true},
      {.json = {{"type", "topic"}, {"room", "tea"}, {"text", "leaves"}},
       .line = "/topic leaves",
       .who = from_mod,
       .before = {room_set({{"topic_for", "moderators"}})},
       .behind = {room_set({{"topic_for", "members"}})}},
      {.json = {{"type", "invite"}, {"room", "tea"}, {"name", "stranger"}},
       .line = "/invite stranger",
       .who = from_mod,
       .before = {room_set({{"invite_only", true}})},
       .behind = {room_set({{"invite_only", false}})}},
      {.json = {{"type", "kick"}, {"room", "tea"}, {"name", "victim"}},
       .line = "/kick victim",
       .who = from_mod},
      {.json = {{"type", "ban"}, {"room", "tea"}, {"of", "name:evil*"}},
       .line = "/ban name:evil*",
       .who = from_mod},
      {.json = {{"type", "ban"}, {"room", "tea"}, {"of", "name:loud*"}, {"action", "mute"}, {"for", 60000}},
       .line = "/silence name:loud* 1m",
       .who = from_mod},
      {.json = in_tea("bans"), .line = "/bans", .who = from_mod},
      {.json = role("victim", "voice"),
       .line = "/role victim voice",
       .who = from_mod,
       .behind = {role("victim", "none")}},
      {.json = in_tea("reports"), .line = "/reports", .who = from_mod},
      {.json = {{"type", "webhook"}, {"room", "tea"}, {"name", "ci"}},
       .line = "/webhook ci",
       .who = from_mod},
      {.json = in_tea("webhooks"), .line = "/webhooks", .who = from_mod},
      {.json = in_tea("invite"), .line = "/invite link", .who = from_mod},
      {.json = role("victim", "moderator"),
       .line = "/op victim",
       .who = from_owner,
       .behind = {role("victim", "none")}},
      {.json = role("mod", "voice"),
       .line = "/role mod voice",
       .who = from_owner + " mod",
       .behind = {role("mod", "moderator")}},
      {.json = room_set({{"secret", true}}),
       .line = "/room secret on",
       .who = from_owner,
       .behind = {room_set({{"secret", false}})}},
      {.json = in_tea("audit"), .line = "/audit", .who = from_owner},
      {.json = role("victim", "owner"),
       .line = "/role victim owner",
       .who = from_owner,
       .behind = {role("owner", "owner"), role("victim", "none")}},
      {.json = {{"type", "announce"}, {"text", "hear"}}, .line = "/announce hear", .who = server_people},
      {.json = {{"type", "lockdown"}, {"level", 1}},
       .line = "/lockdown 1",
       .who = server_people,
       .behind = {{{"type", "lockdown"}, {"level", 0}}}},
      {.json = {{"type", "ban"}, {"of", "name:evil*"}}, .line = "/ban -a name:evil*", .who = server_people},
      {.json = {{"type", "bans"}}, .line = "/bans -a", .who = server_people},
      {.json = {{"type", "suspend"}, {"account", "stranger"}},
       .line = "/suspend stranger",
       .who = server_people,
       .behind = {{{"type", "resume"}, {"account", "stranger"}}}},
      {.json = {{"type", "audit"}}, .line = "/audit -a", .who = "admin"},
  };
}

/// Somebody who asks by one of the front ends.
class Asker {
 public:
  virtual ~Asker() = default;
  /// The code of the refusal, or, in plain text, "refused"; empty: it is done.
  virtual std::string ask(const Deed& deed) = 0;
};

class JsonAsker final : public Asker {
 public:
  JsonAsker(const Address& address, const std::string& name, Framing framing) : client_(address, framing) {
    client_.answer({{"type", "hello"}, {"version", 1}, {"account", name}, {"password", password}});
    client_.join("tea");
  }
  std::string ask(const Deed& deed) override {
    const Event answer = client_.answer(deed.json);
    return text_of(answer, "type") == "error" ? text_of(answer, "code") : "";
  }

 private:
  JsonClient client_;
};

class TextAsker final : public Asker {
 public:
  TextAsker(const Address& address, std::string name) : client_(address), name_(std::move(name)) {
    client_.send_line("/login " + name_ + ' ' + password);
    client_.expect("you are logged in");
    client_.send_line("/join tea");
    sync();
  }
  std::string ask(const Deed& deed) override {
    sync();
    client_.send_line(deed.line);
    for (const auto& line : sync())
      if (line.starts_with("! ")) return "refused";
    return {};
  }

 private:
  /// All lines up to a note to oneself.
  std::vector<std::string> sync() {
    const auto mark = "mark-" + std::to_string(++marks_);
    client_.send_line("/msg " + name_ + ' ' + mark);
    std::vector<std::string> lines;
    while (const auto line = client_.read_line()) {
      if (line->ends_with(mark)) break;
      lines.push_back(*line);
    }
    return lines;
  }

  TextClient client_;
  std::string name_;
  int marks_ = 0;
};

/// The daemon, its operator, and those who hear what happens in the room.
class Town {
 public:
  Town()
      : daemon_({.config =
                     "[limits]\nmessages_burst = 0\nqueries_burst = 0\nconnects_burst_per_address = 1000\n"}),
        clerk_(Address{.path = (daemon_.state_dir() / "ctl.sock").string()}),
        watcher_(member(daemon_.address(), "watcher", "elsewhere")),
        victim_(daemon_.address()) {
    for (const auto& name : ranks) add(name);
    add("victim");
    add("stranger");
    // Who comes first owns the room.
    { const JsonAsker owner(daemon_.address(), "owner", Framing::lines); }
    for (const auto& [name, word] :
         std::map<std::string, std::string>{{"voiced", "voice"}, {"mod", "moderator"}})
      operate(role(name, word));
    watcher_.join("tea");
    victim_.answer({{"type", "hello"}, {"version", 1}, {"account", "victim"}, {"password", password}});
    victim_.join("tea");
  }

  const Address& address() const { return daemon_.address(); }
  JsonClient& watcher() { return watcher_; }
  Event operate(Event request) {
    const Event answer = clerk_.answer(std::move(request));
    if (text_of(answer, "type") == "error") FAIL(boost::json::serialize(answer));
    return answer;
  }
  /// All that can be asked about the room and the server; two are the same if nothing has happened.
  std::string picture() {
    std::string all;
    for (const auto* type : {"room", "bans", "invites", "webhooks", "reports", "audit"})
      all += told(in_tea(type));
    for (const auto* type : {"bans", "audit", "accounts"}) all += told({{"type", type}});
    return all;
  }
  /// Takes away what was made, and brings back who was put out.
  void tidy() {
    for (const auto& list : {in_tea("bans"), Event{{"type", "bans"}}}) {
      for (const auto& ban : list_of(operate(list), "bans"))
        operate({{"type", "unban"}, {"id", number_of(ban, "id")}});
    }
    for (const auto& each : list_of(operate(in_tea("webhooks")), "webhooks"))
      operate({{"type", "webhook_revoke"}, {"id", number_of(each, "id")}});
    for (const auto& each : list_of(operate(in_tea("invites")), "invites"))
      operate({{"type", "uninvite"}, {"id", number_of(each, "id")}});
    victim_.answer({{"type", "join"}, {"room", "tea"}});
    victim_.sync();
    watcher_.sync();
  }

 private:
  void add(const std::string& name) {
    Event request{{"type", "account_add"}, {"name", name}, {"password", password}};
    if (name == "marshal") request["role"] = "moderator";
    if (name == "admin") request["role"] = "admin";
    operate(std::move(request));
  }
  std::string told(Event request) {
    Event answer = operate(std::move(request));
    answer.erase("ref");
    return boost::json::serialize(answer) + '\n';
  }

  Daemon daemon_;
  JsonClient clerk_;
  JsonClient watcher_;
  JsonClient victim_;
};

}  // namespace

TEST_CASE("who may do what holds in JSON, in a WebSocket and in plain text") {
  Town town;
  const auto deeds = all_deeds();
  for (const std::string front : {"JSON", "WebSocket", "text"}) {
    for (const auto& rank : ranks) {
      std::unique_ptr<Asker> asker;
      if (front == "text") {
        asker = std::make_unique<TextAsker>(town.address(), rank);
      } else {
        asker = std::make_unique<JsonAsker>(town.address(), rank,
                                            front == "JSON" ? Framing::lines : Framing::web_socket);
      }
      town.watcher().sync();
      for (const auto& deed : deeds) {
        INFO(front << ", " << rank << ": " << deed.line);
        for (const auto& each : deed.before) town.operate(each);
        if (deed.twice) asker->ask(deed);
        town.watcher().sync();
        const bool may = (' ' + deed.who + ' ').find(' ' + rank + ' ') != std::string::npos;
        const auto before = may ? std::string() : town.picture();
        const auto refusal = asker->ask(deed);
        if (may) {
          CHECK(refusal.empty());
        } else {
          CHECK(refusal == (front == "text" ? "refused" : deed.code));
          CHECK(town.picture() == before);
          CHECK(town.watcher().sync().empty());
        }
        for (const auto& each : deed.behind) may || !deed.before.empty() ? void(town.operate(each)) : void();
        if (may) town.tidy();
      }
    }
    // The last of all: the room is closed.
    for (const auto& rank : ranks) {
      INFO(front << ", " << rank);
      const std::string room = "room-" + front + '-' + rank;
      JsonClient owner(town.address());
      owner.answer({{"type", "hello"}, {"version", 1}, {"account", "owner"}, {"password", password}});
      owner.join(room);
      Deed close{.json = {{"type", "close"}, {"room", room}}, .line = "/close " + room, .who = from_owner};
      std::unique_ptr<Asker> asker;
      if (front == "text") {
        asker = std::make_unique<TextAsker>(town.address(), rank);
      } else {
        asker = std::make_unique<JsonAsker>(town.address(), rank,
                                            front == "JSON" ? Framing::lines : Framing::web_socket);
      }
      asker->ask({.json = {{"type", "join"}, {"room", room}}, .line = "/join " + room});
      owner.sync();
      const bool may = rank == "owner" || rank == "admin";
      CHECK(asker->ask(close).empty() == may);
      owner.sync();
      CHECK((text_of(owner.answer({{"type", "say"}, {"room", room}, {"text", "hi"}}), "type") == "error") ==
            may);
    }
  }
}

}  // namespace hubbub::test
