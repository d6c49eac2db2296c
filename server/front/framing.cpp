#include "server/front/framing.hpp"

namespace hubbub::front {

Framing::Cut Lines::cut(std::string_view bytes, std::size_t most) {
  protocol::LineSplitter lines(bytes, most, ending_);
  const auto line = lines.next();
  return {.message = line, .used = lines.consumed(), .too_long = lines.too_long()};
}

std::optional<std::string_view> Lines::last(std::string_view rest) {
  return rest.empty() ? std::nullopt : std::optional(rest);
}

}  // namespace hubbub::front
