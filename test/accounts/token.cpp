// Tokens and their hashes.
#include "server/accounts/token.hpp"

#include <set>
#include <string>

#include "test/support/catch.hpp"

namespace hubbub::accounts {

TEST_CASE("a token is random, and known by its hash") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const auto token = new_token();
    CHECK(token.text().starts_with("hub_"));
    CHECK(token.text().size() == 47);
    CHECK(token.text().find_first_not_of(
              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == std::string_view::npos);
    const auto hash = hash_token(token.text());
    REQUIRE(hash.has_value());
    CHECK(hash == hash_token(token.text()));
    CHECK(seen.insert(std::string(hash->begin(), hash->end())).second);
  }
}

TEST_CASE("what is no token has no hash") {
  const std::string good(new_token().text());
  REQUIRE(hash_token(good));
  for (const auto& bad :
       {std::string(), std::string("hub_"), good.substr(1), good.substr(0, 46), good + "A",
        "HUB_" + good.substr(4), good.substr(0, 20) + "+" + good.substr(21),
        good.substr(0, 20) + "=" + good.substr(21), good.substr(0, 20) + "\n" + good.substr(21)}) {
    CAPTURE(bad);
    CHECK_FALSE(hash_token(bad));
  }
}

}  // namespace hubbub::accounts
