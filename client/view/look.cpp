#include "client/view/look.hpp"

#include <array>
#include <cstdint>

#include "protocol/name.hpp"

namespace hubbub::client {
namespace {

/// Of middling brightness, so that they can be read on a dark background as on a light one.
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

/// The parameters of a style's sequence. Inverse video needs no colour to stand out on any background.
std::string_view parameters(Style style, bool wide) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::faint:
      return "2";
    case Style::room:
    case Style::own:
      return "1";
    case Style::unread:
      return wide ? "38;5;32" : "36";
    case Style::mention:
      return "1;7";
    case Style::whisper:
      return wide ? "38;5;134" : "35";
    case Style::warning:
      return "1;31";
    case Style::offline:
      return wide ? "38;5;166" : "31";
    case Style::found:
      return "1;4";
  }
  return "";
}

}  // namespace

const Glyphs& glyphs_for(std::string_view codeset, std::string_view term) {
  return codeset == "UTF-8" && term != "dumb" && !term.empty() ? unicode_glyphs : ascii_glyphs;
}

std::string Palette::begin(Style style) const {
  const std::string_view wanted = parameters(style, depth_ == Depth::wide);
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
