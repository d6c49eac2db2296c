#include "server/net/admission.hpp"

#include <chrono>
#include <string>

#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

using namespace std::chrono_literals;

constexpr Time start{1h};

}  // namespace

TEST_CASE("connections are limited in all and per address, and a place is free when one goes") {
  Settings settings;
  settings.connections = 3;
  settings.connections_per_address = 2;
  Admission admission(settings);
  auto first = admission.admit("a", start);
  const auto second = admission.admit("a", start);
  REQUIRE(first);
  REQUIRE(second);
  CHECK_FALSE(admission.admit("a", start));
  CHECK(admission.refusal().find("from your address") != std::string_view::npos);
  const auto third = admission.admit("b", start);
  REQUIRE(third);
  CHECK_FALSE(admission.admit("c", start));
  CHECK(admission.refusal().find("this server has") != std::string_view::npos);
  first.reset();
  CHECK(admission.connections() == 2);
  CHECK(admission.admit("a", start));
}

TEST_CASE("those without an address count in all only, and limits of 0 are none") {
  Settings settings;
  settings.connections = 0;
  settings.connections_per_address = 1;
  Admission admission(settings);
  const auto first = admission.admit("", start);
  const auto second = admission.admit("", start);
  CHECK(first);
  CHECK(second);
  settings.connections_per_address = 0;
  const auto third = admission.admit("a", start);
  CHECK(admission.admit("a", start));
}

TEST_CASE("a pass may be handed on") {
  Settings settings;
  Admission admission(settings);
  {
    auto pass = admission.admit("a", start);
    const Admission::Pass moved(std::move(*pass));
    pass.reset();
    CHECK(admission.connections() == 1);
  }
  CHECK(admission.connections() == 0);
}

TEST_CASE("an address may open so many at once, and then so many a second, whatever becomes of them") {
  Settings settings;
  settings.connects_per_second_per_address = 4;
  settings.connects_burst_per_address = 3;
  Admission admission(settings);
  for (int i = 0; i < 3; ++i) CHECK(admission.admit("a", start));
  CHECK_FALSE(admission.admit("a", start));
  CHECK(admission.refusal().find("too fast") != std::string_view::npos);
  CHECK(admission.admit("b", start));
  CHECK(admission.admit("", start));
  CHECK_FALSE(admission.admit("a", start + 249ms));
  CHECK(admission.admit("a", start + 250ms));
  CHECK_FALSE(admission.admit("a", start + 251ms));
  for (int i = 0; i < 3; ++i) CHECK(admission.admit("a", start + 1h));
  CHECK_FALSE(admission.admit("a", start + 1h));
  settings.connects_per_second_per_address = 1e-300;  // next to nothing is no overflow
  for (int i = 0; i < 3; ++i) CHECK(admission.admit("c", start));
  CHECK_FALSE(admission.admit("c", start + 1h));
  settings.connects_burst_per_address = 0;
  CHECK(admission.admit("a", start + 1h));
}

TEST_CASE("addresses that have gone are forgotten while others come") {
  Settings settings;
  Admission admission(settings);
  for (int i = 0; i < 10'000; ++i) {
    REQUIRE(admission.admit("address " + std::to_string(i), start + i * 1s));
    REQUIRE(admission.addresses() < 100);
  }
}

TEST_CASE("what is kept of those who have gone is bounded, however slowly they may come back") {
  Settings settings;
  settings.connects_per_second_per_address = 1e-9;
  Admission admission(settings);
  for (std::size_t i = 0; i < 2 * Admission::most_idle; ++i) {
    REQUIRE(admission.admit(std::to_string(i), start));
    REQUIRE(admission.addresses() <= Admission::most_idle + 2);
  }
}

}  // namespace hubbub::net
