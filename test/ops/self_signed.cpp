#include "server/tools/self_signed.hpp"

#include "test/support/catch.hpp"

namespace hubbub::tools {

TEST_CASE("names and addresses are certified, and nothing else") {
  for (const auto* good : {"chat.example.org", "localhost", "192.0.2.7", "2001:db8::7", "*.example.org"}) {
    CAPTURE(good);
    CHECK(make_self_signed(good).has_value());
  }
  for (const auto* bad :
       {"", "a b", "a,DNS:b", "-x", ".x", "a..b", "чат.рф", "a/b", "fe80::1%lo", "2001:db8::7 "}) {
    CAPTURE(bad);
    CHECK_FALSE(make_self_signed(bad).has_value());
  }
  CHECK(make_self_signed("localhost").value().fingerprint.size() == 95);
}

}  // namespace hubbub::tools
