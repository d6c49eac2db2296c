#pragma once

#include <string_view>

namespace hubbub::client {

/// A line on standard error that stays only as long as it is true: how far something has come. Only where
/// that is a terminal; elsewhere nothing is ever written.
class StatusLine {
 public:
  StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;
  ~StatusLine() { erase(); }

  bool is_seen() const { return seen_; }
  /// In place of what it showed before. Plain ASCII; cut at the terminal's width, so that it stays one line.
  void show(std::string_view text);
  /// To be called before anything else is written there.
  void erase();

 private:
  bool seen_;
  std::size_t columns_shown_ = 0;
};

}  // namespace hubbub::client
