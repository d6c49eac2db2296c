// What a token allows.
#include "server/accounts/scopes.hpp"

#include <array>
#include <string>

#include "test/support/catch.hpp"

namespace hubbub::accounts {

TEST_CASE("a token is for everything, or for what the words name") {
  CHECK(Scopes().is_all());
  CHECK(Scopes().text().empty());
  const auto some = Scopes::parse(" say  read say");
  REQUIRE(some.has_value());
  CHECK(some->text() == "read say");
  CHECK(some->has(Scope::read));
  CHECK(some->has(Scope::say));
  CHECK(some->has(Scope::any));
  for (const auto other : {Scope::moderate, Scope::account, Scope::admin}) CHECK_FALSE(some->has(other));
  CHECK(Scopes::parse("read say moderate account admin")->is_all());
}

TEST_CASE("what is no scope is refused, and said which there are") {
  for (const auto* words : {"", "  ", "write", "read,say", "Read", "any", "read\tsay", "read \xc2\xa0say"}) {
    CAPTURE(words);
    const auto scopes = Scopes::parse(words);
    REQUIRE_FALSE(scopes.has_value());
    CHECK(scopes.error().text.find("read, say, moderate, account and admin") != std::string::npos);
  }
}

TEST_CASE("what is stored is read as it was, and what is not known there allows nothing") {
  CHECK(Scopes::stored("").is_all());
  CHECK(Scopes::stored("read say").text() == "read say");
  const auto later = Scopes::stored("read files");
  CHECK(later.text() == "read");
  CHECK_FALSE(Scopes::stored("files").has(Scope::read));
  CHECK_FALSE(Scopes::stored("files").is_all());
}

}  // namespace hubbub::accounts
