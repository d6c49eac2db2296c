#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/descriptor.hpp"
#include "client/options.hpp"
#include "client/script/script.hpp"
#include "client/script/spare_name.hpp"
#include "client/script/standard_streams.hpp"
#include "client/settings.hpp"
#include "client/terminal/encoding.hpp"
#include "client/terminal/terminal.hpp"
#include "client/tokens.hpp"
#include "protocol/secret.hpp"
#include "protocol/system.hpp"
#include "protocol/text.hpp"

namespace {

using namespace hubbub::client;
namespace protocol = hubbub::protocol;

constexpr int done = 0;
constexpr int closed = 1;
constexpr int misused = 2;

/// Fills closed standard descriptors with /dev/null: otherwise a socket would get the number of one, and be
/// read and written as such. It is opened for reading only, so that writing to standard output or error still
/// fails and is reported.
void fill_standard_descriptors() {
  for (int descriptor = ::open("/dev/null", O_RDONLY); descriptor >= 0; descriptor = ::dup(descriptor)) {
    if (descriptor <= STDERR_FILENO) continue;
    ::close(descriptor);
    return;
  }
}

/// What other programs have handed over by descriptors.
struct HandedOver {
  std::string token;  ///< empty: none
  LoginSecrets login;
};

/// Reads the first line of that descriptor, if there is one.
std::optional<std::string> take(std::optional<int> descriptor, const char* option,
                                std::optional<protocol::Secret>& to) {
  if (!descriptor) return std::nullopt;
  auto line = first_line(*descriptor, option);
  if (!line) return line.error().text;
  to = *std::move(line);
  return std::nullopt;
}

/// Reads them in the order in which one descriptor has them, if it has several. What is wrong, as a sentence.
std::optional<std::string> take(const Options& options, HandedOver& to) {
  if (options.token_descriptor) {
    auto token = token_in(*options.token_descriptor);
    if (!token) return token.error().text;
    to.token = *std::move(token);
  }
  if (auto fault = take(options.login.password, "--password-fd", to.login.password)) return fault;
  return take(options.login.invite, "--invite-fd", to.login.invite);
}

bool has_person() { return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0; }

/// Whether it says things to others, which no person looks at before.
bool is_speaking_script(const Options& options) {
  if (options.mode == Mode::say) return true;
  return options.mode == Mode::talk && !options.json && (options.say || !has_person());
}

int talk(const Options& options, PersonalSettings settings, std::string codeset) {
  switch (options.mode) {
    case Mode::say:
      return run_say(options);
    case Mode::tail:
      return run_tail(options);
    case Mode::who:
    case Mode::rooms:
      return run_listing(options);
    default:
      break;
  }
  if (options.json) return run_json(options);
  if (options.say || !has_person()) return run_pipe(options);
  return terminal::Terminal(options, std::move(settings), std::move(codeset)).run();
}

int refuse(const std::string& sentence) {
  complain(sentence);
  return misused;
}

/// The arguments in UTF-8. Arguments typed in a shell have the terminal's encoding; those of a script may be
/// UTF-8.
std::vector<std::string> in_utf8(int argc, char** argv, const std::string& codeset) {
  std::vector<std::string> arguments(argv, argv + argc);
  if (codeset == "UTF-8") return arguments;
  for (std::string& argument : arguments) {
    if (protocol::is_utf8(argument)) continue;
    argument = terminal::Encoding(codeset).from_terminal(argument);
  }
  return arguments;
}

int run(int argc, char** argv, std::string codeset) {
  const std::vector<std::string> arguments = in_utf8(argc, argv, codeset);
  std::vector<const char*> words;
  words.reserve(arguments.size());
  for (const std::string& argument : arguments) words.emplace_back(argument.c_str());
  auto parsed = parse_options(argc, words.data());
  if (const auto* misuse = std::get_if<Misuse>(&parsed)) return refuse(misuse->sentence);
  if (const auto* information = std::get_if<Information>(&parsed)) {
    return write_out(information->text) == Output::failed ? closed : done;
  }
  auto& options = std::get<Options>(parsed);
  HandedOver given;
  if (const auto fault = take(options, given)) return refuse(*fault);
  auto loaded = load_settings(settings_path());
  if (const auto* bad = std::get_if<BadSettings>(&loaded)) return refuse(bad->sentence);
  auto& settings = std::get<PersonalSettings>(loaded);
  if (const auto misuse = find_server(options, protocol::environment("HUBBUB_SERVER"), settings))
    return refuse(misuse->sentence);
  find_name(options, user_name());
  if (options.mode == Mode::login) return run_login(options, std::move(given.login));
  if (options.mode == Mode::logout) return run_logout(options);
  auto found = find_token(Tokens(tokens_path()), options.servers, std::move(given.token));
  if (!found) return refuse(found.error().text);
  if (!found->warning.empty()) complain(found->warning);
  if (!found->fault.empty() && is_speaking_script(options)) {
    complain(found->fault + "; nothing is said under another name");
    return closed;
  }
  if (!found->fault.empty()) complain(found->fault + "; no token is used");
  options.token = std::move(found->token);
  options.token_from = std::move(found->from);
  // Whoever logs in goes by the account's name, unless another was typed.
  if (!options.token.empty() && !options.name_typed) options.name.clear();
  if (!options.said_option.empty()) {
    complain(options.said_option +
             " stands behind TEXT and is said, as a part of it; options go before ROOM (-- " +
             "before TEXT: no such warning)");
  }
  return talk(options, std::move(settings), std::move(codeset));
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_descriptors();
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(argc, argv, terminal::use_utf8());
  } catch (const std::exception& error) {
    complain(error.what());
    return closed;
  }
}
