#include <fcntl.h>
#include <langinfo.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "client/destination.hpp"
#include "client/options.hpp"
#include "client/script/json_mode.hpp"
#include "client/script/listing.hpp"
#include "client/script/output.hpp"
#include "client/script/pipe.hpp"
#include "client/script/say.hpp"
#include "client/script/spare_name.hpp"
#include "client/script/tail.hpp"
#include "client/settings.hpp"
#include "client/terminal/terminal.hpp"

namespace {

using namespace hubbub::client;

constexpr int done = 0;
constexpr int closed = 1;
constexpr int misused = 2;

/// Readline takes typed bytes for characters by the locale's rules. Where no locale is set up, as on many
/// a server, Chinese is typed all the same.
void use_utf8() {
  const bool usable = std::setlocale(LC_ALL, "") != nullptr;
  if (!usable || std::string_view(nl_langinfo(CODESET)) != "UTF-8") std::setlocale(LC_CTYPE, "C.UTF-8");
}

/// A standard descriptor that is closed would become that of a socket, and be read and written as such.
void fill_standard_descriptors() {
  for (int descriptor = ::open("/dev/null", O_RDWR); descriptor >= 0; descriptor = ::dup(descriptor)) {
    if (descriptor <= STDERR_FILENO) continue;
    ::close(descriptor);
    return;
  }
}

int talk(const Options& options, PersonalSettings settings) {
  switch (options.mode) {
    case Mode::say:
      return Say(options).run();
    case Mode::tail:
      return Tail(options).run();
    case Mode::who:
    case Mode::rooms:
      return Listing(options).run();
    case Mode::talk:
      break;
  }
  if (options.say) return Saying(options).run();
  if (options.json) return JsonMode(options).run();
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) return Pipe(options).run();
  return terminal::Terminal(options, std::move(settings)).run();
}

int refuse(const std::string& sentence) {
  complain(sentence);
  return misused;
}

int run(int argc, char** argv) {
  auto parsed = parse_options(argc, argv);
  if (const auto* misuse = std::get_if<Misuse>(&parsed)) return refuse(misuse->sentence);
  if (const auto* information = std::get_if<Information>(&parsed)) {
    return write_out(information->text) ? done : closed;
  }
  auto& options = std::get<Options>(parsed);
  auto loaded = load_settings(settings_path());
  if (const auto* bad = std::get_if<BadSettings>(&loaded)) return refuse(bad->sentence);
  auto& settings = std::get<PersonalSettings>(loaded);
  const char* const server = std::getenv("HUBBUB_SERVER");
  if (const auto misuse = find_server(options, server == nullptr ? "" : server, settings))
    return refuse(misuse->sentence);
  find_name(options, user_name());
  return talk(options, std::move(settings));
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_descriptors();
  use_utf8();
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    complain(error.what());
    return closed;
  }
}
