#include "server/net/reader.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace hubbub::net {
namespace {

// A peer is talkative after so many reads, each within `talkative_pause` of the one before.
constexpr std::uint8_t talkative_streak = 4;
constexpr std::chrono::seconds talkative_pause{1};

}  // namespace

InputBuffer& Reader::buffer() {
  if (!buffer_) buffer_ = std::make_unique<InputBuffer>();
  return *buffer_;
}

Reader::Next Reader::next(std::size_t most, bool in_lines) {
  if (reading_ || paused_ || is_end_told()) return Next::nothing;
  if (has_ended()) return Next::tell_end;
  // The handler has been offered so much and found no whole message in it: closing is up to the handler.
  if (unused().size() >= most) return Next::nothing;
  reading_ = true;
  filling_ = streak_ >= talkative_streak && in_lines;
  if (filling_) return Next::fill;
  if (buffer_ && buffer_->empty()) buffer_.reset();
  return Next::wait;
}

bool Reader::on_filled(std::size_t bytes, std::size_t most) {
  reading_ = false;
  buffer().commit(bytes);
  const auto all = unused();
  return all.size() >= most || all.substr(all.size() - bytes).find('\n') != std::string_view::npos;
}

void Reader::came(Time now) {
  const bool soon = last_came_ != Time::min() && now - last_came_ < talkative_pause;
  streak_ = soon ? static_cast<std::uint8_t>(std::min(streak_ + 1, +talkative_streak)) : std::uint8_t{0};
  last_came_ = now;
}

std::string_view Reader::gather(std::string_view fresh) {
  if (unused().empty()) return fresh;
  buffer().append(fresh);
  return unused();
}

void Reader::keep(std::string_view rest) {
  if (!unused().empty()) {
    buffer_->consume(unused().size() - rest.size());
  } else if (!rest.empty()) {
    buffer().append(rest);
  }
}

bool Reader::holds_line(std::string_view following, std::size_t most) const {
  constexpr std::string_view endings = "\r\n";
  return unused().size() + following.size() >= most ||
         unused().find_first_of(endings) != std::string_view::npos ||
         following.find_first_of(endings) != std::string_view::npos;
}

}  // namespace hubbub::net
