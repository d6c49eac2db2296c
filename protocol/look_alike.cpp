#include "protocol/look_alike.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "protocol/ascii.hpp"
#include "protocol/character.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::protocol {
namespace {

struct Letter {
  char32_t code_point;
  std::string_view look;
};

/// From Unicode's confusables.txt (UTS #39, "Unicode Security Mechanisms"; of Latin, Cyrillic and Greek
/// version 17.0.0, of the other scripts 15.0.0): the entries for one letter or digit outside ASCII whose look
/// is letters of the three scripts or digits. The looks are in lower case here, as names are compared without
/// regard to case, and small letters that look like capitals (U+0432, U+043D, U+043A, U+043C, U+0442 and the
/// Latin small capitals) count as those capitals; small Cherokee letters are folded to capitals. `l` stands
/// for I, l, i and 1, and `rn` for m, as in add_look(); a dotless j counts as j, as the two cannot be told
/// apart in a name.
constexpr auto letters = std::to_array<Letter>({
    // clang-format off
    {0x00C6, "ae"}, {0x00E6, "ae"}, {0x00FE, "p"}, {0x0131, "l"}, {0x0138, "k"}, {0x017F, "f"},
    {0x0184, "b"}, {0x018D, "g"}, {0x0192, "f"}, {0x0196, "l"}, {0x01A6, "r"}, {0x01A7, "2"}, {0x01B7, "3"},
    {0x01BC, "5"}, {0x01BD, "s"}, {0x01BF, "p"}, {0x01C0, "l"}, {0x021C, "3"}, {0x0222, "8"}, {0x0223, "8"},
    {0x0237, "j"}, {0x0251, "a"}, {0x0259, "ǝ"}, {0x025B, "ꞓ"}, {0x0261, "g"}, {0x0262, "g"}, {0x0263, "y"},
    {0x0269, "l"}, {0x026A, "l"}, {0x026F, "w"}, {0x028B, "u"}, {0x028D, "rn"}, {0x028F, "y"}, {0x0299, "b"},
    {0x029C, "h"}, {0x0370, "ⱶ"}, {0x0376, "и"}, {0x0377, "ᴎ"}, {0x037A, "l"}, {0x037B, "ɔ"}, {0x037D, "ꜿ"},
    {0x037F, "j"}, {0x0391, "a"}, {0x0392, "b"}, {0x0395, "e"}, {0x0396, "z"}, {0x0397, "h"}, {0x0398, "ɵ"},
    {0x0399, "l"}, {0x039A, "k"}, {0x039B, "ʌ"}, {0x039C, "rn"}, {0x039D, "n"}, {0x039F, "o"}, {0x03A1, "p"},
    {0x03A3, "ʃ"}, {0x03A4, "t"}, {0x03A5, "y"}, {0x03A7, "x"}, {0x03B1, "a"}, {0x03B2, "ß"}, {0x03B3, "y"},
    {0x03B4, "ẟ"}, {0x03B5, "ꞓ"}, {0x03B7, "ƞ"}, {0x03B8, "ɵ"}, {0x03B9, "l"}, {0x03BA, "k"}, {0x03BD, "v"},
    {0x03BF, "o"}, {0x03C1, "p"}, {0x03C3, "o"}, {0x03C4, "t"}, {0x03C5, "u"}, {0x03C6, "ɸ"}, {0x03D0, "ß"},
    {0x03D1, "ɵ"}, {0x03D2, "y"}, {0x03D5, "ɸ"}, {0x03D6, "π"}, {0x03DB, "ς"}, {0x03DC, "f"}, {0x03E8, "2"},
    {0x03E9, "ƨ"}, {0x03F0, "k"}, {0x03F1, "p"}, {0x03F2, "c"}, {0x03F3, "j"}, {0x03F4, "ɵ"}, {0x03F5, "ꞓ"},
    {0x03F7, "þ"}, {0x03F8, "p"}, {0x03F9, "c"}, {0x03FA, "rn"}, {0x03FD, "ɔ"}, {0x03FF, "ꜿ"}, {0x0404, "ꞓ"},
    {0x0405, "s"}, {0x0406, "l"}, {0x0408, "j"}, {0x0410, "a"}, {0x0411, "ƃ"}, {0x0412, "b"}, {0x0413, "γ"},
    {0x0415, "e"}, {0x0417, "3"}, {0x041A, "k"}, {0x041B, "ʌ"}, {0x041C, "rn"}, {0x041D, "h"}, {0x041E, "o"},
    {0x041F, "π"}, {0x0420, "p"}, {0x0421, "c"}, {0x0422, "t"}, {0x0423, "y"}, {0x0424, "φ"}, {0x0425, "x"},
    {0x042B, "bl"}, {0x042C, "b"}, {0x042E, "lo"}, {0x0430, "a"}, {0x0431, "6"}, {0x0432, "b"},
    {0x0433, "r"}, {0x0435, "e"}, {0x0437, "ɜ"}, {0x0438, "ᴎ"}, {0x043A, "k"}, {0x043C, "rn"}, {0x043D, "h"},
    {0x043E, "o"}, {0x043F, "π"}, {0x0440, "p"}, {0x0441, "c"}, {0x0442, "t"}, {0x0443, "y"}, {0x0444, "ɸ"},
    {0x0445, "x"}, {0x0448, "w"}, {0x044B, "bl"}, {0x044C, "b"}, {0x044F, "ᴙ"}, {0x0454, "ꞓ"}, {0x0455, "s"},
    {0x0456, "l"}, {0x0458, "j"}, {0x045B, "ħ"}, {0x0461, "w"}, {0x0462, "ƀ"}, {0x0463, "ƀ"}, {0x0470, "ψ"},
    {0x0471, "ψ"}, {0x0472, "ɵ"}, {0x0473, "ɵ"}, {0x0474, "v"}, {0x0475, "v"}, {0x048C, "ƀ"}, {0x048D, "ƀ"},
    {0x0493, "ɍ"}, {0x049A, "ⱪ"}, {0x049B, "ⱪ"}, {0x049E, "ꝁ"}, {0x049F, "ꝁ"}, {0x04A2, "ⱨ"}, {0x04A3, "ⱨ"},
    {0x04AA, "c\u0327"}, {0x04AB, "c\u0327"}, {0x04AE, "y"}, {0x04AF, "y"}, {0x04B0, "ɏ"}, {0x04B1, "ɏ"},
    {0x04BB, "h"}, {0x04BD, "e"}, {0x04C0, "l"}, {0x04CB, "ҷ"}, {0x04CC, "ҷ"}, {0x04CD, "ɱ"}, {0x04CE, "ɱ"},
    {0x04CF, "l"}, {0x04D4, "ae"}, {0x04D5, "ae"}, {0x04D8, "ǝ"}, {0x04D9, "ǝ"}, {0x04E0, "3"},
    {0x04E1, "ȝ"}, {0x04E8, "ɵ"}, {0x04E9, "ɵ"}, {0x0501, "d"}, {0x050A, "ƕ"}, {0x050C, "g"}, {0x050D, "g"},
    {0x0510, "ꞓ"}, {0x0511, "ꞓ"}, {0x051B, "q"}, {0x051C, "w"}, {0x051D, "w"}, {0x054D, "u"}, {0x054F, "s"},
    {0x0553, "ɸ"}, {0x0555, "o"}, {0x0561, "w"}, {0x0563, "q"}, {0x0566, "q"}, {0x056E, "ẟ"}, {0x0570, "h"},
    {0x0575, "j"}, {0x0578, "n"}, {0x057A, "ɰ"}, {0x057C, "n"}, {0x057D, "u"}, {0x0581, "g"}, {0x0584, "f"},
    {0x0585, "o"}, {0x05D5, "l"}, {0x05D8, "v"}, {0x05DF, "l"}, {0x05E1, "o"}, {0x05F0, "ll"}, {0x0627, "l"},
    {0x0647, "o"}, {0x0661, "l"}, {0x0665, "o"}, {0x0667, "v"}, {0x0668, "ʌ"}, {0x06BE, "o"}, {0x06C1, "o"},
    {0x06D5, "o"}, {0x06F1, "l"}, {0x06F5, "o"}, {0x06F7, "v"}, {0x06F8, "ʌ"}, {0x07C0, "o"}, {0x07CA, "l"},
    {0x0966, "o"}, {0x09E6, "o"}, {0x09EA, "8"}, {0x09ED, "9"}, {0x0A66, "o"}, {0x0A67, "9"}, {0x0A6A, "8"},
    {0x0AE6, "o"}, {0x0B20, "o"}, {0x0B66, "o"}, {0x0B68, "9"}, {0x0BE6, "o"}, {0x0C66, "o"}, {0x0CE6, "o"},
    {0x0D20, "o"}, {0x0D66, "o"}, {0x0D6D, "9"}, {0x0E50, "o"}, {0x0ED0, "o"}, {0x101D, "o"}, {0x1040, "o"},
    {0x10A0, "ꞇ"}, {0x10E7, "y"}, {0x10F3, "ȝ"}, {0x10FF, "o"}, {0x1200, "u"}, {0x1223, "ɰ"}, {0x1240, "ɸ"},
    {0x12D0, "o"}, {0x13A0, "d"}, {0x13A1, "r"}, {0x13A2, "t"}, {0x13A5, "l"}, {0x13A8, "ⱶ"}, {0x13A9, "y"},
    {0x13AA, "a"}, {0x13AB, "j"}, {0x13AC, "e"}, {0x13B0, "ⱶ"}, {0x13B1, "y"}, {0x13B3, "w"}, {0x13B7, "rn"},
    {0x13BB, "h"}, {0x13BD, "y"}, {0x13BF, "ƫ"}, {0x13C0, "g"}, {0x13C2, "h"}, {0x13C3, "z"}, {0x13C7, "w"},
    {0x13CB, "ꞓ"}, {0x13CE, "4"}, {0x13CF, "b"}, {0x13D2, "r"}, {0x13D4, "w"}, {0x13D5, "s"}, {0x13D9, "v"},
    {0x13DA, "s"}, {0x13DE, "l"}, {0x13DF, "c"}, {0x13E2, "p"}, {0x13E6, "k"}, {0x13E7, "d"}, {0x13EE, "6"},
    {0x13F0, "ß"}, {0x13F3, "g"}, {0x13F4, "b"}, {0x13FB, "g"}, {0x13FC, "b"}, {0x1403, "ẟ"}, {0x142F, "v"},
    {0x1431, "ʌ"}, {0x144C, "u"}, {0x146D, "p"}, {0x146F, "d"}, {0x1472, "b"}, {0x148D, "j"}, {0x14A5, "y"},
    {0x14AA, "l"}, {0x14BF, "2"}, {0x1541, "x"}, {0x1577, "ẟ"}, {0x157C, "h"}, {0x157D, "x"}, {0x1587, "r"},
    {0x15AF, "b"}, {0x15B4, "f"}, {0x15B7, "ꟻ"}, {0x15C4, "ɐ"}, {0x15C5, "a"}, {0x15DE, "d"}, {0x15EA, "d"},
    {0x15EF, "w"}, {0x15F0, "rn"}, {0x15F7, "b"}, {0x162E, "ʊ"}, {0x162F, "ω"}, {0x1634, "ʊ"}, {0x1635, "ω"},
    {0x16B7, "x"}, {0x16C1, "l"}, {0x16D5, "k"}, {0x16D6, "rn"}, {0x16D8, "ψ"}, {0x16F0, "ɸ"}, {0x1D04, "c"},
    {0x1D0B, "k"}, {0x1D0D, "rn"}, {0x1D0F, "o"}, {0x1D11, "o"}, {0x1D1B, "t"}, {0x1D1C, "u"}, {0x1D20, "v"},
    {0x1D21, "w"}, {0x1D22, "z"}, {0x1D26, "r"}, {0x1D27, "ʌ"}, {0x1D28, "π"}, {0x1D29, "p"}, {0x1D2B, "л"},
    {0x2C84, "y"}, {0x2C85, "r"}, {0x2C86, "ẟ"}, {0x2C88, "ꞓ"}, {0x2C89, "ꞓ"}, {0x2C8E, "h"}, {0x2C92, "l"},
    {0x2C94, "k"}, {0x2C95, "k"}, {0x2C96, "λ"}, {0x2C98, "rn"}, {0x2C9A, "n"}, {0x2C9E, "o"}, {0x2C9F, "o"},
    {0x2CA0, "π"}, {0x2CA2, "p"}, {0x2CA3, "p"}, {0x2CA4, "c"}, {0x2CA5, "c"}, {0x2CA6, "t"}, {0x2CA8, "y"},
    {0x2CAA, "ɸ"}, {0x2CAB, "ɸ"}, {0x2CAC, "x"}, {0x2CAD, "χ"}, {0x2CAE, "ψ"}, {0x2CB1, "ω"}, {0x2CBC, "w"},
    {0x2CBD, "w"}, {0x2CCA, "9"}, {0x2CCC, "3"}, {0x2CCD, "ȝ"}, {0x2CD0, "l"}, {0x2CD1, "ʟ"}, {0x2CD2, "6"},
    {0x2CE4, "ϗ"}, {0x2D37, "ʌ"}, {0x2D38, "v"}, {0x2D39, "e"}, {0x2D3A, "ǝ"}, {0x2D49, "ʃ"}, {0x2D4F, "l"},
    {0x2D54, "o"}, {0x2D55, "q"}, {0x2D59, "ʘ"}, {0x2D5D, "x"}, {0x2D60, "ẟ"}, {0x3007, "o"}, {0xA4D0, "b"},
    {0xA4D1, "p"}, {0xA4D2, "d"}, {0xA4D3, "d"}, {0xA4D4, "t"}, {0xA4D6, "g"}, {0xA4D7, "k"}, {0xA4D9, "j"},
    {0xA4DA, "c"}, {0xA4DB, "ɔ"}, {0xA4DC, "z"}, {0xA4DD, "f"}, {0xA4DF, "rn"}, {0xA4E0, "n"}, {0xA4E1, "l"},
    {0xA4E2, "s"}, {0xA4E3, "r"}, {0xA4E5, "ʌ"}, {0xA4E6, "v"}, {0xA4E7, "h"}, {0xA4EA, "w"}, {0xA4EB, "x"},
    {0xA4EC, "y"}, {0xA4EE, "a"}, {0xA4EF, "ɐ"}, {0xA4F0, "e"}, {0xA4F1, "ǝ"}, {0xA4F2, "l"}, {0xA4F3, "o"},
    {0xA4F4, "u"}, {0xA644, "2"}, {0xA645, "ƨ"}, {0xA647, "l"}, {0xA64D, "ω"}, {0xA650, "ъl"}, {0xA668, "ʘ"},
    {0xA695, "ɦ"}, {0xA698, "oo"}, {0xA699, "oo"}, {0xA6A1, "ᴎ"}, {0xA6B1, "ⱶ"}, {0xA6CD, "ʡ"},
    {0xA6CE, "ʌ"}, {0xA6DB, "π"}, {0xA6DF, "v"}, {0xA6EF, "2"}, {0xA731, "s"}, {0xA75A, "2"}, {0xA76A, "3"},
    {0xA76E, "9"}, {0xA798, "f"}, {0xA799, "f"}, {0xA79F, "u"}, {0xA7AB, "3"}, {0xA7B2, "j"}, {0xA7B3, "x"},
    {0xA7B4, "b"}, {0xAB32, "e"}, {0xAB35, "f"}, {0xAB3D, "o"}, {0xAB47, "r"}, {0xAB48, "r"}, {0xAB4E, "u"},
    {0xAB52, "u"}, {0xAB5A, "y"}, {0xAB72, "t"}, {0xAB75, "l"}, {0xAB80, "ⱶ"}, {0xAB81, "r"}, {0xAB83, "w"},
    {0xAB87, "rn"}, {0xAB8B, "h"}, {0xAB90, "g"}, {0xAB93, "z"}, {0xAB9B, "ꞓ"}, {0xABA9, "v"}, {0xABAA, "s"},
    {0xABAF, "c"}, {0xABB6, "k"}, {0x10282, "b"}, {0x10285, "ẟ"}, {0x10286, "e"}, {0x10287, "f"},
    {0x1028A, "l"}, {0x1028D, "ʌ"}, {0x10290, "x"}, {0x10292, "o"}, {0x10295, "p"}, {0x10296, "s"},
    {0x10297, "t"}, {0x102A0, "a"}, {0x102A1, "b"}, {0x102A2, "c"}, {0x102A3, "ẟ"}, {0x102A5, "f"},
    {0x102AB, "o"}, {0x102AD, "ϙ"}, {0x102B0, "rn"}, {0x102B1, "t"}, {0x102B2, "y"}, {0x102B3, "ɸ"},
    {0x102B4, "x"}, {0x102B5, "ψ"}, {0x102B6, "ω"}, {0x102CF, "h"}, {0x102F5, "z"}, {0x10301, "b"},
    {0x10302, "c"}, {0x10309, "l"}, {0x10311, "rn"}, {0x10312, "ϙ"}, {0x10315, "t"}, {0x10317, "x"},
    {0x1031A, "8"}, {0x10320, "l"}, {0x10322, "x"}, {0x10401, "ꞓ"}, {0x10404, "o"}, {0x10415, "c"},
    {0x1041B, "l"}, {0x1041F, "ɒ"}, {0x10420, "s"}, {0x10423, "ɔ"}, {0x10425, "ᴎ"}, {0x10429, "ꞓ"},
    {0x1042A, "ʚ"}, {0x1042C, "o"}, {0x1043D, "c"}, {0x1043F, "ɷ"}, {0x10442, "ɞ"}, {0x10443, "ʟ"},
    {0x10448, "s"}, {0x1044B, "ɔ"}, {0x1044D, "ᴎ"}, {0x104B0, "ʌ"}, {0x104B4, "r"}, {0x104BC, "ӄ"},
    {0x104C2, "o"}, {0x104C3, "ʘ"}, {0x104C4, "p"}, {0x104CD, "ħ"}, {0x104CE, "u"}, {0x104D1, "ψ"},
    {0x104D2, "7"}, {0x104D8, "ʌ"}, {0x104DB, "λ"}, {0x104EA, "o"}, {0x104EB, "ꙩ"}, {0x104F6, "u"},
    {0x104F9, "ψ"}, {0x10513, "n"}, {0x10516, "o"}, {0x10518, "k"}, {0x1051C, "c"}, {0x1051D, "v"},
    {0x10525, "f"}, {0x10526, "l"}, {0x10527, "x"}, {0x114D0, "o"}, {0x11700, "rn"}, {0x11706, "v"},
    {0x1170A, "w"}, {0x1170E, "w"}, {0x1170F, "w"}, {0x118A0, "v"}, {0x118A2, "f"}, {0x118A3, "l"},
    {0x118A4, "y"}, {0x118A6, "e"}, {0x118A9, "z"}, {0x118AC, "9"}, {0x118AE, "e"}, {0x118AF, "4"},
    {0x118B2, "l"}, {0x118B5, "o"}, {0x118B8, "u"}, {0x118BB, "5"}, {0x118BC, "t"}, {0x118C0, "v"},
    {0x118C1, "s"}, {0x118C2, "f"}, {0x118C3, "l"}, {0x118C4, "z"}, {0x118C6, "7"}, {0x118C8, "o"},
    {0x118CA, "3"}, {0x118CC, "9"}, {0x118CE, "ꞓ"}, {0x118D5, "6"}, {0x118D6, "9"}, {0x118D7, "o"},
    {0x118D8, "u"}, {0x118DC, "y"}, {0x118E0, "o"}, {0x118E3, "rn"}, {0x118E5, "z"}, {0x118E6, "w"},
    {0x118E9, "c"}, {0x118EC, "x"}, {0x118EF, "w"}, {0x118F2, "c"}, {0x16F07, "y"}, {0x16F08, "v"},
    {0x16F0A, "t"}, {0x16F16, "l"}, {0x16F1A, "ẟ"}, {0x16F1C, "ꙙ"}, {0x16F28, "l"}, {0x16F2D, "ꞓ"},
    {0x16F35, "r"}, {0x16F3A, "s"}, {0x16F3B, "3"}, {0x16F3D, "ʌ"}, {0x16F40, "a"}, {0x16F42, "u"},
    {0x16F43, "y"}, {0x1E8C7, "l"}, {0x1E8CB, "8"},
    // clang-format on
});
static_assert(std::is_sorted(letters.begin(), letters.end(),
                             [](const Letter& a, const Letter& b) { return a.code_point < b.code_point; }));

/// The look, in small Latin letters, of a letter or digit outside ASCII: "a" for U+0430 CYRILLIC SMALL LETTER
/// A. A group of look-alikes without a Latin letter is represented by one of its letters. Empty: the letter
/// has no look-alike.
std::string_view look_of(char32_t letter) {
  const auto* const found = std::lower_bound(letters.begin(), letters.end(), letter,
                                             [](const Letter& a, char32_t b) { return a.code_point < b; });
  return found != letters.end() && found->code_point == letter ? found->look : std::string_view();
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

/// Appends the look of an ASCII character, in lower case (confusables.txt equates I, 1 and l; 0 and O; m and
/// rn; i is I without regard to case).
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

struct Block {
  char32_t first;
  char32_t last;
  std::string_view alphabet;
};

/// The blocks (Unicode's Blocks.txt) of the scripts with more than a few look-alikes, as far as a name's key
/// (NFKC) can contain them.
constexpr auto blocks = std::to_array<Block>({
    // clang-format off
    {'A', 'Z', "latin"}, {'a', 'z', "latin"}, {0xC0, 0x2AF, "latin"}, {0x370, 0x3E1, "greek"},
    {0x3E2, 0x3EF, "coptic"}, {0x3F0, 0x3FF, "greek"}, {0x400, 0x52F, "cyrillic"}, {0x530, 0x58F, "armenian"},
    {0x590, 0x5FF, "hebrew"}, {0x600, 0x6FF, "arabic"}, {0x10A0, 0x10FF, "georgian"},
    {0x1200, 0x137F, "ethiopic"}, {0x13A0, 0x13FF, "cherokee"}, {0x1400, 0x167F, "canadian"},
    {0x16A0, 0x16FF, "runic"}, {0x1C80, 0x1C8F, "cyrillic"}, {0x1C90, 0x1CBF, "georgian"},
    {0x1D00, 0x1D25, "latin"}, {0x1D26, 0x1D2A, "greek"}, {0x1D2B, 0x1D2B, "cyrillic"},
    {0x1D6B, 0x1DBF, "latin"}, {0x1E00, 0x1EFF, "latin"}, {0x1F00, 0x1FFF, "greek"},
    {0x2C60, 0x2C7F, "latin"}, {0x2C80, 0x2CFF, "coptic"}, {0x2D00, 0x2D2F, "georgian"},
    {0x2D30, 0x2D7F, "tifinagh"}, {0xA4D0, 0xA4FF, "lisu"}, {0xA640, 0xA69F, "cyrillic"},
    {0xA720, 0xA7FF, "latin"}, {0xAB30, 0xAB64, "latin"}, {0xAB70, 0xABBF, "cherokee"},
    {0x10400, 0x1044F, "deseret"}
    // clang-format on
});

/// The alphabet of a letter. In blocks outside the table, the letters that have a look form one alphabet per
/// block; letters without a look have no alphabet (empty).
std::string alphabet(char32_t letter) {
  const auto* const block = std::ranges::find_if(
      blocks, [letter](const Block& one) { return one.first <= letter && letter <= one.last; });
  if (block != blocks.end()) return std::string(block->alphabet);
  // Most Unicode blocks have at least this size.
  constexpr char32_t block_size = 128;
  return look_of(letter).empty() ? std::string() : "block " + std::to_string(letter / block_size);
}

}  // namespace

bool mixes_alphabets(const Name& name) {
  if (is_ascii(name.key)) return false;
  std::string seen;
  for (std::string_view rest = name.key; !rest.empty();) {
    const CodePoint next = front_code_point(rest);
    const std::string found = alphabet(next.value);
    if (!found.empty() && !seen.empty() && found != seen) return true;
    if (!found.empty()) seen = found;
    rest.remove_prefix(std::max<std::size_t>(next.bytes, 1));
  }
  return false;
}

std::string skeleton(const Name& name) {
  if (is_ascii(name.shown)) return look(name.shown);
  // First the shown form, then the compared form: a capital or a variant form may have a look that the folded
  // letter lacks.
  const auto shown = normalise(name.shown, UTF8PROC_DECOMPOSE);
  const auto compared =
      normalise(look(shown.value_or(name.shown)), UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
  return look(compared.value_or(name.key));
}

bool is_guest_name(const Name& name) {
  static const auto guest = [] {
    auto look = skeleton(Name{.shown = "guest-x", .key = "guest-x"});
    look.pop_back();
    return look;
  }();
  return skeleton(name).starts_with(guest);
}

}  // namespace hubbub::protocol
