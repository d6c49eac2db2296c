#include "server/tools/ask.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <variant>

#include "protocol/system.hpp"

namespace hubbub::tools {
namespace {

constexpr std::size_t longest = 4096;
constexpr char interrupt = 0x03;
constexpr char end_of_input = 0x04;
constexpr char backspace = 0x08;
constexpr char kill_line = 0x15;
constexpr char erase = 0x7F;

/// The terminal of this process, which hands over each key as it is pressed, and shows none.
class Terminal {
 public:
  Terminal() : descriptor_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (descriptor_ < 0 || ::tcgetattr(descriptor_, &before_) != 0) {
      throw std::runtime_error(
          "there is no terminal to ask at; give the password with --password-fd N, as the first line of that "
          "descriptor");
    }
    auto raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    ::tcsetattr(descriptor_, TCSAFLUSH, &raw);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    if (descriptor_ < 0) return;
    ::tcsetattr(descriptor_, TCSAFLUSH, &before_);
    ::close(descriptor_);
  }

  void write(std::string_view text) const { protocol::write_all(descriptor_, text); }
  char key() const {
    char pressed = 0;
    ssize_t count = 0;
    while ((count = ::read(descriptor_, &pressed, 1)) < 0 && errno == EINTR) {
    }
    return count == 1 ? pressed : end_of_input;
  }

 private:
  int descriptor_;
  termios before_{};
};

/// Removes the last character of UTF-8.
void remove_last(std::string& text) {
  const auto is_within = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; };
  while (!text.empty() && is_within(text.back())) text.pop_back();
  if (!text.empty()) text.pop_back();
}

std::string answer_at(const Terminal& terminal, const std::string& question) {
  terminal.write(question);
  std::string text;
  for (;;) {
    const char key = terminal.key();
    if (key == '\r' || key == '\n') break;
    if (key == interrupt || key == end_of_input) {
      terminal.write("\n");
      throw std::runtime_error("broken off; nothing was done");
    }
    if (key == backspace || key == erase) {
      remove_last(text);
    } else if (key == kill_line) {
      text.clear();
    } else if (text.size() < longest) {
      text += key;
    }
  }
  terminal.write("\n");
  return text;
}

}  // namespace

std::vector<std::string> ask_unseen(const std::vector<std::string>& questions) {
  // Between them the terminal is not given back: what is typed then would be shown.
  const Terminal terminal;
  std::vector<std::string> answers;
  answers.reserve(questions.size());
  for (const auto& question : questions) answers.push_back(answer_at(terminal, question));
  return answers;
}

std::string ask(const std::string& question) {
  const int descriptor = ::open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (descriptor < 0) throw std::runtime_error("there is no terminal to ask at; write --yes if you mean it");
  protocol::write_all(descriptor, question);
  auto text = first_line(descriptor);
  ::close(descriptor);
  return text;
}

std::string first_line(int descriptor) {
  const auto line = protocol::first_line(descriptor, longest);
  if (const auto* const fault = std::get_if<int>(&line)) {
    const std::string where = "descriptor " + std::to_string(descriptor);
    if (*fault == EMSGSIZE) throw std::runtime_error("the first line of " + where + " is too long");
    throw std::runtime_error(where + " cannot be read: " + std::generic_category().message(*fault));
  }
  return std::string(std::get<protocol::Secret>(line).text());
}

}  // namespace hubbub::tools
