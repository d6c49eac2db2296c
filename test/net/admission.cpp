#include "server/net/admission.hpp"

#include "test/support/catch.hpp"

namespace hubbub::net {

TEST_CASE("connections are limited in all and per address, and a place is free when one goes") {
  Settings settings;
  settings.connections = 3;
  settings.connections_per_address = 2;
  Admission admission(settings);
  auto first = admission.admit("a");
  const auto second = admission.admit("a");
  REQUIRE(first);
  REQUIRE(second);
  CHECK_FALSE(admission.admit("a"));
  CHECK(admission.refusal("a").find("from your address") != std::string_view::npos);
  const auto third = admission.admit("b");
  REQUIRE(third);
  CHECK_FALSE(admission.admit("c"));
  CHECK(admission.refusal("c").find("this server has") != std::string_view::npos);
  first.reset();
  CHECK(admission.connections() == 2);
  CHECK(admission.admit("a"));
}

TEST_CASE("those without an address count in all only; limits of 0 are none") {
  Settings settings;
  settings.connections = 0;
  settings.connections_per_address = 1;
  Admission admission(settings);
  const auto first = admission.admit("");
  const auto second = admission.admit("");
  CHECK(first);
  CHECK(second);
  settings.connections_per_address = 0;
  const auto third = admission.admit("a");
  CHECK(admission.admit("a"));
}

TEST_CASE("a pass may be handed on") {
  Settings settings;
  Admission admission(settings);
  {
    auto pass = admission.admit("a");
    const Admission::Pass moved(std::move(*pass));
    pass.reset();
    CHECK(admission.connections() == 1);
  }
  CHECK(admission.connections() == 0);
}

}  // namespace hubbub::net
