#include "protocol/slash.hpp"

#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::protocol;

namespace {

const slash::Context in_lobby = {"lobby"};
const slash::Context nowhere = {};

/// The request that a typed line makes, as its line on the wire; "" if it makes none.
std::string request_of(std::string_view line, const slash::Context& context = in_lobby) {
  const auto parsed = slash::parse(line, context);
  if (!parsed || !std::holds_alternative<request::Any>(*parsed)) return "";
  std::string json;
  encode(Request{std::get<request::Any>(*parsed), ""}, json);
  json.pop_back();
  return json;
}

Error error_of(std::string_view line, const slash::Context& context = in_lobby) {
  const auto parsed = slash::parse(line, context);
  REQUIRE(parsed.has_error());
  return parsed.error();
}

}  // namespace

TEST_CASE("typed lines make requests") {
  struct Example {
    std::string line;
    std::string request;
  };
  const auto example = GENERATE(values<Example>({
      {"hello there", R"({"type":"say","room":"lobby","text":"hello there"})"},
      {"  indented", R"({"type":"say","room":"lobby","text":"  indented"})"},
      {"Привет", R"({"type":"say","room":"lobby","text":"Привет"})"},
      {"//etc/passwd", R"({"type":"say","room":"lobby","text":"/etc/passwd"})"},
      {"//", R"({"type":"say","room":"lobby","text":"/"})"},
      {"  // remark", R"({"type":"say","room":"lobby","text":"  // remark"})"},
      {" /etc/passwd", R"({"type":"say","room":"lobby","text":" /etc/passwd"})"},
      {" /", R"({"type":"say","room":"lobby","text":" /"})"},
      {" / or not", R"({"type":"say","room":"lobby","text":" / or not"})"},
      {" /join x", R"({"type":"join","room":"x"})"},
      {"\t /Join\u3000x\u00a0", R"({"type":"join","room":"x"})"},
      {"\u3000/msg bob\u3000hi", R"({"type":"tell","to":"bob","text":"hi"})"},
      {"\u00a0/quit", R"({"type":"quit"})"},
      {"who are you", R"({"type":"say","room":"lobby","text":"who are you"})"},
      {"exit ", R"({"type":"say","room":"lobby","text":"exit "})"},
      {"/name 张伟", R"({"type":"rename","name":"张伟"})"},
      {"/name two words", R"({"type":"rename","name":"two words"})"},
      {"/join books", R"({"type":"join","room":"books"})"},
      {"/JOIN books", R"({"type":"join","room":"books"})"},
      {"/join \t books  ", R"({"type":"join","room":"books"})"},
      {"/j books", R"({"type":"join","room":"books"})"},
      {"/join #books", R"({"type":"join","room":"books"})"},
      {"/join \uff03\uff03книги", R"({"type":"join","room":"книги"})"},
      {"/part", R"({"type":"leave","room":"lobby"})"},
      {"/leave #books", R"({"type":"leave","room":"books"})"},
      {"/list", R"({"type":"rooms"})"},
      {"/names", R"({"type":"who","room":"lobby"})"},
      {"/who #books", R"({"type":"who","room":"books"})"},
      {"/nick bob", R"({"type":"rename","name":"bob"})"},
      {"/query bob hi", R"({"type":"tell","to":"bob","text":"hi"})"},
      {"/exit", R"({"type":"quit"})"},
      {"#books is a room", R"({"type":"say","room":"lobby","text":"#books is a room"})"},
      {"/leave", R"({"type":"leave","room":"lobby"})"},
      {"/leave books", R"({"type":"leave","room":"books"})"},
      {"/rooms", R"({"type":"rooms"})"},
      {"/who", R"({"type":"who","room":"lobby"})"},
      {"/who books", R"({"type":"who","room":"books"})"},
      {"/msg bob  hi there ", R"({"type":"tell","to":"bob","text":"hi there"})"},
      {"/me waves", R"({"type":"say","room":"lobby","text":"waves","action":true})"},
      {"/topic all about books", R"({"type":"topic","room":"lobby","text":"all about books"})"},
      {"/history", R"({"type":"history","room":"lobby"})"},
      {"/history 20", R"({"type":"history","room":"lobby","limit":20})"},
      {"/history anna", R"({"type":"history","with":"anna"})"},
      {"/history anna 20", R"({"type":"history","with":"anna","limit":20})"},
      {"/history 5 6", R"({"type":"history","with":"5","limit":6})"},
      {"/conversations", R"({"type":"conversations"})"},
      {"/inbox", R"({"type":"conversations"})"},
      {"/search green tea",
       R"({"type":"history","room":"lobby","limit":20,"search":"green tea","count":true})"},
      {"/search  你好 ", R"({"type":"history","room":"lobby","limit":20,"search":"你好","count":true})"},
      {"/search from:anna tea",
       R"({"type":"history","room":"lobby","limit":20,"search":"tea","from":"anna","count":true})"},
      {"/search green from:anna  tea",
       R"({"type":"history","room":"lobby","limit":20,"search":"green tea","from":"anna","count":true})"},
      {"/search from:anna", R"({"type":"history","room":"lobby","limit":20,"from":"anna","count":true})"},
      {"/search -a tea", R"({"type":"history","limit":20,"search":"tea","count":true})"},
      {"/search -A tea", R"({"type":"history","limit":20,"search":"tea","count":true})"},
      {"/search tea -a", R"({"type":"history","room":"lobby","limit":20,"search":"tea -a","count":true})"},
      {"/quit", R"({"type":"quit"})"},
      {"/quit good night", R"({"type":"quit","text":"good night"})"},
      {"who", R"({"type":"who","room":"lobby"})"},
      {"exit", R"({"type":"quit"})"},
      {"rename|bob", R"({"type":"rename","name":"bob"})"},
      {"rename| bob ", R"({"type":"rename","name":"bob"})"},
  }));
  CAPTURE(example.line);
  CHECK(request_of(example.line) == example.request);
}

TEST_CASE("in the terminal client what has no slash is said") {
  const slash::Context terminal = {.room = "lobby", .where = suggestion::FrontEnd::terminal};
  const std::string line = GENERATE("who", "exit", "rename|bob");
  CHECK(request_of(line, terminal) == R"({"type":"say","room":"lobby","text":")" + line + "\"}");
  CHECK(request_of("/who", terminal) == R"({"type":"who","room":"lobby"})");
}

TEST_CASE("lines that are not requests are answered by the front end") {
  CHECK(std::holds_alternative<slash::Nothing>(*slash::parse("", in_lobby)));
  CHECK(std::holds_alternative<slash::Nothing>(*slash::parse(" \t ", in_lobby)));
  CHECK(std::holds_alternative<slash::Nothing>(*slash::parse(" \u3000\u00a0", in_lobby)));
  const auto help = slash::parse("/help", nowhere);
  REQUIRE(std::holds_alternative<slash::Help>(*help));
  CHECK(std::get<slash::Help>(*help).about.empty());
  CHECK(std::get<slash::Help>(*slash::parse("/help /msg", nowhere)).about == "/msg");
  CHECK(std::holds_alternative<slash::WhoAmI>(*slash::parse("/whoami", nowhere)));
  const auto topic = slash::parse("/topic", in_lobby);
  REQUIRE(std::holds_alternative<slash::ShowTopic>(*topic));
  CHECK(std::get<slash::ShowTopic>(*topic).room == "lobby");
}

TEST_CASE("without a current room, what needs one says so and the rest works") {
  const std::string line =
      GENERATE("hello", "//x", "/me waves", "/leave", "/topic", "/topic x", "/history", "/search x");
  CAPTURE(line);
  CHECK(error_of(line, nowhere).code == Code::not_joined);
  CHECK(request_of("/who", nowhere) == R"({"type":"who"})");
  CHECK(request_of("/join x", nowhere) == R"({"type":"join","room":"x"})");
  CHECK(request_of("/msg bob hi", nowhere) == R"({"type":"tell","to":"bob","text":"hi"})");
}

TEST_CASE("one who would write to a room by its name is told to enter it") {
  CHECK_THAT(error_of("/msg #ops the disk is full").text,
             Catch::Matchers::ContainsSubstring("enter it with /join ops "));
  CHECK(error_of("/msg #" + std::string(10'000, 'x') + " y").text.size() < 300);
  CHECK(error_of("/msg #5 hi").text ==
        "the account #5 has been erased, and nothing can be said to it any more");
  CHECK(error_of("/msg #" + std::string(10'000, '5') + " y").text.size() < 300);
}

TEST_CASE("a command that is used wrongly says how to use it") {
  struct Example {
    std::string line;
    std::string usage;
  };
  const auto example = GENERATE(values<Example>({{"/name", "/name NEW"},
                                                 {"/join ", "/join ROOM [KEY]"},
                                                 {"/msg", "/msg NAME TEXT"},
                                                 {"/msg bob", "/msg NAME TEXT"},
                                                 {"/query bob", "/msg NAME TEXT"},
                                                 {"/join #", "/join ROOM [KEY]"},
                                                 {"/me", "/me TEXT"},
                                                 {"/history 0", "/history [NAME] [N]"},
                                                 {"/history -5", "/history [NAME] [N]"},
                                                 {"/history anna many", "/history [NAME] [N]"},
                                                 {"/history 9007199254740993", "/history [NAME] [N]"},
                                                 {"/history 99999999999999999999", "/history [NAME] [N]"},
                                                 {"rename|", "/name NEW"}}));
  CAPTURE(example.line);
  const Error error = error_of(example.line);
  CHECK(error.code == Code::bad_request);
  CHECK_THAT(error.text, Catch::Matchers::StartsWith("use it as " + example.usage + ": "));
}

TEST_CASE("a search for what nobody has said is refused in so many words") {
  const std::string line = GENERATE("/search from:", "/search -a from:", "/search tea from: anna");
  CHECK(error_of(line).code == Code::bad_request);
  CHECK(error_of(line).text.starts_with("from: needs the name of somebody right behind it"));
}

TEST_CASE("a search in all rooms needs no current one, but something to look for") {
  CHECK(request_of("/search -a tea", {}) == R"({"type":"history","limit":20,"search":"tea","count":true})");
  CHECK(error_of("/search -a").code == Code::bad_request);
  CHECK(error_of("/search -a").text.starts_with("use it as /search [-a] [WORDS]"));
}

TEST_CASE("what a search has found is told with its number, and no number that is not known") {
  request::History asked;
  event::History answer{"lobby", {2, std::make_shared<const Message>()}, true, 2};
  CHECK(slash::tally(asked, answer) == "2 found");
  CHECK(slash::tally(asked, answer, 1) == "2 found, 1 shown, 1 of people whom you ignore");
  answer.complete = false;
  answer.count = 12;
  CHECK(slash::tally(asked, answer) == "12 found, the newest 2 shown");
  asked.before = 7;
  CHECK(slash::tally(asked, answer) == "12 older found, the newest 2 shown");
  answer.count = most_counted;
  CHECK(slash::tally(asked, answer) == "at least 1000 older found, the newest 2 shown");
  answer.count.reset();
  CHECK(slash::tally(asked, answer) == "2 shown, and there are more");
  answer.complete = true;
  CHECK(slash::tally(asked, answer) == "2 found");
}

TEST_CASE("a search goes on with what is older") {
  CHECK(error_of("/search").code == Code::bad_request);
  CHECK_THAT(error_of("/search").text, Catch::Matchers::ContainsSubstring("no search to go on with"));
  const slash::Context over = {.room = "lobby", .has_searched = true};
  CHECK_THAT(error_of("/search", over).text, Catch::Matchers::StartsWith("there are no older hits; /search"));

  const auto parsed = slash::parse("/search tea", in_lobby);
  REQUIRE(parsed.has_value());
  const auto asked = std::get<request::History>(std::get<request::Any>(*parsed));
  Message hit;
  hit.seq = 7;
  event::History answer{
      .room = "lobby", .messages = {std::make_shared<const Message>(hit)}, .complete = true};
  CHECK_FALSE(slash::older_hits(asked, answer));
  answer.complete = false;
  const auto older = slash::older_hits(asked, answer);
  REQUIRE(older);
  const slash::Context elsewhere = {.room = "books", .search_on = older};
  CHECK(request_of("/search", elsewhere) ==
        R"({"type":"history","room":"lobby","before":7,"limit":20,"search":"tea","count":true})");
  CHECK(request_of("/search cake", elsewhere) ==
        R"({"type":"history","room":"books","limit":20,"search":"cake","count":true})");
  answer.messages.clear();
  CHECK_FALSE(slash::older_hits(asked, answer));
}
