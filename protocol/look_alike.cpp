#include "protocol/look_alike.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "protocol/ascii.hpp"
#include "protocol/look_alike_letters.hpp"
#include "protocol/normalise.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::protocol {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

/// Of ASCII, in small letters (confusables.txt has I, 1 and l as one, 0 and O, m and rn; i is I without
/// regard to case).
void add_look(char byte, std::string& look) {
  switch (byte) {
    case 'i':
    case 'I':
    case '1':
      look += 'l';
      return;
    case '0':
      look += 'o';
      return;
    case 'm':
    case 'M':
      look += "rn";
      return;
    default:
      look += ascii_lower(byte);
  }
}

std::string look(std::string_view text) {
  std::string look;
  look.reserve(text.size());
  while (!text.empty()) {
    const CodePoint next = front_code_point(text);
    const std::string_view like = next.value < 0x80 ? std::string_view() : look_of(next.value);
    if (next.value < 0x80) {
      add_look(text.front(), look);
    } else {
      look += like.empty() ? text.substr(0, next.bytes) : like;
    }
    text.remove_prefix(std::max<std::size_t>(next.bytes, 1));
  }
  return look;
}

enum class Alphabet : std::uint32_t {
  other,  ///< without letters like those of the ones below
  latin,
  cyrillic,
  greek,
  armenian,
  hebrew,
  arabic,
  georgian,
  ethiopic,
  cherokee,
  canadian,
  runic,
  tifinagh,
  coptic,
  lisu,
  deseret,
  borrowed,  ///< from here on: those letters of all others that have a look, each block by itself
};

struct Block {
  char32_t first;
  char32_t last;
  Alphabet alphabet;
};

/// The blocks of the scripts that have more than a few letters like those of others (Unicode's Blocks.txt),
/// as far as a compared name (NFKC) can have them.
constexpr std::array blocks = {
    Block{'A', 'Z', Alphabet::latin},           Block{'a', 'z', Alphabet::latin},
    Block{0xC0, 0x2AF, Alphabet::latin},        Block{0x370, 0x3E1, Alphabet::greek},
    Block{0x3E2, 0x3EF, Alphabet::coptic},      Block{0x3F0, 0x3FF, Alphabet::greek},
    Block{0x400, 0x52F, Alphabet::cyrillic},    Block{0x530, 0x58F, Alphabet::armenian},
    Block{0x590, 0x5FF, Alphabet::hebrew},      Block{0x600, 0x6FF, Alphabet::arabic},
    Block{0x10A0, 0x10FF, Alphabet::georgian},  Block{0x1200, 0x137F, Alphabet::ethiopic},
    Block{0x13A0, 0x13FF, Alphabet::cherokee},  Block{0x1400, 0x167F, Alphabet::canadian},
    Block{0x16A0, 0x16FF, Alphabet::runic},     Block{0x1C80, 0x1C8F, Alphabet::cyrillic},
    Block{0x1C90, 0x1CBF, Alphabet::georgian},  Block{0x1D00, 0x1D25, Alphabet::latin},
    Block{0x1D26, 0x1D2A, Alphabet::greek},     Block{0x1D2B, 0x1D2B, Alphabet::cyrillic},
    Block{0x1D6B, 0x1DBF, Alphabet::latin},     Block{0x1E00, 0x1EFF, Alphabet::latin},
    Block{0x1F00, 0x1FFF, Alphabet::greek},     Block{0x2C60, 0x2C7F, Alphabet::latin},
    Block{0x2C80, 0x2CFF, Alphabet::coptic},    Block{0x2D00, 0x2D2F, Alphabet::georgian},
    Block{0x2D30, 0x2D7F, Alphabet::tifinagh},  Block{0xA4D0, 0xA4FF, Alphabet::lisu},
    Block{0xA640, 0xA69F, Alphabet::cyrillic},  Block{0xA720, 0xA7FF, Alphabet::latin},
    Block{0xAB30, 0xAB64, Alphabet::latin},     Block{0xAB70, 0xABBF, Alphabet::cherokee},
    Block{0x10400, 0x1044F, Alphabet::deseret},
};

Alphabet alphabet(char32_t letter) {
  const auto* const block = std::find_if(blocks.begin(), blocks.end(), [letter](const Block& one) {
    return one.first <= letter && letter <= one.last;
  });
  if (block != blocks.end()) return block->alphabet;
  if (look_of(letter).empty()) return Alphabet::other;
  // Blocks are no smaller than that, but for a few.
  constexpr char32_t block_size = 128;
  return static_cast<Alphabet>(static_cast<char32_t>(Alphabet::borrowed) + letter / block_size);
}

}  // namespace

bool mixes_alphabets(const Name& name) {
  if (is_ascii(name.key)) return false;
  auto seen = Alphabet::other;
  for (std::string_view rest = name.key; !rest.empty();) {
    const CodePoint next = front_code_point(rest);
    const Alphabet found = alphabet(next.value);
    if (found != Alphabet::other && seen != Alphabet::other && found != seen) return true;
    if (found != Alphabet::other) seen = found;
    rest.remove_prefix(std::max<std::size_t>(next.bytes, 1));
  }
  return false;
}

std::string skeleton(const Name& name) {
  if (is_ascii(name.shown)) return look(name.shown);
  // Once as it is shown, and once as it is compared: a capital, and a letter in another shape, may look like
  // something that the letter itself does not.
  const auto shown = normalise(name.shown, UTF8PROC_DECOMPOSE);
  const auto compared =
      normalise(look(shown.value_or(name.shown)), UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
  return look(compared.value_or(name.key));
}

}  // namespace hubbub::protocol
