#include "protocol/look_alike_letters.hpp"

#include <algorithm>
#include <array>

namespace hubbub::protocol {
namespace {

struct Letter {
  char32_t code_point;
  std::string_view look;
};

/// From Unicode's confusables.txt, version 17.0.0 (UTS #39, "Unicode Security Mechanisms"): those entries of
/// one Cyrillic or Greek letter, and of the Latin letters outside ASCII that look like one of ASCII, which
/// lead to letters of the three scripts or to digits. What they lead to is in small letters here, as names
/// are compared without regard to case, and small letters that look like capitals (U+0432, U+043D, U+043A,
/// U+043C, U+0442 and the Latin small capitals) count as these. `l` stands for I, l, i and 1, and `rn` for m,
/// as in look_alike.cpp.
constexpr auto letters = std::to_array<Letter>({
    // clang-format off
    {0x00C6, "ae"}, {0x00E6, "ae"}, {0x00FE, "p"}, {0x0131, "l"}, {0x0138, "k"}, {0x017F, "f"},
    {0x0184, "b"}, {0x018D, "g"}, {0x0192, "f"}, {0x0196, "l"}, {0x01A6, "r"}, {0x01A7, "2"}, {0x01B7, "3"},
    {0x01BC, "5"}, {0x01BD, "s"}, {0x01BF, "p"}, {0x01C0, "l"}, {0x021C, "3"}, {0x0222, "8"}, {0x0223, "8"},
    {0x0251, "a"}, {0x0259, "ǝ"}, {0x025B, "ꞓ"}, {0x0261, "g"}, {0x0262, "g"}, {0x0263, "y"}, {0x0269, "l"},
    {0x026A, "l"}, {0x026F, "w"}, {0x028B, "u"}, {0x028D, "rn"}, {0x028F, "y"}, {0x0299, "b"},
    {0x029C, "h"}, {0x0370, "ⱶ"}, {0x0376, "и"}, {0x0377, "ᴎ"}, {0x037A, "l"}, {0x037B, "ɔ"}, {0x037D, "ꜿ"},
    {0x037F, "j"}, {0x0391, "a"}, {0x0392, "b"}, {0x0395, "e"}, {0x0396, "z"}, {0x0397, "h"}, {0x0398, "ɵ"},
    {0x0399, "l"}, {0x039A, "k"}, {0x039B, "ʌ"}, {0x039C, "rn"}, {0x039D, "n"}, {0x039F, "o"},
    {0x03A1, "p"}, {0x03A3, "ʃ"}, {0x03A4, "t"}, {0x03A5, "y"}, {0x03A7, "x"}, {0x03B1, "a"}, {0x03B2, "ß"},
    {0x03B3, "y"}, {0x03B4, "ẟ"}, {0x03B5, "ꞓ"}, {0x03B7, "ƞ"}, {0x03B8, "ɵ"}, {0x03B9, "l"}, {0x03BA, "k"},
    {0x03BD, "v"}, {0x03BF, "o"}, {0x03C1, "p"}, {0x03C3, "o"}, {0x03C4, "t"}, {0x03C5, "u"}, {0x03C6, "ɸ"},
    {0x03D0, "ß"}, {0x03D1, "ɵ"}, {0x03D2, "y"}, {0x03D5, "ɸ"}, {0x03D6, "π"}, {0x03DB, "ς"}, {0x03DC, "f"},
    {0x03F0, "k"}, {0x03F1, "p"}, {0x03F2, "c"}, {0x03F3, "j"}, {0x03F4, "ɵ"}, {0x03F5, "ꞓ"}, {0x03F7, "þ"},
    {0x03F8, "p"}, {0x03F9, "c"}, {0x03FA, "rn"}, {0x03FD, "ɔ"}, {0x03FF, "ꜿ"}, {0x0404, "ꞓ"},
    {0x0405, "s"}, {0x0406, "l"}, {0x0408, "j"}, {0x0410, "a"}, {0x0411, "ƃ"}, {0x0412, "b"}, {0x0413, "γ"},
    {0x0415, "e"}, {0x0417, "3"}, {0x041A, "k"}, {0x041B, "ʌ"}, {0x041C, "rn"}, {0x041D, "h"},
    {0x041E, "o"}, {0x041F, "π"}, {0x0420, "p"}, {0x0421, "c"}, {0x0422, "t"}, {0x0423, "y"}, {0x0424, "φ"},
    {0x0425, "x"}, {0x042B, "bl"}, {0x042C, "b"}, {0x042E, "lo"}, {0x0430, "a"}, {0x0431, "6"},
    {0x0432, "b"}, {0x0433, "r"}, {0x0435, "e"}, {0x0437, "ɜ"}, {0x0438, "ᴎ"}, {0x043A, "k"},
    {0x043C, "rn"}, {0x043D, "h"}, {0x043E, "o"}, {0x043F, "π"}, {0x0440, "p"}, {0x0441, "c"},
    {0x0442, "t"}, {0x0443, "y"}, {0x0444, "ɸ"}, {0x0445, "x"}, {0x0448, "w"}, {0x044B, "bl"},
    {0x044C, "b"}, {0x044F, "ᴙ"}, {0x0454, "ꞓ"}, {0x0455, "s"}, {0x0456, "l"}, {0x0458, "j"}, {0x045B, "ħ"},
    {0x0461, "w"}, {0x0462, "ƀ"}, {0x0463, "ƀ"}, {0x0470, "ψ"}, {0x0471, "ψ"}, {0x0472, "ɵ"}, {0x0473, "ɵ"},
    {0x0474, "v"}, {0x0475, "v"}, {0x048C, "ƀ"}, {0x048D, "ƀ"}, {0x0493, "ɍ"}, {0x049A, "ⱪ"}, {0x049B, "ⱪ"},
    {0x049E, "ꝁ"}, {0x049F, "ꝁ"}, {0x04A2, "ⱨ"}, {0x04A3, "ⱨ"}, {0x04AA, "c\u0327"}, {0x04AB, "c\u0327"},
    {0x04AE, "y"}, {0x04AF, "y"}, {0x04B0, "ɏ"}, {0x04B1, "ɏ"}, {0x04BB, "h"}, {0x04BD, "e"}, {0x04C0, "l"},
    {0x04CB, "ҷ"}, {0x04CC, "ҷ"}, {0x04CD, "ɱ"}, {0x04CE, "ɱ"}, {0x04CF, "l"}, {0x04D4, "ae"},
    {0x04D5, "ae"}, {0x04D8, "ǝ"}, {0x04D9, "ǝ"}, {0x04E0, "3"}, {0x04E1, "ȝ"}, {0x04E8, "ɵ"},
    {0x04E9, "ɵ"}, {0x0501, "d"}, {0x050A, "ƕ"}, {0x050C, "g"}, {0x050D, "g"}, {0x0510, "ꞓ"}, {0x0511, "ꞓ"},
    {0x051B, "q"}, {0x051C, "w"}, {0x051D, "w"}, {0x1D04, "c"}, {0x1D0B, "k"}, {0x1D0D, "rn"},
    {0x1D0F, "o"}, {0x1D11, "o"}, {0x1D1B, "t"}, {0x1D1C, "u"}, {0x1D20, "v"}, {0x1D21, "w"}, {0x1D22, "z"},
    {0x1D26, "r"}, {0x1D27, "ʌ"}, {0x1D28, "π"}, {0x1D29, "p"}, {0x1D2B, "л"}, {0xA644, "2"}, {0xA645, "ƨ"},
    {0xA647, "l"}, {0xA64D, "ω"}, {0xA650, "ъl"}, {0xA668, "ʘ"}, {0xA695, "ɦ"}, {0xA698, "oo"},
    {0xA699, "oo"}, {0xA731, "s"}, {0xA75A, "2"}, {0xA76A, "3"}, {0xA76E, "9"}, {0xA798, "f"},
    {0xA799, "f"}, {0xA79F, "u"}, {0xA7AB, "3"}, {0xA7B2, "j"}, {0xA7B3, "x"}, {0xA7B4, "b"}, {0xAB32, "e"},
    {0xAB35, "f"}, {0xAB3D, "o"}, {0xAB47, "r"}, {0xAB48, "r"}, {0xAB4E, "u"}, {0xAB52, "u"}, {0xAB5A, "y"},
    // clang-format on
});
static_assert(std::is_sorted(letters.begin(), letters.end(),
                             [](const Letter& a, const Letter& b) { return a.code_point < b.code_point; }));

}  // namespace

std::string_view look_of(char32_t letter) {
  const auto* const found = std::lower_bound(letters.begin(), letters.end(), letter,
                                             [](const Letter& a, char32_t b) { return a.code_point < b; });
  return found != letters.end() && found->code_point == letter ? found->look : std::string_view();
}

}  // namespace hubbub::protocol
