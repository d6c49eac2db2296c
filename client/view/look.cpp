#include "client/view/look.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "protocol/name.hpp"

namespace hubbub::client {
namespace {

/// Colours of medium brightness, readable on dark and light backgrounds.
constexpr std::array<std::string_view, 6> basic_names = {"31", "32", "35", "36", "1;31", "1;35"};
constexpr std::array<std::string_view, 14> wide_names = {
    "38;5;160", "38;5;166", "38;5;136", "38;5;64",  "38;5;35",  "38;5;37", "38;5;32",
    "38;5;69",  "38;5;99",  "38;5;134", "38;5;169", "38;5;131", "38;5;72", "38;5;103"};

/// FNV-1a, 32 bits: the same on every machine and in every version, as std::hash is not.
std::uint32_t stable_hash(std::string_view bytes) {
  std::uint32_t hash = 2166136261U;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619U;
  return hash;
}

/// The parameters of the sequences, in the order of the styles, for few colours and for 256. Inverse video
/// needs no colour to stand out on any background.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> parameters = {{
    {"", ""},            // plain
    {"2", "2"},          // faint
    {"1", "1"},          // room
    {"36", "38;5;32"},   // unread
    {"1;7", "1;7"},      // mention
    {"1", "1"},          // own
    {"35", "38;5;134"},  // whisper
    {"1;31", "1;31"},    // warning
    {"31", "38;5;166"},  // offline
    {"1;4", "1;4"},      // found
}};
static_assert(parameters.size() == static_cast<std::size_t>(Style::found) + 1);

}  // namespace

const Glyphs& glyphs_for(std::string_view codeset, std::string_view term) {
  return codeset == "UTF-8" && term != "dumb" && !term.empty() ? unicode_glyphs : ascii_glyphs;
}

std::string Palette::begin(Style style) const {
  const auto& [basic, wide] = parameters.at(static_cast<std::size_t>(style));
  const std::string_view wanted = depth_ == Depth::wide ? wide : basic;
  if (depth_ == Depth::none || wanted.empty()) return {};
  return "\x1b[" + std::string(wanted) + "m";
}

std::string Palette::end(Style style) const { return begin(style).empty() ? "" : "\x1b[0m"; }

std::string Palette::dressed(Style style, std::string_view text) const {
  return text.empty() ? std::string() : begin(style).append(text).append(end(style));
}

std::string Palette::name(std::string_view shown, std::string_view as) const {
  if (depth_ == Depth::none) return std::string(as);
  const auto parsed = protocol::parse_name(shown);
  const std::uint32_t hash = stable_hash(parsed ? std::string_view(parsed->key) : shown);
  return dressed(
      depth_ == Depth::wide ? wide_names[hash % wide_names.size()] : basic_names[hash % basic_names.size()],
      as);
}

std::string Palette::dressed(std::string_view sequence, std::string_view text) const {
  if (depth_ == Depth::none) return std::string(text);
  std::string result = "\x1b[";
  result.append(sequence).append("m").append(text).append("\x1b[0m");
  return result;
}

Palette::Depth depth_of(std::string_view term, std::string_view colorterm) {
  if (term.empty() || term == "dumb") return Palette::Depth::none;
  const bool wide =
      term.find("256color") != std::string_view::npos || term.find("direct") != std::string_view::npos;
  return wide || !colorterm.empty() ? Palette::Depth::wide : Palette::Depth::basic;
}

}  // namespace hubbub::client
