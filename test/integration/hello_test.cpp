#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

// Hello, and who may be called what.
namespace hubbub::test {

TEST_CASE("welcome tells a client all that it needs to know") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = R"(
    [server]
    name = "The Snug"
    motd = "Be kind."
    default_room = "hall"
    [limits]
    messages_per_second = 5
    messages_burst = 20
  )"});
  JsonClient alice(daemon.address(), framing);
  alice.send({{"type", "hello"}, {"version", 1}, {"name", "alice"}, {"client", "test/1"}, {"ref", "h"}});
  const Event welcome = alice.next();
  CHECK(text_of(welcome, "type") == "welcome");
  CHECK(text_of(welcome, "ref") == "h");
  CHECK(number_of(welcome, "version") == 1);
  CHECK(text_of(welcome, "server") == "The Snug");
  CHECK(text_of(welcome, "name") == "alice");
  CHECK_FALSE(truth_of(welcome, "account"));
  CHECK(text_of(welcome, "motd") == "Be kind.");
  CHECK(text_of(welcome, "default_room") == "hall");
  const Event& limits = welcome.at("limits").as_object();
  CHECK(number_of(limits, "line") == 16 * 1024);
  CHECK(number_of(limits, "text") == 4096);
  CHECK(number_of(limits, "name") == 32);
  CHECK(number_of(limits, "room") == 50);
  CHECK(number_of(limits, "messages_per_second") == 5);
  CHECK(number_of(limits, "messages_burst") == 20);
}

TEST_CASE("welcome has no motd when there is none") {
  const Daemon daemon;
  JsonClient alice(daemon.address());
  CHECK_FALSE(has(alice.hello("alice"), "motd"));
}

TEST_CASE("who gives no name is called guest and a number") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient one(daemon.address(), framing);
  JsonClient two(daemon.address(), framing);
  const auto name_of_one = text_of(one.answer({{"type", "hello"}, {"version", 1}}), "name");
  const auto name_of_two = text_of(two.answer({{"type", "hello"}, {"version", 1}}), "name");
  CHECK(name_of_one.starts_with("guest-"));
  CHECK(name_of_two.starts_with("guest-"));
  CHECK(name_of_one != name_of_two);
}

TEST_CASE("hello comes first and comes once") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice(daemon.address(), framing);
  alice.send({{"type", "join"}, {"room", "lobby"}, {"ref", "1"}});
  alice.send({{"type", "say"}, {"room", "lobby"}, {"text", "hi"}, {"ref", "2"}, {"id", "m"}});
  alice.send({{"type", "who"}, {"ref", "3"}});
  alice.send({{"type", "hello"}, {"version", 1}, {"name", "alice"}, {"ref", "4"}});
  alice.send({{"type", "hello"}, {"version", 1}, {"name", "alison"}, {"ref", "5"}});
  alice.send({{"type", "who"}, {"ref", "6"}});
  for (const char* ref : {"1", "2", "3"}) {
    const Event error = alice.next();
    CHECK(text_of(error, "code") == "hello_required");
    CHECK(text_of(error, "ref") == ref);
  }
  CHECK(text_of(alice.next(), "type") == "welcome");
  const Event again = alice.next();
  CHECK(text_of(again, "code") == "already_welcome");
  CHECK(text_of(again, "ref") == "5");
  CHECK(texts_of(alice.next(), "names") == std::vector<std::string>{"alice"});
}

TEST_CASE("credentials that are none are refused, and nobody needs any") {
  const Daemon daemon;
  JsonClient alice(daemon.address());
  CHECK(alice.refusal({{"type", "hello"}, {"version", 1}, {"name", "alice"}, {"password", "swordfish"}}) ==
        "login_failed");
  CHECK(alice.refusal({{"type", "hello"}, {"version", 1}, {"token", "0123"}}) == "login_failed");
  CHECK(alice.refusal({{"type", "hello"}, {"version", 1}, {"password", "swordfish"}, {"token", "0123"}}) ==
        "bad_request");
  const Event welcome =
      alice.answer({{"type", "hello"}, {"version", 1}, {"name", "alice"}, {"something", {{"newer", true}}}});
  CHECK(text_of(welcome, "type") == "welcome");
  CHECK(text_of(alice.answer({{"type", "join"}, {"room", "lobby"}, {"key", "k"}}), "type") == "joined");
  CHECK(daemon.log().find("swordfish") == std::string::npos);
}

TEST_CASE("a version of the future is refused with a reason") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice(daemon.address(), framing);
  alice.send({{"type", "hello"}, {"version", 2}, {"name", "alice"}, {"ref", "h"}});
  const Event bye = alice.expect_bye("unsupported_version");
  CHECK(text_of(bye, "ref") == "h");
  CHECK(text_of(bye, "text").find('1') != std::string::npos);
}

TEST_CASE("a taken name is refused and another one goes") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "Alice");
  alice.sync();
  JsonClient second(daemon.address(), framing);
  const auto hello = [](std::string_view name) {
    return Event{{"type", "hello"}, {"version", 1}, {"name", name}};
  };
  CHECK(second.refusal(hello("Alice")) == "name_taken");
  CHECK(second.refusal(hello("ALICE")) == "name_taken");
  CHECK(second.refusal(hello("\uff21lice")) == "name_taken");  // FULLWIDTH LATIN CAPITAL LETTER A
  CHECK(text_of(second.answer(hello("Alicia")), "name") == "Alicia");
  CHECK(alice.sync().empty());
}

TEST_CASE("a name is free again when its bearer has gone") {
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice");
  alice.send({{"type", "quit"}});
  alice.expect_bye("quit");
  JsonClient other(daemon.address());
  CHECK(text_of(other.hello("ALICE"), "name") == "ALICE");
}

TEST_CASE("whoever does not answer when somebody else asks for the name has to give it up") {
  const Daemon daemon({.config = "[timeouts]\nclaim = \"20ms\"\n"});
  JsonClient gone = member(daemon.address(), "alice");
  JsonClient back(daemon.address());
  const Event hello{{"type", "hello"}, {"version", 1}, {"name", "Alice"}};
  Event answer = back.answer(hello);
  while (text_of(answer, "type") == "error") {
    CHECK(text_of(answer, "code") == "name_taken");
    answer = back.answer(hello);
  }
  CHECK(text_of(answer, "name") == "Alice");
  gone.expect("ping");
  gone.expect_bye("idle_timeout");
}

TEST_CASE("whoever types by hand cannot be asked, and keeps the name") {
  const Daemon daemon({.config = "[timeouts]\nclaim = \"1ms\"\n"});
  TextClient alice(daemon.address());
  alice.take_name("alice");
  JsonClient other(daemon.address());
  for (int times = 0; times < 20; ++times) {
    CHECK(other.refusal({{"type", "hello"}, {"version", 1}, {"name", "alice"}}) == "name_taken");
  }
  alice.sync();
}

TEST_CASE("names may be in any script") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  const auto* const name = GENERATE("Ольга", "王小明", "José", "नेहा", "a", "7up", "x.y-z_0",
                                    // 32 code points of 3 bytes
                                    "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二");
  CAPTURE(name);
  JsonClient client(daemon.address(), framing);
  CHECK(text_of(client.hello(name), "name") == name);
}

TEST_CASE("names are composed and compared without regard to case") {
  const Daemon daemon;
  JsonClient jose(daemon.address());
  CHECK(text_of(jose.hello("Jose\u0301"), "name") == "Jos\u00e9");
  JsonClient olga(daemon.address());
  olga.hello("Ольга");
  JsonClient other(daemon.address());
  CHECK(other.refusal({{"type", "hello"}, {"version", 1}, {"name", "JOS\u00c9"}}) == "name_taken");
  CHECK(other.refusal({{"type", "hello"}, {"version", 1}, {"name", "ОЛЬГА"}}) == "name_taken");
}

TEST_CASE("names that deceive or do not fit are refused") {
  const auto* const name =
      GENERATE("", " ", "two words", "-dash", ".dot", "_line", "tab\there", "line\nfeed", "esc\x1b[31m",
               "del\x7f", "c1\u0085", "zero\u200bwidth", "joi\u200dner", "\ufeffbom", "soft\u00adhyphen",
               "over\u202eride", "iso\u2066late", "slash/name", "at@name", "a,b", "\U0001f600",
               // 33 code points
               "abcdefghijklmnopqrstuvwxyz1234567");
  CAPTURE(name);
  const Daemon daemon;
  JsonClient client(daemon.address());
  CHECK(client.refusal({{"type", "hello"}, {"version", 1}, {"name", name}}) == "name_invalid");
  CHECK(client.refusal({{"type", "who"}}) == "hello_required");
}

}  // namespace hubbub::test
