// What cannot be kept in the settings.
#include <filesystem>

#include "test/client/pair.hpp"
#include "test/support/catch.hpp"

namespace hubbub::test {

TEST_CASE("what cannot be kept holds for this run, and one is told so") {
  Pair pair;
  std::filesystem::create_directories(pair.terminal.home().path() / "hubbub" / "config.toml");
  const std::string told = "kept\r\n";
  pair.enter("/ignore -s bob");
  pair.terminal.expect(told);
  pair.enter("/ignore");
  pair.terminal.expect("you ignore bob (until the client ends)");
  pair.enter("/mute -s lobby");
  pair.terminal.expect(told);
  pair.enter("/mute");
  pair.terminal.expect("muted: lobby (until the client ends)");
  pair.enter("/set -s notify.bell off");
  pair.terminal.expect(told);
}

}  // namespace hubbub::test
