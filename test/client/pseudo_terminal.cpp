#include "test/client/pseudo_terminal.hpp"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <utmp.h>

#include <csignal>
#include <stdexcept>

#include "test/support/child.hpp"

namespace hubbub::test {
namespace {

constexpr winsize size{24, 80, 0, 0};

}  // namespace

PseudoTerminal::PseudoTerminal(std::vector<std::string> arguments, std::vector<std::string> environment) {
  for (const char* variable : {"HOME=", "XDG_CONFIG_HOME=", "XDG_STATE_HOME="}) {
    environment.push_back(variable + home_.path().string());
  }
  for (const char* variable : {"TMUX=", "STY=", "TERM_PROGRAM=", "LC_TERMINAL="})
    environment.emplace_back(variable);
  // The child finds the first of two that have the same name, so ours go first.
  for (char** variable = environ; *variable != nullptr; ++variable) environment.emplace_back(*variable);
  const std::vector<char*> argv = pointers(arguments);
  const std::vector<char*> envp = pointers(environment);
  int master = -1;
  int slave = -1;
  if (::openpty(&master, &slave, nullptr, nullptr, &size) != 0) throw std::runtime_error("openpty");
  ::fcntl(master, F_SETFD, FD_CLOEXEC);
  ::fcntl(slave, F_SETFD, FD_CLOEXEC);
  master_ = Descriptor(master);
  slave_ = Descriptor(slave);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::login_tty(slave);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  handle_ = open_handle(pid_);
  capture_.emplace(Descriptor(::fcntl(master, F_DUPFD_CLOEXEC, 0)));
}

PseudoTerminal::~PseudoTerminal() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  slave_.reset();  // the last of them: that is the end of what is captured
}

void PseudoTerminal::type(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto count = ::write(master_.get(), bytes.data(), bytes.size());
    if (count < 0) throw std::runtime_error("nobody is there to type for");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string PseudoTerminal::expect(std::string_view text) {
  const bool came = capture_->wait_for(text, read_, patience);
  const std::string all = capture_->text();
  if (!came) throw std::runtime_error("expected '" + std::string(text) + "' after:\n" + all.substr(read_));
  const std::size_t found = all.find(text, read_);
  std::string before = all.substr(read_, found - read_);
  read_ = found + text.size();
  return before;
}

void PseudoTerminal::resize(unsigned short columns, unsigned short rows) const {
  const winsize other{rows, columns, 0, 0};
  ::ioctl(master_.get(), TIOCSWINSZ, &other);  // the kernel sends SIGWINCH
}

void PseudoTerminal::signal(int number) const { ::kill(pid_, number); }

int PseudoTerminal::wait_exit() {
  const auto exit_code = wait_for_end(pid_, handle_, patience);
  if (!exit_code) throw std::runtime_error("it goes on; on its screen:\n" + text());
  pid_ = -1;
  return *exit_code;
}

bool PseudoTerminal::is_sane() const {
  termios settings{};
  ::tcgetattr(slave_.get(), &settings);
  constexpr tcflag_t cooked = ICANON | ECHO | ISIG;
  // Whoever comes next reads and writes through the same open terminal.
  const bool blocks = (::fcntl(slave_.get(), F_GETFL) & O_NONBLOCK) == 0;
  return blocks && (settings.c_lflag & cooked) == cooked && (settings.c_iflag & ICRNL) != 0;
}

}  // namespace hubbub::test
