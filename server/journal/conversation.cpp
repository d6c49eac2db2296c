#include "server/journal/conversation.hpp"

#include <charconv>

namespace hubbub::journal {
namespace {

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string conversation_key(const Parties& parties) {
  return '@' + std::to_string(parties.first) + '-' + std::to_string(parties.second);
}

std::optional<Parties> parties_in(std::string_view key) {
  if (!is_conversation(key)) return std::nullopt;
  key.remove_prefix(1);
  const auto dash = key.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = number_in(key.substr(0, dash));
  const auto second = number_in(key.substr(dash + 1));
  if (!first || !second || *first == 0 || *first > *second) return std::nullopt;
  return Parties{*first, *second};
}

}  // namespace hubbub::journal
