// Whom a mask is about: patterns of names as names are compared, accounts, hosts and addresses.
#include "server/chat/mask.hpp"

#include <string>

#include "protocol/error.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

std::string pattern_of(std::string_view typed) {
  const auto pattern = name_pattern(typed);
  return pattern ? *pattern : "refused";
}

}  // namespace

TEST_CASE("a pattern is of the whole text, with any text for a star and one character for a question mark") {
  CHECK(is_like("ann", "ann"));
  CHECK_FALSE(is_like("anna", "ann"));
  CHECK_FALSE(is_like("an", "ann"));
  CHECK(is_like("anna", "ann*"));
  CHECK(is_like("ann", "ann*"));
  CHECK(is_like("joanna", "*ann*"));
  CHECK_FALSE(is_like("joanna", "ann*"));
  CHECK(is_like("anna", "ann?"));
  CHECK_FALSE(is_like("ann", "ann?"));
  CHECK(is_like("annö", "ann?"));
  CHECK_FALSE(is_like("annö", "ann??"));
  CHECK(is_like("абв", "а?в"));
  CHECK(is_like("aXbXc", "a*X?"));
  CHECK(is_like("", "*"));
  CHECK_FALSE(is_like("", "?"));
  CHECK(is_like("", ""));
}

TEST_CASE("a pattern with many stars takes no longer than its length and that of the name") {
  const std::string name(128, 'a');
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "a*";
  CHECK_FALSE(is_like(name, pattern + 'b'));
  CHECK(is_like(name, pattern));
}

TEST_CASE("a pattern is folded as names are, between its signs") {
  CHECK(pattern_of("Ann*") == "ann*");
  CHECK(pattern_of("STRASSE") == pattern_of("straße"));
  CHECK(pattern_of("*ſ?") == "*s?");
  CHECK(pattern_of("ann***") == "ann*");
  CHECK(pattern_of("an*??*") == "an*??*");
  CHECK(pattern_of("*-bot") == "*-bot");
  CHECK(pattern_of("*_") == "*_");
  // A mark at the beginning of a part joins no letter before it.
  for (const char* mark : {"\u0307", "\u0308", "\u0301"}) {
    const auto typed = std::string("*") + mark + "b";
    CHECK(pattern_of(typed) == typed);
  }
}

TEST_CASE("a pattern that is none of names, or one of every name, is refused") {
  for (const auto* typed : {"", "*", "?", "**?", "a b*", "a/b", "a:b", "a\n*", "\u200Dx*"})
    CHECK(pattern_of(typed) == "refused");
  CHECK(pattern_of(std::string(129, 'a')) == "refused");
  CHECK(pattern_of(std::string(33, 'a')) == std::string(33, 'a'));
}

TEST_CASE("a mask is about those whom it names, and about nobody else") {
  const Subject anna{.name = "anna", .account = 12, .host = "abc", .address = "tcp://192.0.2.1:40000"};
  const Subject guest{.name = "guest"};
  CHECK(Mask::of_name("anna").matches(anna));
  CHECK_FALSE(Mask::of_name("ann").matches(anna));
  CHECK(Mask::of_name("an*").matches(anna));
  CHECK_FALSE(Mask::of_name("an*").matches(guest));
  CHECK(Mask::of_account(12).matches(anna));
  CHECK_FALSE(Mask::of_account(1).matches(anna));
  CHECK_FALSE(Mask::of_account(12).matches(guest));
  CHECK(Mask::of_host("abc").matches(anna));
  CHECK_FALSE(Mask::of_host("abd").matches(anna));
  CHECK_FALSE(Mask::of_host("").matches(guest));  // nobody knows where he is from
  const auto in_range = [](const std::string& range, std::string_view address) {
    return range == "192.0.2.0/24" && address.find("192.0.2.") != std::string_view::npos;
  };
  CHECK(Mask::of_address("192.0.2.0/24").matches(anna, in_range));
  CHECK_FALSE(Mask::of_address("198.51.100.0/24").matches(anna, in_range));
  CHECK_FALSE(Mask::of_address("192.0.2.0/24").matches(guest, in_range));
  CHECK_FALSE(Mask::of_address("192.0.2.0/24").matches(anna));
}

TEST_CASE("a mask that is kept is the same mask again") {
  for (const auto& mask : {Mask::of_name("an*:x"), Mask::of_account(12), Mask::of_host("abc"),
                           Mask::of_address("2001:db8::/32")})
    CHECK(Mask::from(mask.stored()) == mask);
  CHECK(Mask::of_account(12).stored() == "account:#12");
  for (const auto* bad : {"", "ann", "account:", "account:#0", "account:ann", "account:#12x", "nick:ann"})
    CHECK_FALSE(Mask::from(bad));
}

}  // namespace hubbub::chat
