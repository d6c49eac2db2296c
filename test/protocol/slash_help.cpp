#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "protocol/slash.hpp"
#include "protocol/suggestion.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::protocol;
using Catch::Matchers::ContainsSubstring;

namespace {

Error error_in_lobby(std::string_view line) {
  const auto parsed = slash::parse(line, {"lobby"});
  REQUIRE(parsed.has_error());
  return parsed.error();
}

}  // namespace

TEST_CASE("a mistyped command suggests the nearest") {
  CHECK(error_in_lobby("/joni lobby").code == Code::unknown_type);
  CHECK(error_in_lobby("/joni lobby").text == "there is no command /joni; did you mean /join ROOM [KEY]?");
  CHECK(error_in_lobby("/mgs bob hi").text == "there is no command /mgs; did you mean /msg NAME TEXT?");
  CHECK(error_in_lobby("/HEPL").text == "there is no command /hepl; did you mean /help [COMMAND]?");
  CHECK(error_in_lobby("/romos").text == "there is no command /romos; did you mean /rooms?");
  CHECK(error_in_lobby("/hist 5").text == "there is no command /hist; did you mean /history [NAME] [N]?");
  CHECK_THAT(error_in_lobby("/na").text, !ContainsSubstring("did you mean"));  // name or names
  CHECK(error_in_lobby("/lsit").text == "there is no command /lsit; did you mean /list?");
  CHECK(error_in_lobby("/nik bob").text == "there is no command /nik; did you mean /nick NEW?");
}

TEST_CASE("what would be heard, or be the end, is not offered to one who may have meant something harmless") {
  const std::string line = GENERATE("/m", "/mee", "/mk", "/em", "/quiet", "/quits", "/edits", "/kicks",
                                    "/msgs", "/quer", "/queri", "/exits");
  CAPTURE(line);
  const std::string text = error_in_lobby(line).text;
  for (const slash::Command& command : slash::commands()) {
    if (!command.is_heard) continue;
    CHECK_THAT(text, !ContainsSubstring("did you mean /" + std::string(command.name)));
    CHECK_THAT(text, !ContainsSubstring("did you mean /" + std::string(command.also[0]) + " "));
  }
  CHECK(error_in_lobby("/qiut").text == "there is no command /qiut; did you mean /quit [TEXT]?");
}

TEST_CASE("words from elsewhere are answered with what does the same here") {
  struct Example {
    std::string line;
    std::string answer;
  };
  const auto example = GENERATE(values<Example>({{"/whois bob", "/who"},
                                                 {"/QUOTE x", "JSON"},
                                                 {"/notice bob hi", "/msg NAME TEXT"},
                                                 {"/w bob hi", "/msg NAME TEXT"},
                                                 {"/m bob hi", "/msg NAME TEXT"},
                                                 {"/q bob", "/msg NAME TEXT"},
                                                 {"/n", "/who"},
                                                 {"/t tea at four", "/topic"},
                                                 {"/cls", "terminal client"},
                                                 {"/away", "nobody is marked as away"},
                                                 {"/kb bob", "/ban NAME"},
                                                 {"/halfop bob", "/role NAME ROLE"},
                                                 {"/slowmode 30", "/room slow_mode 30s"},
                                                 {"/gline x", "/ban -a NAME"},
                                                 {"/lastlog tea", "/search WORDS"},
                                                 {" /mode +o", "/room RULE VALUE"},
                                                 {"/ignore bob", "terminal client"},
                                                 {"/?", "/help"}}));
  CAPTURE(example.line);
  const Error error = error_in_lobby(example.line);
  CHECK(error.code == Code::unknown_type);
  CHECK_THAT(error.text, ContainsSubstring("there is no command /"));
  CHECK_THAT(error.text, ContainsSubstring(example.answer));
}

TEST_CASE("what is advised in plain text is there") {
  for (const suggestion::Habit& habit : suggestion::habits()) {
    const std::string text(habit.answer_in(suggestion::FrontEnd::text));
    CAPTURE(text);
    static const std::regex command("(^|[ ,;])/([a-z]+)");
    for (std::sregex_iterator found(text.begin(), text.end(), command); found != std::sregex_iterator();
         ++found)
      CHECK(slash::find((*found)[2].str()) != nullptr);
  }
}

TEST_CASE("what is not seen before a slash does not make a command something that is said") {
  for (const char* before :
       {"\b", "\x1b[A", "\x1bOA", "\x1b[1;5C", "\x1b", "\u200B", "\uFEFF", "\u202E", " \u2060\t", "\x7f"}) {
    CAPTURE(std::string(before));
    const auto asked = slash::parse(std::string(before) + "/login bob secret", {.room = "lobby"});
    REQUIRE(asked.has_value());
    const auto* request = std::get_if<request::Any>(&*asked);
    REQUIRE(request != nullptr);
    CHECK(std::holds_alternative<request::Login>(*request));
  }
  const auto said = slash::parse("\x1b[A hello", {.room = "lobby"});
  CHECK(std::holds_alternative<request::Say>(std::get<request::Any>(said.value())));
}

TEST_CASE("a blank behind the slash is told of, with the command that was meant") {
  CHECK(error_in_lobby("/ join dev").code == Code::bad_request);
  CHECK(error_in_lobby("/ join dev").text == "there is a blank behind the slash; did you mean /join?");
  CHECK(error_in_lobby("/ login bob secret").text ==
        "there is a blank behind the slash; did you mean /login?");
  CHECK(error_in_lobby(" \u3000/ join dev").text == error_in_lobby("/ join dev").text);
  CHECK(error_in_lobby("/ \u3000NICK").text == "there is a blank behind the slash; did you mean /nick?");
  CHECK(error_in_lobby("/ \x1b[31m").code == Code::unknown_type);
}

TEST_CASE("a word from elsewhere never hides a command") {
  for (const slash::Command& command : slash::commands()) {
    CHECK_FALSE(suggestion::habit(command.name, suggestion::FrontEnd::text));
    for (const std::string_view other : command.also)
      CHECK_FALSE(suggestion::habit(other, suggestion::FrontEnd::text));
  }
}

TEST_CASE("there is more to tell about one command") {
  CHECK(*slash::help_on("/leave") ==
        "/leave [ROOM]: leave a room, or the one that you are in\n/part [ROOM] is the same\n");
  CHECK(slash::help_on("PART").value() == slash::help_on("leave").value());
  CHECK_THAT(slash::help_on("query").value(), ContainsSubstring("With a guest they are not"));
  CHECK(*slash::help_on("rooms") == "/rooms: list the rooms\n/list is the same\n");
  CHECK_THAT(slash::help_on("whois").error().text, ContainsSubstring("/who"));
  CHECK_THAT(slash::help_on("lsit").error().text, ContainsSubstring("did you mean /list?"));
  const std::string nonsense = GENERATE("", "/", "//", "//x", "\xff", " ");
  CHECK(slash::help_on(nonsense).error().code == Code::unknown_type);
}

TEST_CASE("a command like no other points to the help") {
  const std::string line = GENERATE("/xyzzy", "/", "/ oh", "/x", "/\x1b[31m", "/присоединиться");
  const Error error = error_in_lobby(line);
  CHECK(error.code == Code::unknown_type);
  CHECK_THAT(error.text, ContainsSubstring("/help lists them"));
  CHECK(error.text.find('\x1b') == std::string::npos);
  CHECK(error_in_lobby("/" + std::string(10'000, 'x')).text.size() < 200);
}

TEST_CASE("every row of the table has what the help and the completion need") {
  std::set<std::string_view> names;
  const std::string help = slash::help();
  for (const slash::Command& command : slash::commands()) {
    CAPTURE(command.name);
    CHECK(names.insert(command.name).second);
    for (const std::string_view other : command.also) CHECK((other.empty() || names.insert(other).second));
    CHECK_FALSE(command.help.empty());
    CHECK(command.read != nullptr);
    CHECK(command.arguments.empty() == command.completes.empty());
    CHECK_THAT(help, ContainsSubstring("/" + std::string(command.name) + " "));
    CHECK_THAT(help, ContainsSubstring(std::string(command.help) + "\n"));
  }
  const std::set<std::string_view> expected = {
      "help",      "name",          "nick",    "join",       "j",        "leave",   "part",
      "rooms",     "list",          "who",     "names",      "whoami",   "msg",     "query",
      "me",        "topic",         "history", "search",     "quit",     "exit",    "register",
      "login",     "identify",      "logout",  "logoff",     "password", "passwd",  "devices",
      "revoke",    "conversations", "inbox",   "edit",       "delete",   "del",     "unsend",
      "room",      "role",          "op",      "voice",      "deop",     "devoice", "claim",
      "invite",    "redeem",        "report",  "kick",       "remove",   "ban",     "silence",
      "mute",      "timeout",       "bans",    "banlist",    "unban",    "unmute",  "unsilence",
      "reports",   "resolve",       "audit",   "webhook",    "webhooks", "close",   "announce",
      "broadcast", "lockdown",      "suspend", "disconnect", "kill"};
  CHECK(names == expected);
}
