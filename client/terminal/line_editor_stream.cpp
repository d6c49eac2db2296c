#include "client/terminal/line_editor_keys.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <memory>

#include "client/terminal/encoding.hpp"
#include "protocol/system.hpp"

namespace hubbub::client::terminal {
namespace {

struct Streams {
  std::unique_ptr<Encoding> encoding;  ///< nullptr: the terminal speaks UTF-8
  std::string typed;                   ///< remaining UTF-8 bytes of a character that was read
  std::size_t utf8_characters = 0;     ///< typed UTF-8 characters since the last character of that encoding
  bool speaks_utf8 = false;            ///< the terminal uses UTF-8 in spite of that encoding
  bool waits = true;
  FILE* output = stdout;
};

Streams& streams() {
  static Streams instance;
  return instance;
}

/// A descriptor that another program left non-blocking would lose output drawn faster than the terminal shows
/// it.
void make_blocking(int descriptor) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK) != 0) ::fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK);
}

/// Writes a stream's bytes (fopencookie(3)): all of them, or 0 for an error.
ssize_t write_encoded(void*, const char* text, std::size_t size) {
  const std::string bytes =
      streams().speaks_utf8 ? std::string(text, size) : streams().encoding->to_terminal({text, size});
  return protocol::write_all(STDOUT_FILENO, bytes) == 0 ? static_cast<ssize_t>(size) : 0;
}

FILE* encoded_output() {
  cookie_io_functions_t functions{};
  functions.write = write_encoded;
  FILE* stream = ::fopencookie(nullptr, "w", functions);
  return stream == nullptr ? stdout : stream;
}

/// The byte, with the available rest of its character if it begins a UTF-8 character.
std::string with_rest(FILE* input, int byte) {
  const auto first = static_cast<unsigned char>(byte);
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1;
  std::string bytes(1, static_cast<char>(byte));
  while (bytes.size() < length && byte_waits()) {
    const int next = rl_getc(input);
    if (next == EOF) break;  // Readline finds it too
    bytes += static_cast<char>(next);
    if ((static_cast<unsigned char>(next) & 0xC0U) != 0x80U) break;
  }
  return bytes;
}

/// The typed bytes in UTF-8. Once the terminal turns out to use UTF-8, output to it is UTF-8 too.
std::string decoded(const std::string& bytes) {
  constexpr std::size_t enough = 3;
  Streams& from = streams();
  if (bytes.size() > 1 && from.encoding->is_rather_utf8(bytes)) {
    ++from.utf8_characters;
    if (from.utf8_characters == enough) from.speaks_utf8 = true;
    return bytes;
  }
  if (static_cast<unsigned char>(bytes.front()) >= 0x80) from.utf8_characters = 0;
  return from.encoding->from_terminal(bytes);
}

}  // namespace

void open_streams(const std::string& codeset) {
  make_blocking(STDIN_FILENO);
  make_blocking(STDOUT_FILENO);
  Streams& to = streams();
  if (codeset != "UTF-8" && to.encoding == nullptr) {
    to.encoding = std::make_unique<Encoding>(codeset);
    to.output = encoded_output();
  }
  // Buffered, so that the terminal gets each drawing in one piece.
  static std::array<char, std::size_t{64} * 1024> buffer;
  std::setvbuf(to.output, buffer.data(), _IOFBF, buffer.size());
  rl_outstream = to.output;
  rl_getc_function = next_byte;
}

int next_byte(FILE* input) {
  Streams& from = streams();
  while (from.typed.empty()) {
    if (!from.waits && !byte_waits()) return nothing_came;
    const int byte = rl_getc(input);
    if (byte == EOF || from.encoding == nullptr) return byte;
    from.typed = from.speaks_utf8 ? std::string(1, static_cast<char>(byte)) : decoded(with_rest(input, byte));
  }
  const auto byte = static_cast<unsigned char>(from.typed.front());
  from.typed.erase(0, 1);
  return byte;
}

bool byte_waits(int milliseconds) {
  if (is_in_character()) return true;
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, milliseconds) > 0;
}

void wait_for_bytes(bool waits) { streams().waits = waits; }

bool is_in_character() { return !streams().typed.empty(); }

FILE* output() { return streams().output; }

void write(std::string_view bytes) {
  if (!bytes.empty()) std::fwrite(bytes.data(), 1, bytes.size(), output());
}

void flush() { std::fflush(output()); }

std::string to_row(std::size_t row) { return "\x1b[" + std::to_string(row) + ";1H"; }

void stop_process() {
  struct sigaction caught {};
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  sigset_t stop{};
  sigset_t blocked{};
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  ::sigaction(SIGTSTP, &standard, &caught);
  ::pthread_sigmask(SIG_UNBLOCK, &stop, &blocked);
  ::raise(SIGTSTP);
  ::pthread_sigmask(SIG_SETMASK, &blocked, nullptr);
  ::sigaction(SIGTSTP, &caught, nullptr);
}

}  // namespace hubbub::client::terminal
