#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "client/model/item.hpp"

namespace hubbub::client {

/// Whether the character is a letter, mark or number of any script, of which words and names consist.
bool is_letter_mark_or_number(char32_t value);

/// The length in bytes of a scheme with its `://`, such as "https://", that the text begins with; 0: none.
std::size_t scheme_at_front(std::string_view text);

/// Whether the character may stand in a link behind its scheme (RFC 3986, and letters of all scripts as in
/// RFC 3987). Any other character, such as the bar between a name and a text, ends the link.
bool is_of_link(char32_t value);

/// The links in a text, in order: with a scheme, "www.example.org", and mail addresses.
std::vector<Span> links_in(std::string_view text);

/// Finds names and words in texts, as whole words and in any case (NFKC case folding, as for names). A word
/// ends where letters, marks, numbers and `_` end; scripts written without blanks (Han, Kana, Hangul, Thai
/// and the like) need no such boundary, so that 小明 is found in 大家好小明你好. For `call`, a name of a
/// single character of such a script must stand alone or behind an `@`, and names within links do not count;
/// for `search`, words count anywhere.
class Mentions {
 public:
  enum class Purpose { call, search };

  /// Whether a person of this name is in the room: then `anna-maria` is no mention of `anna`.
  using IsSomebody = std::function<bool(std::string_view name)>;
  /// Most calls of IsSomebody for one text; after that the answer counts as no.
  static constexpr std::size_t most_asked = 50;

  Mentions() = default;
  explicit Mentions(const std::vector<std::string>& words, Purpose purpose = Purpose::call);

  /// The places of the words, in bytes of the text, in order and without overlap.
  std::vector<Span> find(std::string_view text, const IsSomebody& is_somebody = {}) const;

 private:
  struct Word {
    std::string key;
    bool alone = false;  ///< the word must stand alone
  };
  std::vector<Word> words_;
  Purpose purpose_ = Purpose::call;
};

}  // namespace hubbub::client
