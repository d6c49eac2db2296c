#include "server/ops/systemd.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <functional>

#include "test/ops/stderr_swap.hpp"
#include "test/support/catch.hpp"
#include "test/support/temporary_directory.hpp"

namespace systemd = hubbub::ops::systemd;
using hubbub::test::Descriptor;
using hubbub::test::Environment;

namespace {

/// A service manager's end of sd_notify(3): a datagram socket in a directory.
class Manager {
 public:
  Manager() : path_(directory_.path() / "notify") {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.native().copy(address.sun_path, sizeof(address.sun_path) - 1);
    // NOLINTNEXTLINE(*-reinterpret-cast): the way of bind(2)
    if (bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      throw std::runtime_error("cannot bind " + path_.native());
    }
  }

  std::string path() const { return path_.native(); }
  /// The next message; empty when there is none.
  std::string heard() {
    std::string message(4096, '\0');
    const auto count = recv(socket_.get(), message.data(), message.size(), MSG_DONTWAIT);
    message.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return message;
  }

 private:
  hubbub::test::TemporaryDirectory directory_;
  std::filesystem::path path_;
  Descriptor socket_{socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

/// Runs `question` in a process of its own, since it rearranges descriptors; true when it answers true.
bool holds_in_a_child(const std::function<bool()>& question) {
  const auto child = fork();
  if (child == 0) _exit(question() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// What a service manager does before it starts a service with `count` sockets: they are 3, 4, …
void hand_over(int count) {
  setenv("LISTEN_FDS", std::to_string(count).c_str(), 1);
  setenv("LISTEN_FDNAMES", count == 1 ? "tls" : "tls:second", 1);
  setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
}

}  // namespace

TEST_CASE("the service manager is told what the daemon does") {
  Manager manager;
  const Environment notify("NOTIFY_SOCKET", manager.path());
  systemd::ready("12 connections, 3 rooms");
  CHECK(manager.heard() == "READY=1\nSTATUS=12 connections, 3 rooms");
  systemd::status("quiet\nFDSTORE=1");
  CHECK(manager.heard() == "STATUS=quiet FDSTORE=1");
  systemd::watchdog_alive();
  CHECK(manager.heard() == "WATCHDOG=1");
  systemd::reloading();
  CHECK_THAT(manager.heard(), Catch::Matchers::StartsWith("RELOADING=1\nMONOTONIC_USEC="));
  systemd::stopping();
  CHECK_THAT(manager.heard(), Catch::Matchers::StartsWith("STOPPING=1\n"));
  CHECK(manager.heard().empty());
}

TEST_CASE("without a service manager nothing is said and nothing fails") {
  const Environment notify("NOTIFY_SOCKET", std::nullopt);
  const Environment watchdog("WATCHDOG_USEC", std::nullopt);
  const Environment sockets("LISTEN_FDS", std::nullopt);
  systemd::ready("");
  systemd::stopping();
  CHECK_FALSE(systemd::watchdog_interval());
  CHECK(systemd::listen_descriptors()->empty());
}

TEST_CASE("the watchdog is fed twice as often as it asks for") {
  const Environment interval("WATCHDOG_USEC", "20000000");
  const Environment process("WATCHDOG_PID", std::nullopt);
  CHECK(systemd::watchdog_interval() == std::chrono::seconds(10));
  const Environment another("WATCHDOG_PID", "1");
  CHECK_FALSE(systemd::watchdog_interval());
}

TEST_CASE("only listening stream sockets are taken over, the rest is closed") {
  CHECK(holds_in_a_child([] {
    const Descriptor listening(socket(AF_UNIX, SOCK_STREAM, 0));
    const sockaddr_un any_name{AF_UNIX, {}};
    // NOLINTNEXTLINE(*-reinterpret-cast): the way of bind(2)
    const int bound =
        bind(listening.get(), reinterpret_cast<const sockaddr*>(&any_name), sizeof(sa_family_t));
    const int listens = listen(listening.get(), 1);
    dup2(listening.get(), 3);
    dup2(STDIN_FILENO, 4);
    hand_over(2);
    const auto sockets = systemd::listen_descriptors().value();
    return bound == 0 && listens == 0 && sockets.size() == 1 && sockets.front().descriptor == 3 &&
           sockets.front().name == "tls" && (fcntl(3, F_GETFD) & FD_CLOEXEC) != 0 &&
           fcntl(4, F_GETFD) == -1 && getenv("LISTEN_FDS") == nullptr;
  }));
}

TEST_CASE("sockets that do not each have a name are refused") {
  CHECK(holds_in_a_child([] {
    hand_over(2);
    setenv("LISTEN_FDNAMES", "tls", 1);
    return !systemd::listen_descriptors().has_value();
  }));
}

TEST_CASE("sockets meant for another process are not touched") {
  CHECK(holds_in_a_child([] {
    hand_over(1);
    setenv("LISTEN_PID", "1", 1);
    return systemd::listen_descriptors()->empty();
  }));
}
