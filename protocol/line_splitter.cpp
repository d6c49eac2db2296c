#include "protocol/line_splitter.hpp"

namespace hubbub::protocol {

std::optional<std::string_view> LineSplitter::next() {
  if (too_long_) return std::nullopt;
  // No further than a line of the limit with "\r\n" reaches, so that an endless line costs no more.
  const std::string_view rest = bytes_.substr(consumed_);
  const std::string_view window = limit_ == 0 ? rest : rest.substr(0, limit_ + 2);
  const std::size_t end = window.find('\n');
  std::string_view line = window.substr(0, end);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  too_long_ = limit_ != 0 && line.size() > limit_;
  if (too_long_ || end == std::string_view::npos) return std::nullopt;
  consumed_ += end + 1;
  return line;
}

}  // namespace hubbub::protocol
