#include "protocol/line_splitter.hpp"

namespace hubbub::protocol {
namespace {

using namespace std::string_view_literals;

constexpr auto carriage_return_null = "\r\0"sv;

}  // namespace

std::optional<std::string_view> LineSplitter::next() {
  if (too_long_) return std::nullopt;
  // Searches only as far as a line of the greatest length with a two-byte ending, so that an endless line
  // costs no more.
  const std::string_view rest = bytes_.substr(consumed_);
  const std::string_view window = limit_ == 0 ? rest : rest.substr(0, limit_ + 2);
  std::size_t end = window.find('\n');
  std::size_t ending = 1;
  std::string_view line = window.substr(0, end);
  if (ending_ == LineEnding::telnet) {
    if (const std::size_t sooner = line.find(carriage_return_null); sooner != std::string_view::npos) {
      line = line.substr(0, end = sooner);
      ending = carriage_return_null.size();
    }
  }
  if (ending == 1 && !line.empty() && line.back() == '\r') line.remove_suffix(1);
  too_long_ = limit_ != 0 && line.size() > limit_;
  if (too_long_ || end == std::string_view::npos) return std::nullopt;
  consumed_ += end + ending;
  return line;
}

}  // namespace hubbub::protocol
