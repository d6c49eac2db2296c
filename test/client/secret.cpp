// What is not to stay in memory does not.
#include "client/connection/secret.hpp"

#include <algorithm>

#include "test/support/catch.hpp"

namespace hubbub::client {
namespace {

/// Whether nothing is left of a text in the memory of its string.
bool is_overwritten(const std::string& text) {
  return text.empty() &&
         std::all_of(text.data(), text.data() + text.capacity(), [](char byte) { return byte == 0; });
}

}  // namespace

TEST_CASE("nothing of a secret stays where it was, be it in the string itself or elsewhere") {
  std::string text = GENERATE("short", "longer than what a string has room for in itself");
  const std::string same = text;
  Secret first;
  Secret second;
  const std::string& left_of_text = text;
  const Secret& left_of_first = first;
  const Secret& left_of_second = second;
  first = Secret(std::move(text));
  CHECK(is_overwritten(left_of_text));
  CHECK(first.text() == same);
  second = std::move(first);
  CHECK(left_of_first.empty());
  CHECK(second.text() == same);
  Secret third(std::move(second));
  CHECK(left_of_second.empty());
  CHECK(third.text() == same);
  third = Secret();
  CHECK(third.empty());
}

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
  asked = request::Rename{"alice"};
  wipe(asked);
  CHECK(std::get<request::Rename>(asked).name == "alice");
}

}  // namespace hubbub::client
