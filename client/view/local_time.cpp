#include "client/view/local_time.hpp"

#include <array>
#include <ctime>

namespace hubbub::client {
namespace {

std::tm broken_down(protocol::Timestamp time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(time));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return local;
}

}  // namespace

std::string local_time(protocol::Timestamp time, protocol::Timestamp now) {
  const std::tm then = broken_down(time);
  const std::tm today = broken_down(now);
  const bool same_day = then.tm_year == today.tm_year && then.tm_yday == today.tm_yday;
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), same_day ? "%H:%M" : "%Y-%m-%d %H:%M", &then);
  return text.data();
}

std::string stamped(std::string_view lines, std::string_view stamp) {
  std::string result;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    const std::string_view line = lines.substr(0, end);
    if (!line.starts_with(' ')) result.append(stamp).append(" ");
    result.append(line).append("\n");
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
  }
  return result;
}

}  // namespace hubbub::client
