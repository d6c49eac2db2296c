#include "server/tools/ctl.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <variant>

#include "protocol/json.hpp"
#include "protocol/system.hpp"
#include "protocol/text.hpp"
#include "server/tools/add_account.hpp"
#include "server/tools/ask.hpp"
#include "server/tools/ctl_command.hpp"
#include "server/tools/ctl_print.hpp"

namespace hubbub::tools {
namespace {

using protocol::Event;
using protocol::Request;
namespace event = protocol::event;
namespace request = protocol::request;

constexpr int done = 0;
constexpr int refused = 1;
constexpr int misused = 2;

std::string reason(int fault) { return std::generic_category().message(fault); }

/// How long to wait for a daemon that says nothing: a full queue of password hashes takes a few seconds.
constexpr std::chrono::seconds patience{30};

std::string stands_still() {
  return "hubbubd is there, but has not answered for " + std::to_string(patience.count()) +
         " s; it may stand still, or be stopped (systemctl status hubbubd)";
}

/// The daemon's socket, on which requests and answers go by turns.
class Daemon {
 public:
  explicit Daemon(int descriptor) : descriptor_(descriptor) {}
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  Daemon(Daemon&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), unread_(std::move(other.unread_)) {}
  Daemon& operator=(Daemon&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(unread_, other.unread_);
    return *this;
  }
  ~Daemon() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  /// The line that answers; throws a sentence when there is none.
  std::string ask(const request::Any& asked) {
    std::string line;
    protocol::encode(Request{.body = asked, .ref = "ctl"}, line);
    // Whom the daemon turns away it may have told so already: that is read below.
    protocol::write_all(descriptor_, line);
    return next_line();
  }

 private:
  std::string next_line() {
    for (;;) {
      if (const auto end = unread_.find('\n'); end != std::string::npos) {
        auto line = unread_.substr(0, end);
        unread_.erase(0, end + 1);
        return line;
      }
      char bytes[16384];
      const auto count = ::read(descriptor_, bytes, sizeof bytes);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) throw std::runtime_error(stands_still());
      if (count < 0) throw std::runtime_error("the connection to hubbubd broke: " + reason(errno));
      if (count == 0) throw std::runtime_error("hubbubd has closed the connection without an answer");
      unread_.append(bytes, static_cast<std::size_t>(count));
    }
  }

  int descriptor_;
  std::string unread_;
};

/// The errno(3) of connecting to that path, or the socket.
std::variant<int, Daemon> connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return ENAMETOOLONG;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno;
  // unix(7): for the connection, too.
  const timeval enough{.tv_sec = patience.count(), .tv_usec = 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &enough, sizeof enough);
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &enough, sizeof enough);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return Daemon(descriptor);
  const int fault = errno;
  ::close(descriptor);
  return fault;
}

bool is_nobody_there(int fault) {
  return fault == ENOENT || fault == ECONNREFUSED || fault == ENOTDIR || fault == ENAMETOOLONG;
}

/// Nothing: no daemon is there. Throws a sentence when there may be one that cannot be talked to.
std::optional<Daemon> find_daemon(const std::vector<std::string>& sockets) {
  for (const auto& path : sockets) {
    auto found = connect_to(path);
    if (auto* const daemon = std::get_if<Daemon>(&found)) return std::move(*daemon);
    const int fault = std::get<int>(found);
    if (is_nobody_there(fault)) continue;
    if (fault == EACCES) {
      throw std::runtime_error("this user may not use " + path +
                               "; run this as root, or as the user that the daemon runs as");
    }
    if (fault == EAGAIN) throw std::runtime_error(stands_still());
    throw std::runtime_error("cannot connect to " + path + ": " + reason(fault));
  }
  return std::nullopt;
}

/// Asks for what is not in the words, and puts it into the request.
void complete(CtlCommand& command) {
  if (!command.confirm.empty()) {
    const auto again = ask("This cannot be undone. Type the name again to erase " +
                           protocol::for_terminal(command.confirm) + ": ");
    if (again != command.confirm) throw std::runtime_error("that is not the name; nothing was done");
  }
  if (!command.needs_password) return;
  std::string password;
  if (command.password_from) {
    password = first_line(*command.password_from);
  } else {
    auto answers = ask_unseen({"New password: ", "Again: "});
    if (answers[0] != answers[1]) throw std::runtime_error("these are two passwords; nothing was done");
    password = std::move(answers[0]);
  }
  if (auto* const add = std::get_if<request::AddAccount>(&command.asked)) {
    add->password = std::move(password);
  } else {
    std::get<request::ChangeAccount>(command.asked).password = std::move(password);
  }
}

/// The request for the page behind the one that was asked for; nothing: there is none.
std::optional<request::Any> next_page(const request::Any& asked, const Event& answer) {
  if (const auto* page = std::get_if<event::Accounts>(&answer.body); page != nullptr && page->more)
    return request::Accounts{.after = page->accounts.back().id};
  if (const auto* page = std::get_if<event::Export>(&answer.body); page != nullptr && !page->next.empty()) {
    auto next = std::get<request::ExportAccount>(asked);
    next.next = page->next;
    return next;
  }
  if (const auto* page = std::get_if<event::Sessions>(&answer.body); page != nullptr && page->more)
    return request::Sessions{.after = page->sessions.back().session};
  // Of one room, or of the server, as was asked.
  const auto from = [&](auto next, auto bound, std::uint64_t id) {
    next.*bound = id;
    return std::optional<request::Any>(std::move(next));
  };
  if (const auto* page = std::get_if<event::Bans>(&answer.body); page != nullptr && page->more)
    return from(std::get<request::Bans>(asked), &request::Bans::after, page->bans.back().id);
  if (const auto* page = std::get_if<event::Reports>(&answer.body); page != nullptr && page->more)
    return from(std::get<request::Reports>(asked), &request::Reports::after, page->reports.back().id);
  if (const auto* page = std::get_if<event::Audit>(&answer.body); page != nullptr && page->more)
    return from(std::get<request::Audit>(asked), &request::Audit::before, page->entries.back().id);
  return std::nullopt;
}

/// The error that the answer is, if it is one.
const protocol::Error* error_in(const Event& answer) {
  if (const auto* failure = std::get_if<event::Failure>(&answer.body)) return &failure->error;
  const auto* bye = std::get_if<event::Bye>(&answer.body);
  return bye == nullptr ? nullptr : &bye->error;
}

int exchange(Daemon& daemon, const CtlCommand& command) {
  std::optional<request::Any> asked = command.asked;
  while (asked) {
    const auto line = daemon.ask(*asked);
    const auto answer = protocol::decode_event(line);
    if (!answer) throw std::runtime_error("hubbubd has answered what this program does not know");
    if (const auto* error = error_in(*answer)) {
      if (command.json) {
        std::printf("%s\n", line.c_str());
      } else {
        std::fprintf(stderr, "hubbubd: %s\n", protocol::for_terminal(error->text).c_str());
      }
      return refused;
    }
    if (command.json || command.lines) {
      std::printf("%s\n", line.c_str());
    } else {
      std::fputs((command.nodes ? nodes_text(*answer) : ctl_text(*answer)).c_str(), stdout);
    }
    asked = next_page(*asked, *answer);
  }
  return done;
}

int add_without_daemon(const CtlPlace& place, const CtlCommand& command) {
  const auto& asked = std::get<request::AddAccount>(command.asked);
  add_account(place.journal, place.cost, asked);
  if (command.json) {
    std::puts(R"({"type":"done"})");
  } else {
    std::printf("the account %s is made in %s, on which no daemon works\n",
                protocol::for_terminal(asked.name).c_str(),
                protocol::for_terminal(place.journal.directory).c_str());
  }
  return done;
}

[[noreturn]] void tell_nobody_is_there(const CtlPlace& place, const CtlCommand& command) {
  const auto where = command.socket          ? *command.socket
                     : place.sockets.empty() ? std::string()
                                             : protocol::listed(place.sockets);
  if (where.empty()) {
    throw std::runtime_error(
        "no state directory is known, so neither is the daemon's socket; name one with --state-dir, or the "
        "socket with ctl --socket");
  }
  std::string sentence = "no hubbubd is running here: nothing answers at " + where + "; ";
  if (std::holds_alternative<request::AddAccount>(command.asked) && !command.socket) {
    throw std::runtime_error(sentence +
                             "start it, or name the state directory in which the account is to be made, with "
                             "--state-dir or --config");
  }
  throw std::runtime_error(sentence + "start it, or name its --state-dir, its --config or ctl --socket");
}

int run(const CtlPlace& place, CtlCommand& command) {
  const auto sockets = command.socket ? std::vector<std::string>{*command.socket} : place.sockets;
  const int output = ::fcntl(STDOUT_FILENO, F_GETFL);
  if (output < 0 || (output & O_ACCMODE) == O_RDONLY)
    throw std::runtime_error("standard output is closed, so nothing was done: the answer would be lost");
  // Before the daemon's socket can get that number.
  if (command.password_from && ::fcntl(*command.password_from, F_GETFD) < 0)
    throw Misuse("descriptor " + std::to_string(*command.password_from) + " of --password-fd is not open");
  const bool may_be_offline = place.is_named && !command.socket && !place.journal.directory.empty() &&
                              std::holds_alternative<request::AddAccount>(command.asked);
  auto daemon = find_daemon(sockets);
  // Nobody is asked for what cannot be used; and whoever takes his time keeps no connection waiting.
  if ((daemon || may_be_offline) && (command.needs_password || !command.confirm.empty())) {
    daemon.reset();
    complete(command);
    daemon = find_daemon(sockets);
  }
  if (!daemon && !may_be_offline) tell_nobody_is_there(place, command);
  return daemon ? exchange(*daemon, command) : add_without_daemon(place, command);
}

}  // namespace

int ctl(const CtlPlace& place, const std::vector<std::string>& words) {
  // Whom the daemon turns away writes to a socket that is closed, and has an answer to read all the same.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    auto command = parse_ctl(words);
    if (!command.help) return run(place, command);
    std::fputs(ctl_usage().c_str(), stdout);
    return done;
  } catch (const Misuse& misuse) {
    std::fprintf(stderr, "hubbubd: %s\n", misuse.what());
    return misused;
  }
}

}  // namespace hubbub::tools
