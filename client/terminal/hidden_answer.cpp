#include "client/terminal/hidden_answer.hpp"

#include <utility>

namespace hubbub::client::terminal {
namespace {

constexpr std::string_view paste_begin = "200";  // parameters of "\e[200~" (xterm, "Bracketed Paste Mode")
constexpr std::string_view paste_end = "\x1b[201~";
constexpr std::size_t most_parameters = 16;

constexpr char ctrl_c = '\x03';
constexpr char ctrl_d = '\x04';
constexpr char ctrl_g = '\x07';
constexpr char backspace = '\x08';
constexpr char ctrl_l = '\x0C';
constexpr char ctrl_u = '\x15';
constexpr char ctrl_w = '\x17';
constexpr char escape = '\x1b';
constexpr char delete_key = '\x7F';

bool is_control(char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == delete_key; }
bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80; }
bool begins_character(char byte) { return static_cast<unsigned char>(byte) >= 0xC0; }
/// Whether CSI's sequence goes on behind the byte: a parameter or intermediate byte (ECMA-48, 5.4).
bool is_parameter(char byte) { return byte >= 0x20 && byte <= 0x3F; }

}  // namespace

HiddenAnswer::HiddenAnswer() { text_.reserve(most_bytes + 1); }

HiddenAnswer::Step HiddenAnswer::take(char byte, bool is_last) {
  if (next_ == Next::pasted) return take_pasted(byte, is_last);
  // A control character breaks a sequence off, and is a key.
  if (is_control(byte)) return take_key(byte);
  if (next_ == Next::parameter) return take_parameter(byte);
  if (next_ == Next::rest && !continues_character(byte)) next_ = Next::key;
  switch (next_) {
    case Next::key:
      return take_key(byte);
    case Next::escaped:
      take_escaped(byte);
      return Step::more;
    case Next::last:
      next_ = Next::key;
      return Step::more;
    default:
      return Step::more;
  }
}

HiddenAnswer::Step HiddenAnswer::take_key(char byte) {
  next_ = byte == escape ? Next::escaped : Next::key;
  switch (byte) {
    case '\r':
    case '\n':
      return Step::entered;
    case ctrl_c:
    case ctrl_d:
    case ctrl_g:
      return Step::given_up;
    case ctrl_l:
      return Step::repaint;
    case backspace:
    case delete_key:
      erase_character();
      return Step::more;
    case ctrl_u:
    case ctrl_w:
      erase_all();
      return Step::more;
    default:
      if (!is_control(byte)) add(byte);
      return Step::more;
  }
}

void HiddenAnswer::take_escaped(char byte) {
  parameters_.clear();
  if (byte == '[') {
    next_ = Next::parameter;
  } else if (byte == 'O') {
    next_ = Next::last;
  } else {
    next_ = begins_character(byte) ? Next::rest : Next::key;  // a character with Alt
  }
}

HiddenAnswer::Step HiddenAnswer::take_parameter(char byte) {
  if (is_parameter(byte)) {
    if (parameters_.size() < most_parameters) parameters_ += byte;
    return Step::more;
  }
  const bool is_console_key = byte == '[' && parameters_.empty();
  next_ = is_console_key ? Next::last : Next::key;
  if (byte == 'R') return Step::report;
  if (byte != '~' || parameters_ != paste_begin) return Step::more;
  is_begun_ = true;
  next_ = Next::pasted;
  return Step::more;
}

bool HiddenAnswer::may_end_paste(char byte) const { return next_ == Next::pasted && byte == ctrl_c; }

/// The end of the paste is waited for also when the answer has been given up, as its rest would be taken for
/// typed otherwise, and shown.
HiddenAnswer::Step HiddenAnswer::take_pasted(char byte, bool is_last) {
  if (may_end_paste(byte) && is_last && std::exchange(dropped_, true)) {
    next_ = Next::key;
    return Step::given_up;
  }
  if (byte == paste_end[matched_]) {
    if (++matched_ < paste_end.size()) return Step::more;
    matched_ = 0;
    next_ = Next::key;
    return dropped_ ? Step::given_up : Step::more;
  }
  for (const char read : paste_end.substr(0, std::exchange(matched_, byte == escape ? 1 : 0))) {
    if (!is_control(read)) add(read);
  }
  if (byte == '\r') byte = '\n';
  if (byte == '\n' || !is_control(byte)) add(byte);
  return Step::more;
}

void HiddenAnswer::add(char byte) {
  is_begun_ = true;
  if (text_.size() <= most_bytes) text_ += byte;
}

void HiddenAnswer::erase_character() {
  bool whole = false;
  while (!whole && !text_.empty()) {
    whole = !continues_character(text_.back());
    text_.back() = '\0';  // what the string gives up stays in its memory
    text_.pop_back();
  }
}

void HiddenAnswer::erase_all() {
  while (!text_.empty()) erase_character();
}

protocol::Secret HiddenAnswer::text() {
  while (!text_.empty() && text_.back() == '\n') text_.pop_back();
  return protocol::Secret(std::move(text_));
}

}  // namespace hubbub::client::terminal
