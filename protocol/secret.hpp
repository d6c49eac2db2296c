#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace hubbub::protocol {

/// Overwrites the text and empties it, so that it does not stay in memory: also what a longer text before has
/// left there, and what a move has left of a short one.
void wipe(std::string& text);

/// A password or a token while it is needed. Its memory is overwritten when it is not.
class Secret {
 public:
  Secret() = default;
  /// Takes the text, of which nothing stays where it was.
  explicit Secret(std::string&& text);
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.forget(); }
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { forget(); }

  std::string_view text() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  void forget() { wipe(text_); }

  std::string text_;
};

}  // namespace hubbub::protocol
