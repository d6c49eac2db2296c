#include "client/view/glyphs.hpp"

namespace hubbub::client {

const Glyphs& glyphs_for(std::string_view codeset, const char* term) {
  const std::string_view kind = term == nullptr ? "" : term;
  return codeset == "UTF-8" && kind != "dumb" && !kind.empty() ? unicode_glyphs : ascii_glyphs;
}

}  // namespace hubbub::client
