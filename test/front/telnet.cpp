#include "server/front/text/text_client.hpp"

#include "test/support/catch.hpp"

namespace hubbub::front {

using namespace std::string_literals;

TEST_CASE("telnet's commands are taken out of a line") {
  const auto [line, text] = GENERATE(table<std::string, std::string>({
      {"plain", "plain"},
      {"", ""},
      {"\xFF\xFD\x03hello", "hello"},  // IAC DO SUPPRESS-GO-AHEAD
      {"he\xFF\xF4llo", "hello"},      // IAC INTERRUPT-PROCESS
      {"a\xFF\xFA\x18\x01xterm\xFF\xF0"
       "b",
       "ab"},  // a subnegotiation
      {"a\xFF\xFA unfinished", "a"},
      {"a\xFF\xFB", "a"},
      {"a\xFF", "a"},
      {"при\xFF\xF1вет", "привет"},
  }));
  CHECK(without_telnet_commands(line) == text);
}

}  // namespace hubbub::front
