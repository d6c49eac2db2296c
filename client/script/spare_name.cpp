#include "client/script/spare_name.hpp"

#include <pwd.h>
#include <unistd.h>

#include "protocol/limits.hpp"
#include "protocol/system.hpp"
#include "protocol/text.hpp"

namespace hubbub::client {
namespace {

/// Highest number that is tried: more programs of one name than a user would run.
constexpr unsigned most_names = 99;

}  // namespace

std::string derived_name(std::string_view name, std::string_view what) {
  if (name.empty()) return {};
  std::string ending = "-";
  ending += what;
  while (protocol::code_points(name) + ending.size() > protocol::name_code_points)
    name = protocol::prefix(name, name.size() - 1);
  return std::string(name) + ending;
}

std::string spare_name(std::string_view name, unsigned number) {
  return derived_name(name, std::to_string(number));
}

std::optional<std::string> SpareNames::next() {
  if (wanted_.empty() || tried_ >= most_names) return std::nullopt;
  return spare_name(wanted_, ++tried_);
}

std::string user_name() {
  for (const char* const variable : {"USER", "LOGNAME"}) {
    std::string value = protocol::environment(variable);
    if (!value.empty()) return value;
  }
  const passwd* const user = ::getpwuid(::geteuid());  // not thread-safe, but there is one thread only
  return user == nullptr ? "" : user->pw_name;
}

}  // namespace hubbub::client
