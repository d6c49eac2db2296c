// What a request had that is not to stay in memory does not.
#include "client/connection/wipe.hpp"

#include "test/support/catch.hpp"
#include "test/support/overwritten.hpp"

namespace hubbub::client {

using test::is_overwritten;

TEST_CASE("a request that has gone out has no passwords, tokens and invitations any more") {
  namespace request = protocol::request;
  request::Any asked = request::Register{.password = "one", .invite = "two", .device = "three"};
  wipe(asked);
  CHECK(is_overwritten(std::get<request::Register>(asked).password));
  CHECK(is_overwritten(*std::get<request::Register>(asked).invite));
  CHECK(std::get<request::Register>(asked).device == "three");
  asked = request::Login{.account = "alice", .password = "one", .token = "two", .device = {}};
  wipe(asked);
  CHECK(is_overwritten(*std::get<request::Login>(asked).password));
  CHECK(is_overwritten(*std::get<request::Login>(asked).token));
  CHECK(std::get<request::Login>(asked).account == "alice");
  asked = request::Password{.before = "one", .after = "two"};
  wipe(asked);
  CHECK(is_overwritten(std::get<request::Password>(asked).before));
  CHECK(is_overwritten(std::get<request::Password>(asked).after));
  asked = request::Join{.room = "lobby", .since = {}, .replay = {}, .key = "one"};
  wipe(asked);
  CHECK(is_overwritten(*std::get<request::Join>(asked).key));
  CHECK(std::get<request::Join>(asked).room == "lobby");
  asked = request::Room{.room = "lobby", .set = protocol::RoomRules{.key = "one"}};
  wipe(asked);
  CHECK(is_overwritten(*std::get<request::Room>(asked).set->key));
  asked = request::Redeem{"one"};
  wipe(asked);
  CHECK(is_overwritten(std::get<request::Redeem>(asked).token));
  asked = request::Rename{"alice"};
  wipe(asked);
  CHECK(std::get<request::Rename>(asked).name == "alice");
}

}  // namespace hubbub::client
