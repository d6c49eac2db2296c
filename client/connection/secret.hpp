#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "protocol/request.hpp"

namespace hubbub::client {

/// Overwrites the text, so that it does not stay in memory, and empties it.
void wipe(std::string& text);
/// The same for the passwords, tokens and invitations of a request, which is of no use afterwards.
void wipe(protocol::request::Any& asked);

/// What a person has typed for nobody else to read. Its memory is overwritten when it is not needed any more.
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
  void forget();

  std::string text_;
};

}  // namespace hubbub::client
