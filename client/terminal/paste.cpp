#include "client/terminal/paste.hpp"

#include <utility>

#include "protocol/text.hpp"

namespace hubbub::client::terminal {
namespace {

constexpr std::string_view last_mark = "\x1b[201~";

}  // namespace

bool Paste::take(char byte) {
  if (byte == last_mark[matched_]) return ++matched_ == last_mark.size();
  if (bytes_.size() + matched_ < most_bytes) bytes_.append(last_mark.substr(0, matched_));
  matched_ = byte == last_mark.front() ? 1 : 0;  // which stands nowhere else in it
  if (matched_ == 0 && bytes_.size() < most_bytes) bytes_ += byte;
  return false;
}

bool Paste::drop() { return std::exchange(dropped_, true); }

std::string Paste::text() const {
  if (dropped_) return {};
  std::string lines;
  for (std::size_t at = 0; at < bytes_.size(); ++at) {
    const bool carriage_return = bytes_[at] == '\r';
    if (carriage_return && at + 1 < bytes_.size() && bytes_[at + 1] == '\n') continue;
    lines += carriage_return ? '\n' : bytes_[at];
  }
  std::string text = protocol::for_terminal(lines, "\n");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace hubbub::client::terminal
