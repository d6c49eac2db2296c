#include "protocol/error.hpp"

#include <algorithm>
#include <array>
#include <boost/throw_exception.hpp>
#include <iterator>
#include <stdexcept>

namespace hubbub::protocol {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 33> names = {
    "bad_json",
    "bad_utf8",
    "bad_request",
    "unknown_type",
    "hello_required",
    "already_welcome",
    "name_invalid",
    "name_taken",
    "room_invalid",
    "no_such_room",
    "no_such_user",
    "not_joined",
    "already_joined",
    "too_many_rooms",
    "text_empty",
    "text_too_long",
    "text_invalid",
    "rate_limited",
    "recipient_busy",
    "denied",
    "storage_failed",
    "unsupported_version",
    "auth_failed",
    "line_too_long",
    "too_many_connections",
    "hello_timeout",
    "idle_timeout",
    "flooding",
    "too_slow",
    "kicked",
    "banned",
    "quit",
    "shutting_down",
};
static_assert(names.size() == static_cast<std::size_t>(Code::shutting_down) + 1);

}  // namespace

std::string_view to_string(Code code) { return names[static_cast<std::size_t>(code)]; }

std::optional<Code> code_from(std::string_view name) {
  const auto* const found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Code>(std::distance(names.begin(), found));
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  boost::throw_exception(std::runtime_error(std::string(to_string(error.code)) + ": " + error.text), where);
}

}  // namespace hubbub::protocol
