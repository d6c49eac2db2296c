// What Tab offers, and the client's own commands.
#include <algorithm>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "client/settings.hpp"
#include "client/terminal/completion.hpp"
#include "client/terminal/own_command.hpp"
#include "protocol/slash.hpp"
#include "protocol/suggestion.hpp"
#include "test/support/catch.hpp"

namespace hubbub::client::terminal {
namespace {

namespace event = protocol::event;
using Strings = std::vector<std::string>;
const protocol::Timestamp noon{std::chrono::hours(12)};

void take(Model& model, event::Any body) { model.take({std::move(body), {}}, false, noon); }

void enter(Model& model, std::string room, Strings members) {
  event::Joined joined;
  joined.room = std::move(room);
  joined.count = members.size();
  joined.members = std::move(members);
  take(model, std::move(joined));
}

void say(Model& model, std::string room, std::string from, std::string to = "") {
  protocol::Message message;
  message.room = std::move(room);
  message.from = std::move(from);
  message.to = std::move(to);
  message.seq = 1;
  message.text = "hi";
  take(model, std::make_shared<const protocol::Message>(message));
}

/// Alice, in lobby with Bob and Борис, and in dev with carol.
struct Peopled {
  Model model;

  Peopled() {
    event::Welcome welcome;
    welcome.name = "alice";
    take(model, std::move(welcome));
    enter(model, "lobby", {"alice", "Bob", "Борис"});
    enter(model, "dev", {"alice", "carol", "cat"});
  }

  Strings of(std::string_view before) const { return completions(before, model); }
};

template <class Command>
Command read(std::string_view line) {
  const auto parsed = own::parse(line);
  REQUIRE(parsed.has_value());
  REQUIRE(parsed->has_value());
  REQUIRE(std::holds_alternative<Command>(**parsed));
  return std::get<Command>(**parsed);
}

}  // namespace

TEST_CASE_METHOD(Peopled, "commands of both tables are completed at the beginning of the line") {
  CHECK(of("/hi") == Strings{"/history"});
  CHECK(of("/ig") == Strings{"/ignore"});
  CHECK(of("/he") == Strings{"/help"});
  CHECK(of("/").size() >= 19);
  CHECK(of("hi /hi").empty());
  CHECK(of("//hi").empty());
  CHECK(of("/ni") == Strings{"/nick"});
  CHECK(of(" /ni") == Strings{"/nick"});
  CHECK(of("/help par") == Strings{"part"});
}

TEST_CASE_METHOD(Peopled, "what a command wants is completed") {
  CHECK(of("/join d") == Strings{"dev"});
  CHECK(of("/go ") == Strings{"dev", "lobby"});
  CHECK(of("/mute lo") == Strings{"lobby"});
  CHECK(of("/j #d") == Strings{"#dev"});
  CHECK(of(" /join d") == Strings{"dev"});
  CHECK(of("/query b") == Strings{"Bob"});
  CHECK(of("/msg b") == Strings{"Bob"});
  CHECK(of("/msg  b") == Strings{"Bob"});
  CHECK(of("/msg Bob car") == Strings{"carol"});
  CHECK(of("/me greets bo") == Strings{"Bob"});
  CHECK(of("/reply to bo") == Strings{"Bob"});
  CHECK(of("/ignore бо") == Strings{"Борис"});
  CHECK(of("/unignore b").empty());
  model.ignore("Bob");
  CHECK(of("/unignore b") == Strings{"Bob"});
  CHECK(of("/frobnicate b").empty());
  CHECK(of("/clear b").empty());
}

TEST_CASE_METHOD(Peopled, "settings and what can be chosen for them are completed") {
  CHECK(of("/set notify.b") == Strings{"notify.bell"});
  CHECK_FALSE(of("/set notify.bell ").empty());
  CHECK(of("/set notify.bell on o").empty());
  CHECK(of("/set -s notify.b") == Strings{"notify.bell"});
  CHECK(of("/ignore -s бо") == Strings{"Борис"});
}

TEST_CASE_METHOD(Peopled, "names are completed whatever their case, and are addressed where a line begins") {
  CHECK(of("bo") == Strings{"Bob:"});
  CHECK(of("БО") == Strings{"Борис:"});
  CHECK(of("ask Бо") == Strings{"Борис"});
  CHECK(of("@bo") == Strings{"@Bob"});
  CHECK(of("one\nbo") == Strings{"Bob"});
  CHECK(of("zz").empty());
}

TEST_CASE_METHOD(Peopled, "who spoke last comes first, and rooms with something unread before others") {
  model.turn_to("dev", noon);
  CHECK(of("c") == Strings{"carol:", "cat:"});
  say(model, "dev", "cat");
  CHECK(of("c") == Strings{"cat:", "carol:"});
  enter(model, "ops", {"alice"});
  CHECK(of("/go ") == Strings{"lobby", "ops", "dev"});
  say(model, "ops", "bot");
  CHECK(of("/go ") == Strings{"ops", "lobby", "dev"});
}

TEST_CASE("the client's own commands are read") {
  CHECK(read<own::Go>("/go dev").where == "dev");
  CHECK(read<own::Go>("/GO").where.empty());
  CHECK(read<own::Reply>("/reply  hello  you ").text == "hello  you");
  CHECK(read<own::Ignore>("/ignore").name.empty());
  CHECK(read<own::Unignore>("/unignore bob").name == "bob");
  CHECK(read<own::Mute>("/mute").name.empty());
  CHECK(read<own::Set>("/set").key.empty());
  CHECK(read<own::Set>("/set notify.bell").key == "notify.bell");
  CHECK_FALSE(read<own::Set>("/set notify.bell").value);
  CHECK(read<own::Set>("/set highlight a b").value == "a b");
  for (const char* const line :
       {"/set look.times = \"off\"", "/set  look.times=\"off\"", "/set look.times \"off\""}) {
    CHECK(read<own::Set>(line).key == "look.times");
    CHECK(read<own::Set>(line).value == "\"off\"");
    CHECK_FALSE(read<own::Set>(line).keep);
  }
  CHECK(read<own::Set>("/set -s look.times off").keep);
  CHECK(read<own::Set>("/set -s look.times off").key == "look.times");
  CHECK(read<own::Ignore>("/ignore -s bob").keep);
  CHECK(read<own::Ignore>("/ignore -s bob").name == "bob");
  read<own::Clear>("/clear");
  CHECK(read<own::Help>("/help").about.empty());
  CHECK(read<own::Help>("/help set").about == "set");
  CHECK(read<own::Go>("/go #dev").where == "dev");
  CHECK(read<own::Mute>("\u3000/mute \uff03dev").name == "dev");
}

TEST_CASE("what is no command of the client's own is left to others") {
  for (const char* line : {"go", "//go", "/join dev", "/goo", "/", "hello"}) {
    CAPTURE(line);
    CHECK_FALSE(own::parse(line).has_value());
  }
}

TEST_CASE("a command that lacks something says how it is used") {
  for (const char* line :
       {"/reply", "/unignore ", "/ignore -s", "/set -s", "/around", "/around x", "/around 0"}) {
    CAPTURE(line);
    const auto parsed = own::parse(line);
    REQUIRE(parsed.has_value());
    REQUIRE_FALSE(parsed->has_value());
    CHECK(parsed->error().text.starts_with("use it as "));
  }
}

TEST_CASE("a mistyped command finds the one that was meant") {
  const auto told = [](std::string_view name) { return own::unknown(name).text; };
  CHECK(told("ingore").ends_with("did you mean /ignore [-s] [NAME]?"));
  CHECK(told("jion").ends_with("did you mean /join ROOM [KEY]?"));
  // With no password on the line, as it is asked for here.
  CHECK(told("lgin").ends_with("did you mean /login NAME?"));
  CHECK(told("registre").ends_with("did you mean /register?"));
  CHECK(told("paswd").find("PASSWORD") == std::string::npos);
  CHECK(told("mut").ends_with("did you mean /mute [-s] [ROOM]?"));
  CHECK(told("relpy").ends_with("did you mean /reply TEXT?"));
  CHECK(told("repl").find("did you mean") == std::string::npos);
  CHECK(told("frobnicate").find("did you mean") == std::string::npos);
  CHECK(told("").find("did you mean") == std::string::npos);
  CHECK(told("whois").find("/who lists") != std::string::npos);
}

TEST_CASE("what is advised in the terminal is there, and nothing is sent to another program for it") {
  namespace suggestion = protocol::suggestion;
  for (const suggestion::Habit& habit : suggestion::habits()) {
    const std::string text(habit.answer_in(suggestion::FrontEnd::terminal));
    CAPTURE(text);
    static const std::regex command("(^|[ ,;])/([a-z]+)");
    for (std::sregex_iterator found(text.begin(), text.end(), command); found != std::sregex_iterator();
         ++found) {
      const std::string name = (*found)[2].str();
      const auto has_name = [&](const own::Row& row) { return row.name == name; };
      CHECK((protocol::slash::find(name) != nullptr || std::ranges::any_of(own::table(), has_name)));
    }
  }
  struct Example {
    std::string word;
    std::string answer;
  };
  const auto example = GENERATE(values<Example>({{"r", "/reply TEXT"},
                                                 {"win", "/go ROOM"},
                                                 {"unquery", "/query alone closes"},
                                                 {"hilight", "/set highlight WORDS"},
                                                 {"block", "/ignore NAME"},
                                                 {"ping", "the prompt tells"}}));
  CAPTURE(example.word);
  const std::string told = own::unknown(example.word).text;
  CHECK(told.find(example.answer) != std::string::npos);
  CHECK(told.find("terminal client") == std::string::npos);
}

TEST_CASE("a blank behind the slash is told of for the client's own commands too") {
  const auto parsed = own::parse("/ go dev");
  REQUIRE(parsed.has_value());
  CHECK(parsed->error().text == "there is a blank behind the slash; did you mean /go?");
  CHECK(own::parse(" / go dev")->error().text == parsed->error().text);
  CHECK_FALSE(own::parse("/ join dev").has_value());
}

TEST_CASE("there is help on the keys, and there are examples that work") {
  CHECK(own::help_on("keys").value().find("Alt-a ") != std::string::npos);
  CHECK(own::help_on("keys").value().find("/join") == std::string::npos);
  CHECK(own::help_on("reply").value().ends_with("For example: /reply on my way"));
  const std::string help = own::help_on("set").value();
  PersonalSettings settings;
  std::istringstream lines(help.substr(help.find("For example:\n")));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    CAPTURE(line);
    const auto set = read<own::Set>(line);
    CHECK(get_setting(settings, set.key).has_value());
    if (set.value) CHECK_FALSE(set_setting(settings, set.key, *set.value));
  }
}

TEST_CASE("there is help on a command of either table") {
  CHECK(own::help_on("/clear").value() == "/clear: empty the screen");
  CHECK(own::help_on("nick").value().find("/name NEW: go by another name\n") == 0);
  CHECK(own::help_on("nick").value().ends_with("/nick NEW is the same"));
  CHECK(own::help_on("msg").value().find("/query") == std::string::npos);  // which opens a private view
  CHECK(
      own::help_on("login").value().ends_with("\nHere it is typed as /login NAME or /login alone, and asks "
                                              "for the password, and shows nothing of it."));
  CHECK(own::help_on("ingore").error().text.ends_with("did you mean /ignore [-s] [NAME]?"));
  CHECK(own::help_on("lastlog").error().text.find("/search") != std::string::npos);
}

TEST_CASE("the help names every command once, and the keys") {
  const std::string help = own::help();
  const auto times = [&](const std::string& what) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = help.find(what, at)) != std::string::npos; ++at) ++count;
    return count;
  };
  for (const auto& row : own::table()) CHECK(times("/" + std::string(row.name) + " ") == 1);
  CHECK(times("/join ROOM") == 1);
  CHECK(times("Alt-a") == 1);
}

TEST_CASE("rules, what they may be, roles and people of the room are completed") {
  const Peopled peopled;
  CHECK(peopled.of("/room sl") == Strings{"slow_mode"});
  CHECK(peopled.of("/room moderated o") == Strings{"on", "off"});
  CHECK(peopled.of("/room topic_for m") == Strings{"members", "moderators"});
  CHECK(peopled.of("/room key ").empty());
  CHECK(peopled.of("/room moderated on ").empty());
  CHECK(peopled.of("/role b") == Strings{"Bob"});
  CHECK(peopled.of("/role Bob mo") == Strings{"moderator"});
  CHECK(peopled.of("/kick бо") == Strings{"Борис"});
  CHECK(peopled.of("/ban -a b") == Strings{"Bob"});
  CHECK(peopled.of("/close d") == Strings{"dev"});
  CHECK(peopled.of("/unban ").empty());
}

}  // namespace hubbub::client::terminal
