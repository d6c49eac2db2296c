#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/line_client.hpp"

namespace hubbub::test {

/// Somebody with `nc`: types lines and reads what is made for people.
class TextClient : public LineClient {
 public:
  using LineClient::LineClient;

  /// The next line that holds `part`; what comes before it is skipped.
  std::string expect(std::string_view part);
  /// Takes that name, by which sync() writes to itself.
  void take_name(std::string_view name);
  /// Everything that has come up to now: up to a private message to oneself, sent now.
  std::vector<std::string> sync();

 private:
  std::string name_;
  std::uint64_t marks_ = 0;
};

/// Whether one of the lines holds `part`.
bool any_holds(const std::vector<std::string>& lines, std::string_view part);

}  // namespace hubbub::test
