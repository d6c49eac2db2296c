#include "protocol/listed.hpp"

#include "test/support/catch.hpp"

using namespace hubbub::protocol;

namespace {

std::vector<std::uint64_t> all(std::span<const std::uint64_t> ids) { return {ids.begin(), ids.end()}; }

event::Ban ban(std::uint64_t id) { return {.id = id, .mask = "name:x", .action = "ban"}; }

}  // namespace

TEST_CASE("each list is remembered as it was told last, and a further page behind it") {
  Listed listed;
  listed.note({event::Bans{.bans = {ban(7), ban(8)}, .more = true}, {}});
  listed.note({event::Reports{.reports = {{.id = 3}}}, {}});
  listed.note({event::Webhooks{.webhooks = {{.id = 4}}}, {}});
  listed.note({event::Devices{.devices = {{.id = 5}}}, {}});
  listed.note({event::Pong{}, {}});
  listed.note({event::Bans{.bans = {ban(9)}}, {}}, true);
  CHECK(all(listed.bans()) == std::vector<std::uint64_t>{7, 8, 9});
  CHECK(all(listed.reports()) == std::vector<std::uint64_t>{3});
  CHECK(all(listed.webhooks()) == std::vector<std::uint64_t>{4});
  CHECK(all(listed.devices()) == std::vector<std::uint64_t>{5});
  listed.note({event::Bans{}, {}});
  CHECK(listed.bans().empty());
  CHECK_FALSE(listed.reports().empty());
}

TEST_CASE("no list is remembered without bound") {
  Listed listed;
  event::Bans page{.bans = std::vector<event::Ban>(400, ban(1)), .more = true};
  for (int pages = 0; pages < 5; ++pages) listed.note({page, {}}, pages > 0);
  CHECK(listed.bans().size() == Listed::most);
}
