#include "test/support/text_client.hpp"

#include <algorithm>

namespace hubbub::test {

std::string TextClient::expect(std::string_view part) {
  while (true) {
    auto line = read_line();
    if (!line) fail("expected \"" + std::string(part) + "\", the stream ended");
    if (line->find(part) != std::string::npos) return *line;
  }
}

void TextClient::take_name(std::string_view name) {
  name_ = name;
  send_line("/name " + name_);
  expect("now known as " + name_);
}

std::vector<std::string> TextClient::sync() {
  const std::string mark = "mark-" + std::to_string(++marks_) + "-for-" + name_;
  send_line("/msg " + name_ + ' ' + mark);
  std::vector<std::string> lines;
  while (true) {
    auto line = read_line();
    if (!line) fail("expected a message to oneself, the stream ended");
    if (line->find(mark) != std::string::npos) return lines;
    lines.push_back(std::move(*line));
  }
}

bool any_holds(const std::vector<std::string>& lines, std::string_view part) {
  return std::ranges::any_of(lines, [&](const auto& line) { return line.find(part) != std::string::npos; });
}

}  // namespace hubbub::test
