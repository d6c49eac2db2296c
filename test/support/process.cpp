#include "test/support/process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <csignal>

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "test/support/bytes_of.hpp"
#include "test/support/child.hpp"

namespace hubbub::test {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// Everything that execve(2) needs, made before the fork: the child of a program with threads must
/// not allocate.
struct Launch {
  explicit Launch(const Command& command) : arguments(command.arguments), environment(command.environment) {
    for (char** variable = environ; *variable; ++variable) environment.emplace_back(*variable);
    if (command.listening >= 0) {
      environment.emplace_back("LISTEN_FDS=1");
      environment.push_back(listen_pid + std::string(20, '\0'));
    }
    argv = pointers(arguments);
    envp = pointers(environment);
  }

  static inline const std::string listen_pid = "LISTEN_PID=";
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::vector<char*> argv;
  std::vector<char*> envp;
};

/// Has the descriptors be 3, 4 and so on, whatever they are now: two of them may be in each other's way.
void hand_over(const std::vector<int>& handed) {
  constexpr int first = 3;
  constexpr std::size_t most = 8;
  constexpr int out_of_the_way = 100;
  std::array<int, most> kept{};
  const auto count = std::min(handed.size(), most);
  for (std::size_t i = 0; i < count; ++i) kept.at(i) = ::fcntl(handed[i], F_DUPFD_CLOEXEC, out_of_the_way);
  for (std::size_t i = 0; i < count; ++i) ::dup2(kept.at(i), first + static_cast<int>(i));
}

/// The child's part; makes only calls that are safe after fork.
[[noreturn]] void become(const Command& command, Launch& launch, int out, int err) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  if (command.listening >= 0) {
    // dup2 onto itself would leave close-on-exec set.
    if (command.listening == 3) ::fcntl(3, F_SETFD, 0);
    ::dup2(command.listening, 3);
    char* value = launch.environment.back().data() + Launch::listen_pid.size();
    std::to_chars(value, value + 20, ::getpid());
  }
  hand_over(command.handed);
  if (command.descriptors > 0) {
    const rlimit limit{command.descriptors, command.descriptors};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ::execve(launch.argv[0], launch.argv.data(), launch.envp.data());
  ::_exit(127);
}

}  // namespace

struct Process::Started {
  pid_t pid;
  Descriptor out;
  Descriptor err;
};

Process::Started Process::start(const Command& command) {
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  Launch launch(command);
  const pid_t pid = ::fork();
  if (pid < 0) fail("fork");
  if (pid == 0) become(command, launch, out.write.get(), err.write.get());
  return {pid, std::move(out.read), std::move(err.read)};
}

Process::Process(const Command& command) : Process(start(command)) {}

Process::Process(Started started)
    : pid_(started.pid),
      handle_(open_handle(started.pid)),
      out_(std::move(started.out)),
      err_(std::move(started.err)) {}

Process::~Process() {
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Process::signal(int number) const {
  if (running()) ::kill(pid_, number);
}

std::optional<int> Process::wait_exit(std::chrono::milliseconds time) {
  if (exit_code_) return exit_code_;
  exit_code_ = wait_for_end(pid_, handle_, time);
  if (exit_code_) {
    // A child of its own may have the pipes still.
    out_.wait_for_end(time);
    err_.wait_for_end(time);
  }
  return exit_code_;
}

std::size_t Process::resident_bytes() const {
  const std::string status = bytes_of("/proc/" + std::to_string(pid_) + "/status");
  const auto at = status.find("VmRSS:");
  if (at == std::string::npos) throw std::runtime_error("the process has no VmRSS: has it ended?");
  return std::stoul(status.substr(at + 6)) * 1024;
}

std::chrono::milliseconds Process::cpu_time() const {
  const std::string stat = bytes_of("/proc/" + std::to_string(pid_) + "/stat");
  // Fields 14 and 15, utime and stime in ticks (proc(5)); counted from the end of the name, field 2,
  // which may hold spaces.
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  long user = 0;
  long system = 0;
  fields >> user >> system;
  return std::chrono::milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
}

Outcome run(const Command& command) {
  Process process(command);
  const auto exit_code = process.wait_exit();
  if (!exit_code) throw std::runtime_error(command.arguments.front() + " did not end");
  return {*exit_code, process.out().text(), process.err().text()};
}

}  // namespace hubbub::test
