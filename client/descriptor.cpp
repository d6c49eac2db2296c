#include "client/descriptor.hpp"

#include <cerrno>
#include <cstring>
#include <utility>
#include <variant>

#include "protocol/system.hpp"

namespace hubbub::client {

using protocol::Code;
using protocol::Error;
using protocol::Secret;

protocol::Result<Secret> first_line(int descriptor, std::string_view option) {
  const auto fault = [&](const std::string& what) {
    return Error{Code::bad_request, std::string(option) + ": " + what};
  };
  const std::string where = "descriptor " + std::to_string(descriptor);
  auto read = protocol::first_line(descriptor, most_descriptor_bytes);
  if (const auto* const failed = std::get_if<int>(&read)) {
    if (*failed == EMSGSIZE) return fault("the first line is too long in " + where);
    return fault("cannot read " + where + ": " + std::strerror(*failed));
  }
  auto& line = std::get<Secret>(read);
  if (line.empty()) return fault("nothing came from " + where + ", or its first line is empty");
  return std::move(line);
}

}  // namespace hubbub::client
