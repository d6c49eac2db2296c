#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/line_client.hpp"

namespace hubbub::test {

/// A plain-text user with `nc`: sends typed lines and reads lines for people.
class TextClient : public LineClient {
 public:
  using LineClient::LineClient;

  /// The next line that contains `part`; skips earlier lines.
  std::string expect(std::string_view part);
  /// Takes a name, to which sync() sends private messages.
  void take_name(std::string_view name);
  /// All lines up to a private message that the client sends to itself now.
  std::vector<std::string> sync();

 private:
  std::string name_;
  std::uint64_t marks_ = 0;
};

/// Whether one of the lines holds `part`.
bool any_holds(const std::vector<std::string>& lines, std::string_view part);

}  // namespace hubbub::test
