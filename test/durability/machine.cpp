#include "test/durability/machine.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iostream>
#include <utility>

namespace hubbub::durability {
namespace {

/// All by which a database is written to the disk for good.
constexpr const char* syncs = "fsync,fdatasync";

std::string traced(const std::string& calls) { return "trace=" + calls; }
std::string injection(const std::string& calls, const std::string& injected) {
  return "inject=" + calls + ':' + injected;
}

std::string strace() {
  for (const char* path : {"/usr/bin/strace", "/usr/local/bin/strace", "/bin/strace"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return {};
}

bool write_file(const char* path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  return static_cast<bool>(file.flush());
}

/// A view of the file systems of its own; somebody who is not root becomes it in a world of his own.
bool leave_the_common_mounts() {
  if (::unshare(CLONE_NEWNS) == 0) return true;
  const std::string user = "0 " + std::to_string(::geteuid()) + " 1";
  const std::string group = "0 " + std::to_string(::getegid()) + " 1";
  return ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_file("/proc/self/setgroups", "deny") &&
         write_file("/proc/self/uid_map", user) && write_file("/proc/self/gid_map", group);
}

bool mount_small(const std::filesystem::path& directory, std::size_t bytes) {
  const std::string size = "size=" + std::to_string(bytes);
  return leave_the_common_mounts() && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", directory.c_str(), "tmpfs", 0, size.c_str()) == 0;
}

std::vector<std::string> launcher(const std::vector<std::string>& flags, const std::string& calls,
                                  const std::string& injected) {
  const std::string program = strace();
  if (program.empty()) return {};
  // -D: the daemon keeps its own number. LeakSanitizer does not work in a program that is traced.
  std::vector<std::string> command{program, "-D", "-f", "-qq"};
  command.insert(command.end(), flags.begin(), flags.end());
  command.insert(command.end(), {"-o", "/dev/null", "-e", traced(calls), "-e", injection(calls, injected),
                                 "-E", "ASAN_OPTIONS=detect_leaks=0"});
  auto trial = command;
  trial.emplace_back("/bin/true");
  if (test::run({.arguments = trial}).exit_code != 0) return {};
  return command;
}

}  // namespace

void skip(const std::string& why) { std::cout << "skipped: " << why << std::endl; }

SmallDisk::SmallDisk(std::filesystem::path directory, std::size_t bytes)
    : directory_(std::move(directory)), mounted_(mount_small(directory_, bytes)) {}

SmallDisk::~SmallDisk() {
  if (mounted_) ::umount2(directory_.c_str(), MNT_DETACH);
}

Filler::Filler(const std::filesystem::path& directory) : file_(directory / "filler") {
  const test::Descriptor fd(::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  constexpr std::array<char, 4096> block{};
  while (::write(fd.get(), block.data(), block.size()) > 0) {
  }
}

void Filler::remove() const {
  std::error_code gone;
  std::filesystem::remove(file_, gone);
}

std::vector<std::string> with_syncs(const std::string& injected) {
  // The daemon is stopped at these calls only, so that its other calls take no longer.
  return launcher({"--seccomp-bpf"}, syncs, injected);
}

// strace 6.1 loses a signal that it is to inject where it takes --seccomp-bpf.
std::vector<std::string> with_calls(const std::string& calls, const std::string& injected) {
  return launcher({}, calls, injected);
}

std::unique_ptr<test::Process> meddle_with_syncs(pid_t pid, const std::string& injected) {
  const std::string program = strace();
  if (program.empty()) return nullptr;
  auto tracer = std::make_unique<test::Process>(
      test::Command{.arguments = {program, "-f", "-o", "/dev/null", "-e", traced(syncs), "-e",
                                  injection(syncs, injected), "-p", std::to_string(pid)}});
  if (!tracer->err().wait_for("attached", 0, test::patience)) return nullptr;
  return tracer;
}

}  // namespace hubbub::durability
