#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/error.hpp"
#include "server/journal/journal.hpp"

/// What counts as a word, and when a text matches a search. The full-text index and the search through
/// messages that are not in it yet both use this, so they agree.
///
/// A word is a run of letters, numbers and their marks. Case, compatibility forms (U+FB01, full width)
/// and the diacritics of Latin, Greek, Cyrillic, Arabic and Hebrew make no difference. Where words are
/// written without blanks between them (Chinese, Japanese, Thai, …) or with endings joined on (Korean)
/// each letter is a word by itself, and so is each emoji; a run of them is found as a phrase.
namespace hubbub::journal {

/// Limit of words in a query; further ones are ignored, so that no query costs too much: a phrase costs FTS5
/// a step for each of its words at each place where they might be.
inline constexpr std::size_t most_query_words = 64;

/// The words of a text, in order, with one blank between two. They hold no ASCII but a-z and 0-9, so
/// that FTS5's `ascii` tokenizer takes them as they are (https://sqlite.org/fts5.html, 4.3.2). A word
/// of more than 64 code points is cut into several. What is no UTF-8 separates words.
std::string index_form(std::string_view text);

/// The FTS5 expression for a query, or nothing when there is no word in it. Every part between blanks must
/// occur: several words in one part are a phrase, and the last of them also finds longer words that begin so,
/// if it has at least three letters (`привет` finds `приветы`).
std::optional<std::string> match_expression(std::string_view query);

/// The error for a query without a word: bad_request.
protocol::Error nothing_to_search_for();

/// Tells without FTS5 whether a text matches that expression.
class Matcher {
 public:
  explicit Matcher(std::string_view query);

  /// False for every text when there is no word in the query.
  bool matches(std::string_view text) const;

 private:
  std::vector<std::string> needles_;  ///< each must be in the index form, which has a blank at both ends
};

/// Tells which messages a search is for, apart from its bounds: none that is deleted.
class Wanted {
 public:
  /// `oldest`: messages from before it are too old, though they may not have been dropped yet.
  explicit Wanted(const Query& query, protocol::Timestamp oldest = protocol::Timestamp::min());

  /// Of a message that is not deleted.
  bool is(std::string_view name, std::string_view text, protocol::Timestamp time);
  bool is(const protocol::Message& message) {
    return !message.is_deleted() && is(message.from, message.text, message.time);
  }

 private:
  bool is_from(std::string_view name);

  std::string from_;
  std::optional<Matcher> words_;
  protocol::Timestamp oldest_;
  // For the name that was asked about last: people often send several messages in a row.
  std::string name_;
  bool is_theirs_ = false;
};

}  // namespace hubbub::journal
