// What ends by itself, and when.
#include "server/chat/endings.hpp"

#include <chrono>
#include <optional>

#include "test/support/catch.hpp"

namespace hubbub::chat {

TEST_CASE("what ends does so once, when it was last said to, and not if that was taken back") {
  using std::chrono::seconds;
  constexpr protocol::Timestamp start{std::chrono::hours{1}};
  const Endings::Ending ban{.room = "tea", .attribute = "ban/1"};
  const Endings::Ending other{.room = "dev", .attribute = "ban/1"};
  const Endings::Ending third{.room = "dev", .attribute = "lockdown"};
  Endings endings;
  endings.set(ban, start + seconds{5});
  endings.set(other, start + seconds{3});
  endings.set(third, start + seconds{2});
  CHECK(endings.take_due(start + seconds{1}) == std::nullopt);
  endings.set(third, std::nullopt);
  endings.set(ban, start + seconds{4});
  endings.set(other, start + seconds{6});
  CHECK(endings.take_due(start + seconds{5}) == ban);
  CHECK(endings.take_due(start + seconds{5}) == std::nullopt);
  CHECK(endings.take_due(start + seconds{6}) == other);
  CHECK(endings.take_due(start + seconds{60}) == std::nullopt);
}

}  // namespace hubbub::chat
