#pragma once

#include <boost/describe/enum.hpp>
#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace hubbub::protocol {

/// Every code of the wire protocol. Those from `unsupported_version` on are closing: they are sent
/// as `bye`, the last line before the server closes; the others answer one request and change nothing.
// clang-format off
BOOST_DEFINE_ENUM_CLASS(Code,
    bad_json, bad_utf8, bad_request, unknown_type, hello_required, already_welcome, name_invalid,
    name_taken, room_invalid, no_such_room, no_such_user, not_joined, already_joined, too_many_rooms,
    text_empty, text_too_long, text_invalid, rate_limited, recipient_busy, denied, storage_failed,
    login_required, login_insecure, login_failed, account_exists, no_such_account, registration_closed,
    invite_invalid, password_weak, suspended, busy, invite_required, key_wrong, room_full, banned_here,
    moderated, muted, slow_mode, no_such_message,
    // closing
    unsupported_version, auth_failed, line_too_long, too_many_connections, hello_timeout, idle_timeout,
    flooding, too_slow, kicked, banned, logged_out, quit, shutting_down)
// clang-format on

constexpr bool is_closing(Code code) { return code >= Code::unsupported_version; }

/// The code's name on the wire, such as "name_taken".
std::string_view to_string(Code code);
std::optional<Code> code_from(std::string_view name);

/// An expected failure: a code for programs, and a sentence a person can act on.
struct Error {
  Code code = Code::bad_request;
  std::string text;
};

/// A value, or the Error that says why there is none.
template <class T>
using Result = boost::system::result<T, Error>;

/// Called by Result::value() on an error; code that checks has_value() first never gets here.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace hubbub::protocol
