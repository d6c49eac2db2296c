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
