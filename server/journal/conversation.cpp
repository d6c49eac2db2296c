#include "server/journal/conversation.hpp"

#include "protocol/text.hpp"

namespace hubbub::journal {

using protocol::number_in;

std::string conversation_key(const Parties& parties) {
  return '@' + std::to_string(parties.first) + '-' + std::to_string(parties.second);
}

std::optional<Parties> parties_in(std::string_view key) {
  if (!is_conversation(key)) return std::nullopt;
  key.remove_prefix(1);
  const auto dash = key.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = number_in<std::uint64_t>(key.substr(0, dash));
  const auto second = number_in<std::uint64_t>(key.substr(dash + 1));
  if (!first || !second || *first == 0 || *first > *second) return std::nullopt;
  return Parties{*first, *second};
}

std::uint64_t author_of(std::string_view key) {
  return key.starts_with('#') ? number_in<std::uint64_t>(key.substr(1)).value_or(0) : 0;
}

}  // namespace hubbub::journal
