#include "client/script/log_line.hpp"

#include <array>
#include <ctime>

#include "protocol/text.hpp"

namespace hubbub::client {
namespace {

std::string local_time(protocol::Timestamp time) {
  const std::time_t seconds =
      std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  std::array<char, 48> buffer{};
  std::string text(buffer.data(), std::strftime(buffer.data(), buffer.size(), "%Y-%m-%dT%H:%M:%S%z", &local));
  constexpr std::size_t minutes = 2;  // of "+0100", which RFC 3339 wants as "+01:00"
  if (text.size() > minutes) text.insert(text.size() - minutes, 1, ':');
  return text;
}

}  // namespace

std::string log_line(const protocol::Message& message) {
  const std::string who = protocol::for_terminal(message.from);
  const std::string head =
      local_time(message.time) + (message.is_action() ? " * " + who + ' ' : ' ' + who + ": ");
  return head + protocol::for_terminal(message.text, "\\n") + '\n';
}

}  // namespace hubbub::client
