#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/secret.hpp"

namespace hubbub::client::terminal {

/// An answer that nobody else is to read, put together from the bytes that a terminal sends. Readline sees
/// none of them, so that the answer gets into none of its lists: history, kill ring, undo.
class HiddenAnswer {
 public:
  /// Longer ones are longer than any password. One byte more is kept, so that they are told from it.
  static constexpr std::size_t most_bytes = 1024;

  /// What a byte has led to.
  enum class Step {
    more,      ///< nothing yet
    entered,   ///< Enter: the answer is complete
    given_up,  ///< Ctrl-C, Ctrl-D or Ctrl-G
    repaint,   ///< Ctrl-L
    report,    ///< the terminal has told the cursor's place (ECMA-48 CPR): parameters()
  };

  HiddenAnswer();
  HiddenAnswer(const HiddenAnswer&) = delete;
  HiddenAnswer& operator=(const HiddenAnswer&) = delete;
  ~HiddenAnswer() { text(); }  // which overwrites it

  /// Takes the next byte. `is_last`: nothing follows it for a while, which matters for a Ctrl-C in a paste
  /// (may_end_paste).
  Step take(char byte, bool is_last);
  /// Whether that byte gives up waiting for the end of a paste, if nothing follows it. The paste may contain
  /// the same byte.
  bool may_end_paste(char byte) const;
  std::string_view parameters() const { return parameters_; }
  /// Whether anything was typed or pasted, even if it was erased since: its end is still to come then.
  bool is_begun() const { return is_begun_; }
  /// Takes the answer out: without line feeds at its end, which a paste may have. It may have others.
  protocol::Secret text();

 private:
  /// Which byte comes next: a key's, the second of a sequence, a further one of CSI's, the last one of SS3 or
  /// of the Linux console's "\e[[A", one that goes on with a character that is left out, or a paste's.
  enum class Next { key, escaped, parameter, last, rest, pasted };

  Step take_key(char byte);
  void take_escaped(char byte);
  Step take_parameter(char byte);
  Step take_pasted(char byte, bool is_last);
  void add(char byte);
  void erase_character();
  void erase_all();

  std::string text_;  ///< never grows beyond its first memory, of which no copy is left anywhere
  std::string parameters_;
  Next next_ = Next::key;
  std::size_t matched_ = 0;  ///< bytes of the mark at a paste's end read so far
  bool is_begun_ = false;
  bool dropped_ = false;  ///< Ctrl-C was typed in the paste, whose rest is still to come
};

}  // namespace hubbub::client::terminal
