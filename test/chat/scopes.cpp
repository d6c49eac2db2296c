// Tokens that allow some of what their account may do: every request with every scope, whether it is let
// through.
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/json.hpp"
#include "test/chat/doors.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
namespace event = protocol::event;
namespace request = protocol::request;

/// A request, as it comes, and what it is: a scope, or "any".
struct Case {
  std::string_view scope;
  std::string_view line;
};

// Where something would be done that others of these need, it is asked of what is not there.
constexpr std::array cases{
    Case{"any", R"({"type":"ping"})"},
    Case{"any", R"({"type":"pong"})"},
    Case{"read", R"({"type":"join","room":"tea"})"},
    Case{"read", R"({"type":"who","room":"lobby"})"},
    Case{"read", R"({"type":"rooms"})"},
    Case{"read", R"({"type":"history","room":"lobby"})"},
    Case{"read", R"({"type":"conversations"})"},
    Case{"read", R"({"type":"read","room":"lobby","seq":1})"},
    Case{"read", R"({"type":"room","room":"lobby"})"},
    Case{"read", R"({"type":"redeem","token":"hub_x"})"},
    Case{"read", R"({"type":"leave","room":"nowhere"})"},
    Case{"say", R"({"type":"say","room":"lobby","text":"hi"})"},
    Case{"say", R"({"type":"tell","to":"bot","text":"hi"})"},
    Case{"say", R"({"type":"topic","room":"lobby","text":"hi"})"},
    Case{"say", R"({"type":"typing","room":"lobby","state":"active"})"},
    Case{"say", R"({"type":"edit","room":"lobby","text":"hi"})"},
    Case{"say", R"({"type":"delete","room":"lobby"})"},
    Case{"say", R"({"type":"report","room":"lobby","seq":1,"text":"hi"})"},
    Case{"account", R"({"type":"rename","name":"other"})"},
    Case{"account", R"({"type":"register","password":"correct horse"})"},
    Case{"account", R"({"type":"password","old":"x","new":"correct horse"})"},
    Case{"account", R"({"type":"devices"})"},
    Case{"account", R"({"type":"revoke","id":7})"},
    Case{"account", R"({"type":"export"})"},
    Case{"account", R"({"type":"erase","password":"x","messages":"keep"})"},
    Case{"moderate", R"({"type":"suspend","account":"nobody","reason":"x"})"},
    Case{"moderate", R"({"type":"resume","account":"nobody"})"},
    Case{"moderate", R"({"type":"invite","room":"nowhere","name":"nobody"})"},
    Case{"moderate", R"({"type":"invites","room":"lobby"})"},
    Case{"admin", R"({"type":"invite"})"},
    Case{"admin", R"({"type":"invites"})"},
    Case{"moderate", R"({"type":"disconnect","name":"nobody"})"},
    Case{"moderate", R"({"type":"room","room":"lobby","set":{"secret":false}})"},
    Case{"moderate", R"({"type":"role","room":"lobby","name":"nobody","role":"voice"})"},
    Case{"moderate", R"({"type":"close","room":"nowhere"})"},
    Case{"moderate", R"({"type":"kick","room":"lobby","name":"nobody"})"},
    Case{"moderate", R"({"type":"ban","room":"lobby","of":"name:nobody","dry_run":true})"},
    Case{"moderate", R"({"type":"unban","id":7})"},
    Case{"moderate", R"({"type":"bans","room":"lobby"})"},
    Case{"moderate", R"({"type":"reports"})"},
    Case{"moderate", R"({"type":"resolve","id":7})"},
    Case{"moderate", R"({"type":"audit"})"},
    Case{"moderate", R"({"type":"announce","text":"hi"})"},
    Case{"moderate", R"({"type":"lockdown","level":0})"},
    Case{"moderate", R"({"type":"webhook","room":"lobby","name":"hook"})"},
    Case{"moderate", R"({"type":"webhooks"})"},
    Case{"moderate", R"({"type":"webhook_revoke","id":7})"},
    Case{"admin", R"({"type":"status"})"},
    Case{"admin", R"({"type":"accounts"})"},
    Case{"admin", R"({"type":"account","name":"bot"})"},
    Case{"admin", R"({"type":"account_add","name":"new","password":"correct horse"})"},
    Case{"admin", R"({"type":"account_set","name":"nobody","role":"none"})"},
    Case{"admin", R"({"type":"account_erase","name":"nobody"})"},
    Case{"admin", R"({"type":"account_export","name":"bot"})"},
    Case{"admin", R"({"type":"token_make","account":"nobody"})"},
    Case{"admin", R"({"type":"token_revoke","account":"nobody","all":true})"},
    Case{"admin", R"({"type":"sessions"})"},
    Case{"admin", R"({"type":"reload"})"},
    Case{"admin", R"({"type":"log","level":"info"})"},
};

struct Agency : Doors {
  std::unique_ptr<Peer> clerk = Doors::clerk();

  Agency() {
    ask(*clerk, request::AddAccount{.name = "bot", .password = password, .role = "admin"});
    ask(*clerk, request::AddAccount{.name = "other", .password = password, .role = {}});
  }
  /// Empty: for everything.
  std::string token_for(const std::string& scopes) {
    ask(*clerk, request::MakeToken{.account = "bot",
                                   .device = "program",
                                   .scopes = scopes.empty() ? std::nullopt : std::optional(scopes)});
    const auto& made = clerk->last<event::Token>();
    CHECK(made.scopes == scopes);
    return made.token;
  }
  std::unique_ptr<Peer> program(const std::string& token) {
    auto asked = hello("bot");
    asked.token = token;
    auto peer = connect();
    ask(*peer, asked);
    peer->last<event::Welcome>();
    return peer;
  }
  /// Why that is not for its token; empty: it is.
  std::string refused(Peer& peer, std::string_view line) {
    const auto decoded = protocol::decode_request(line);
    REQUIRE(std::holds_alternative<protocol::Request>(decoded));
    const auto before = peer.events.size();
    ask(peer, std::get<protocol::Request>(decoded).body);
    for (auto i = before; i < peer.events.size(); ++i) {
      const auto* const failure = std::get_if<event::Failure>(&peer.events[i].body);
      if (failure != nullptr && failure->error.code == Code::denied &&
          failure->error.text.find("the token that") != std::string::npos) {
        return failure->error.text;
      }
    }
    return {};
  }
};

}  // namespace

TEST_CASE("a token for some of it allows that, and nothing else, whatever its account may") {
  const std::string scope = GENERATE("read", "say", "moderate", "account", "admin");
  CAPTURE(scope);
  Agency agency;
  const auto token = agency.token_for(scope);
  for (const auto& each : cases) {
    CAPTURE(each.line);
    const auto program = agency.program(token);
    const auto why = agency.refused(*program, each.line);
    if (each.scope == "any" || each.scope == scope) {
      CHECK(why.empty());
    } else {
      CHECK(why.find('"' + scope + "\" alone") != std::string::npos);
      CHECK(why.find("needs \"" + std::string(each.scope) + '"') != std::string::npos);
    }
  }
}

TEST_CASE("a token for all allows all, and logging in with another one is another's right") {
  Agency agency;
  const auto all = agency.token_for("");
  const auto read = agency.token_for("read");
  for (const auto& each : cases) {
    CAPTURE(each.line);
    const auto program = agency.program(all);
    CHECK(agency.refused(*program, each.line).empty());
  }
  const auto program = agency.program(read);
  CHECK_FALSE(agency.refused(*program, R"({"type":"status"})").empty());
  agency.ask(*program, request::Logout{});
  program->last<event::LoggedOut>();
  // A guest has no token.
  CHECK(agency.refused(*program, R"({"type":"rename","name":"somebody"})").empty());
  agency.ask(*program, token_login(all));
  program->last<event::LoggedIn>();
  CHECK(agency.refused(*program, R"({"type":"status"})").empty());
}

TEST_CASE("what a token allows is told in the list of devices, and is no scope by any other word") {
  Agency agency;
  agency.token_for("read say");
  agency.ask(*agency.clerk, request::ShowAccount{.name = "bot"});
  const auto& devices = agency.clerk->last<event::Account>().account.devices;
  REQUIRE(devices.size() == 1);
  CHECK(devices.at(0).scopes == "read say");
  agency.ask(*agency.clerk, request::MakeToken{.account = "bot", .device = {}, .scopes = "write"});
  CHECK(code_of(*agency.clerk) == Code::bad_request);
}

TEST_CASE("a token that is for no ruling makes nobody an owner, and shows no key") {
  Agency agency;
  const auto program = agency.program(agency.token_for("read say"));
  agency.ask(*program, request::Join{.room = "den"});
  CHECK(program->last<event::Joined>().role.empty());
  const auto ruler = agency.program(agency.token_for("read moderate"));
  agency.ask(*ruler, request::Join{.room = "vault"});
  CHECK(ruler->last<event::Joined>().role == "owner");
  agency.ask(*ruler, request::Room{.room = "vault", .set = protocol::RoomRules{.key = "sesame"}});
  agency.ask(*ruler, request::Room{.room = "vault"});
  CHECK(ruler->last<event::Room>().rules.key == "sesame");
  agency.ask(*program, request::Room{.room = "vault"});
  CHECK_FALSE(program->last<event::Room>().rules.key);
}

TEST_CASE("with a token to say things one deletes one's own, and nobody else's") {
  Agency agency;
  const auto guest = agency.connect();
  agency.ask(*guest, hello("guest"));
  agency.ask(*guest, request::Join{.room = "lobby"});
  agency.ask(*guest, request::Say{.room = "lobby", .text = "hi", .id = {}});
  const auto seq = guest->last<protocol::MessagePtr>()->seq;
  const auto program = agency.program(agency.token_for("read say"));
  agency.ask(*program, request::Join{.room = "lobby"});
  agency.ask(*program, request::Delete{.room = "lobby", .with = {}, .seq = seq, .reason = {}});
  CHECK(code_of(*program) == Code::denied);
  const auto moderator = agency.program(agency.token_for("read say moderate"));
  agency.ask(*moderator, request::Join{.room = "lobby"});
  agency.ask(*moderator, request::Delete{.room = "lobby", .with = {}, .seq = seq, .reason = {}});
  moderator->last<event::Deleted>();
}

}  // namespace hubbub::chat
