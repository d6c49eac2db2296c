#include "client/terminal/line_editor_stream.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <optional>

// It needs <cstdio> before it.
#include <readline/readline.h>

#include "client/terminal/encoding.hpp"

namespace hubbub::client::terminal {
namespace {

struct Streams {
  std::unique_ptr<Encoding> encoding;  ///< nullptr: the terminal speaks UTF-8
  std::string typed;                   ///< of a character that takes more bytes here than it took there
  bool waits = true;
  FILE* output = stdout;
};

Streams& streams() {
  static Streams instance;
  return instance;
}

/// What another program has left non-blocking would lose what is drawn faster than it is shown.
void make_blocking(int descriptor) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK) != 0) ::fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK);
}

/// A stream's way out (fopencookie(3)): all of it, or 0 for an error.
ssize_t write_encoded(void*, const char* text, std::size_t size) {
  const std::string bytes = streams().encoding->to_terminal({text, size});
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t count = ::write(STDOUT_FILENO, bytes.data() + at, bytes.size() - at);
    if (count < 0 && errno != EINTR) return 0;
    if (count > 0) at += static_cast<std::size_t>(count);
  }
  return static_cast<ssize_t>(size);
}

FILE* encoded_output() {
  cookie_io_functions_t functions{};
  functions.write = write_encoded;
  FILE* stream = ::fopencookie(nullptr, "w", functions);
  return stream == nullptr ? stdout : stream;
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
  // What is drawn in one go arrives in one go.
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
    const char typed = static_cast<char>(byte);
    from.typed = from.encoding->from_terminal({&typed, 1});
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

}  // namespace hubbub::client::terminal
