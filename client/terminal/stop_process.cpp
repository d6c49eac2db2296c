#include "client/terminal/stop_process.hpp"

#include <csignal>

namespace hubbub::client::terminal {

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
