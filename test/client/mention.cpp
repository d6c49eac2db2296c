#include "client/model/spans.hpp"

#include "test/support/catch.hpp"

using hubbub::client::Mentions;
using hubbub::client::Span;

namespace {

/// What is found, marked by brackets.
std::string marked(const Mentions& mentions, std::string text, const Mentions::IsSomebody& is_somebody = {}) {
  std::vector<Span> spans = mentions.find(text, is_somebody);
  for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
    text.insert(span->end, "]");
    text.insert(span->begin, "[");
  }
  return text;
}

std::string anna(std::string text) { return marked(Mentions({"Anna"}), std::move(text)); }

}  // namespace

TEST_CASE("a name is found as a whole word, whatever its case and what stands around it") {
  CHECK(anna("anna") == "[anna]");
  CHECK(anna("ANNA: hi") == "[ANNA]: hi");
  CHECK(anna("hi @anna, and anna's cat") == "hi @[anna], and [anna]'s cat");
  CHECK(anna("(Anna)") == "([Anna])");
  CHECK(anna("savanna annabel anna_b 1anna anna2") == "savanna annabel anna_b 1anna anna2");
  CHECK(anna("").empty());
}

TEST_CASE("names of all scripts are found by the rules for names") {
  CHECK(marked(Mentions({"борис"}), "БОРИС, ты где? борису") == "[БОРИС], ты где? борису");
  CHECK(marked(Mentions({"José"}), "JOSE\u0301!") == "[JOSE\u0301]!");
  CHECK(marked(Mentions({"jose"}), "jose\u0301") == "jose\u0301");
  CHECK(marked(Mentions({"Strasse"}), "die straße") == "die [straße]");
  CHECK(marked(Mentions({"abc"}), "ａｂｃ") == "[ａｂｃ]");
}

TEST_CASE("in scripts without blanks a name is found inside a sentence") {
  const Mentions ming({"小明"});
  CHECK(marked(ming, "大家好小明你好") == "大家好[小明]你好");
  CHECK(marked(ming, "hi小明hi") == "hi[小明]hi");
  CHECK(anna("你好anna再见") == "你好[anna]再见");
  CHECK(marked(Mentions({"철수"}), "철수야") == "[철수]야");
}

TEST_CASE("a name of one such character stands alone, or behind an @") {
  const Mentions ming({"明"});
  CHECK(marked(ming, "明天见") == "明天见");
  CHECK(marked(ming, "明: 好") == "[明]: 好");
  CHECK(marked(ming, "@明你好") == "@[明]你好");
  CHECK(marked(Mentions({"明"}, Mentions::Purpose::search), "明天见") == "[明]天见");
}

TEST_CASE("somebody else's longer name does not mention one") {
  const auto is_somebody = [](std::string_view name) { return name == "anna-maria" || name == "st.anna"; };
  const Mentions mentions({"anna"});
  CHECK(marked(mentions, "anna-maria: hi", is_somebody) == "anna-maria: hi");
  CHECK(marked(mentions, "st.anna", is_somebody) == "st.anna");
  CHECK(marked(mentions, "анна-то anna-то", is_somebody) == "анна-то [anna]-то");
  CHECK(marked(mentions, "it is anna. -anna-", is_somebody) == "it is [anna]. -[anna]-");
}

TEST_CASE("a link that holds one's name calls nobody") {
  const Mentions alice({"alice"});
  CHECK(marked(alice, "alice: https://host/alice?to=alice look") ==
        "[alice]: https://host/alice?to=alice look");
  CHECK(marked(alice, "https://alice.example.org/") == "https://alice.example.org/");
  CHECK(marked(alice, "https://alice@host/x and alice") == "https://alice@host/x and [alice]");
  CHECK(marked(alice, "(http://host/alice), alice") == "(http://host/alice), [alice]");
  CHECK(marked(alice, "看http://host/alice") == "看http://host/alice");
  CHECK(marked(alice, "<ftp://host/x>alice") == "<ftp://host/x>[alice]");
  CHECK(marked(alice, "bob/alice :// alice") == "bob/[alice] :// [alice]");
  CHECK(marked(alice, "https:// alice") == "https:// [alice]");
  CHECK(marked(alice, "www.alice.org/alice WWW.alice.org alice") ==
        "www.alice.org/alice WWW.alice.org [alice]");
  CHECK(marked(alice, "www. alice, xwww.alice") == "www. [alice], xwww.[alice]");
  CHECK(marked(alice, "mail alice@example.org, or bob@alice.org.") ==
        "mail alice@example.org, or bob@alice.org.");
  CHECK(marked(alice, "@alice alice@ alice@home @alice.") == "@[alice] [alice]@ [alice]@home @[alice].");
  CHECK(marked(Mentions({"小明"}), "https://zh.example.org/小明") == "https://zh.example.org/小明");
  CHECK(marked(Mentions({"alice"}, Mentions::Purpose::search), "https://host/alice") ==
        "https://host/[alice]");
}

TEST_CASE("several words are found, and the longer one where they overlap") {
  const Mentions mentions({"anna", "release", "release candidate"});
  CHECK(marked(mentions, "Release candidate for anna: release") ==
        "[Release candidate] for [anna]: [release]");
}

TEST_CASE("marks piled up and bytes that are no UTF-8 are looked at in a moment") {
  std::string piled = "a";
  for (int marks = 0; marks < 2000; ++marks) piled += marks % 2 == 0 ? "\u0301" : "\u0323";
  CHECK(anna(piled + " anna").ends_with(" [anna]"));
  CHECK(anna("\xff\xfe anna \x80") == "\xff\xfe [anna] \x80");
}

TEST_CASE("a text that is made of names of others costs few questions") {
  std::size_t asked = 0;
  const auto is_somebody = [&asked](std::string_view) {
    ++asked;
    return true;
  };
  const Mentions bob({"bob"});
  std::string chain = "bob";
  for (int times = 0; times < 1000; ++times) chain += ".bob";
  CHECK(bob.find(chain, is_somebody).size() == 1001);  // longer than any name
  CHECK(asked == 0);
  CHECK(bob.find("bob.bob.bob.bob", is_somebody).empty());
  CHECK(asked == 1);
  asked = 0;
  std::string others;
  for (int times = 0; times < 1000; ++times) others += "bob-" + std::to_string(times) + " ";
  bob.find(others, is_somebody);
  CHECK(asked == Mentions::most_asked);
}
