// What the client shares with other programs, standard input and output, stays as it was.
#include <fcntl.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <limits>

#include "test/client/shell.hpp"
#include "test/support/catch.hpp"

namespace hubbub::test {
namespace {

/// How a process's descriptor was opened, and what was set since: O_NONBLOCK and the others of fcntl(2),
/// F_GETFL. They are one for all that share it (proc(5), /proc/PID/fdinfo).
int flags(pid_t process, int descriptor) {
  std::ifstream file("/proc/" + std::to_string(process) + "/fdinfo/" + std::to_string(descriptor));
  int found = 0;
  for (std::string word; file >> word && word != "flags:";)
    file.ignore(std::numeric_limits<int>::max(), '\n');
  REQUIRE(file >> std::oct >> found);
  return found;
}

/// The same of both ends of a pipe line, after the command in its midst has run.
std::string flags_after(const Daemon& daemon, const std::string& command) {
  const Outcome outcome =
      shell(daemon, "printf 'hi\\n' | { exec 4>&1; " + command +
                        " 2>/dev/null; grep -h flags /proc/self/fdinfo/0 /proc/self/fdinfo/4 "
                        ">&2; } | cat >/dev/null");
  CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 2);
  return outcome.err;
}

}  // namespace

TEST_CASE_METHOD(Unlimited, "whichever way a command ends, the pipes around it are as they were") {
  JsonClient bob = member(daemon.address(), "bob", "ops");
  const std::string untouched = flags_after(daemon, ":");
  for (const char* const command :
       {"$hubbub say ops", "$hubbub say ops there", "$hubbub say --one ops", "$hubbub say -s bob@$to ops",
        "$hubbub say -s 127.0.0.1:1 ops", "$hubbub tail ops --no-follow", "$hubbub tail ops --since x",
        "$hubbub who", "$hubbub rooms", "$hubbub", "$hubbub --json", "$hubbub --say there"}) {
    INFO(command);
    CHECK(flags_after(daemon, command) == untouched);
  }
}

TEST_CASE_METHOD(Unlimited, "say waits for its input without making it non-blocking, so that it never is") {
  JsonClient bob = member(daemon.address(), "bob", "ops");
  const std::string gate = "mkfifo $XDG_CONFIG_HOME/gate; exec 3<> $XDG_CONFIG_HOME/gate; ";
  const std::string mode = GENERATE("say ops", "-r ops", "--json -r ops");
  Process sender(shell_command(
      daemon,
      gate + R"(printf '{"type":"say","room":"ops","text":"1"}\n' >&3; exec $hubbub )" + mode + " <&3"));
  // It has waited for the input before that came; and since then it waits again.
  bob.expect("message");
  CHECK((flags(sender.pid(), 0) & O_NONBLOCK) == 0);
  CHECK((flags(sender.pid(), 1) & O_NONBLOCK) == 0);
  sender.signal(SIGKILL);
  CHECK(sender.wait_exit() == 128 + SIGKILL);
}

TEST_CASE_METHOD(Unlimited, "tail watches its reader without making the output non-blocking") {
  JsonClient bob = member(daemon.address(), "bob", "ops");
  Process tail(shell_command(daemon, "exec $hubbub tail ops"));
  bob.expect("presence");
  bob.say("ops", "hi");
  REQUIRE(tail.out().wait_for("bob: hi\n", 0, patience));
  CHECK((flags(tail.pid(), 1) & O_NONBLOCK) == 0);
  tail.signal(SIGTERM);
  CHECK(tail.wait_exit() == 128 + SIGTERM);
}

TEST_CASE_METHOD(Unlimited, "the input is left to who comes next by a command that has no use for it") {
  const std::string next = "$hubbub say ops hi; $hubbub tail ops --no-follow >&2; $hubbub who >&2; cat";
  CHECK(shell(daemon, "echo left | { " + next + "; }").out == "left\n");
  CHECK(shell(daemon, "echo left > $XDG_CONFIG_HOME/file; { " + next + "; } < $XDG_CONFIG_HOME/file").out ==
        "left\n");
}

TEST_CASE_METHOD(Unlimited, "an input that is a device without end leaves the connection its turns") {
  JsonClient bob = member(daemon.address(), "bob", "ops");
  Process sender(shell_command(daemon, "exec $hubbub say ops </dev/zero"));
  // A line that is cut, refused as too long, and no end of skipping the rest of it.
  REQUIRE(sender.err().wait_for("line 1: ", 0, patience));
  sender.signal(SIGTERM);
  CHECK(sender.wait_exit() == 128 + SIGTERM);
}

}  // namespace hubbub::test
