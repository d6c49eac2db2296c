#include "client/view/local_time.hpp"

#include <array>
#include <chrono>
#include <ctime>
#include <string_view>

namespace hubbub::client {
namespace {

std::tm broken_down(protocol::Timestamp time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(time));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return local;
}

constexpr std::array<std::string_view, 7> days = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                  "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months = {"January",   "February", "March",    "April",
                                                     "May",       "June",     "July",     "August",
                                                     "September", "October",  "November", "December"};

std::string_view day_of(const std::tm& local) { return days.at(static_cast<std::size_t>(local.tm_wday)); }
std::string_view month_of(const std::tm& local) { return months.at(static_cast<std::size_t>(local.tm_mon)); }

std::string formatted(const char* format, protocol::Timestamp time) {
  const std::tm local = broken_down(time);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), format, &local);
  return text.data();
}

}  // namespace

std::string time_of_day(protocol::Timestamp time, bool seconds) {
  return formatted(seconds ? "%H:%M:%S" : "%H:%M", time);
}

std::string iso_day(protocol::Timestamp time) { return formatted("%Y-%m-%d", time); }

std::string day_in_words(protocol::Timestamp time) {
  const std::tm local = broken_down(time);
  std::string text(day_of(local));
  text.append(", ").append(std::to_string(local.tm_mday)).append(" ").append(month_of(local));
  return text.append(" ").append(std::to_string(1900 + local.tm_year));
}

std::string short_day(protocol::Timestamp time) {
  const std::tm local = broken_down(time);
  std::string text(day_of(local).substr(0, 3));
  return text.append(" ")
      .append(std::to_string(local.tm_mday))
      .append(" ")
      .append(month_of(local).substr(0, 3));
}

}  // namespace hubbub::client
