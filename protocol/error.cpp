#include "protocol/error.hpp"

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/throw_exception.hpp>
#include <stdexcept>

namespace hubbub::protocol {

std::string_view to_string(Code code) { return boost::describe::enum_to_string(code, ""); }

std::optional<Code> code_from(std::string_view name) {
  Code code{};
  if (!boost::describe::enum_from_string(std::string(name).c_str(), code)) return std::nullopt;
  return code;
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  boost::throw_exception(std::runtime_error(std::string(to_string(error.code)) + ": " + error.text), where);
}

}  // namespace hubbub::protocol
