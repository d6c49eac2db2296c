#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace hubbub::accounts {

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

 private:
  void forget();

  std::string text_;
};

}  // namespace hubbub::accounts
