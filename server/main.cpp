#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <hubbub_version.hpp>
#include <string>
#include <system_error>
#include <variant>

#include "server/config.hpp"
#include "server/daemon.hpp"
#include "server/net/certificates.hpp"
#include "server/ops/log.hpp"
#include "server/tools/ctl.hpp"
#include "server/tools/tools.hpp"

namespace {

using namespace hubbub;

constexpr int failed = 1;
constexpr int misused = 2;

int complain(const std::string& sentence, int exit_code) {
  std::fprintf(stderr, "hubbubd: %s\n", sentence.c_str());
  return exit_code;
}

/// Printed text has to arrive, or the command has failed; but a closed pipe is no failure.
int delivered(int exit_code) {
  if (exit_code != 0) return exit_code;
  const int flushed = std::fflush(stdout) == 0 ? 0 : errno;
  if (std::ferror(stdout) == 0 || flushed == EPIPE) return exit_code;
  const std::string reason = flushed == 0 ? "" : ": " + std::generic_category().message(flushed);
  return complain("standard output cannot be written" + reason, failed);
}

int print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  return delivered(0);
}

/// If a standard descriptor is closed, the next file or socket to be opened would get its number, and be read
/// and written as such: the log would end up in the journal. They can be read only, so that whoever has to
/// tell something notices that nobody would get it.
void fill_standard_descriptors() {
  for (int descriptor = ::open("/dev/null", O_RDONLY); descriptor >= 0; descriptor = ::dup(descriptor)) {
    if (descriptor <= STDERR_FILENO) continue;
    ::close(descriptor);
    return;
  }
}

/// The limit of this process, which raises its own as far as it may.
config::DescriptorLimit limit_here() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_max = RLIM_INFINITY;
  return {.most = limit.rlim_max, .whose = "this system", .remedy = "raise it with `ulimit -Hn`"};
}

bool is_forbidden(const std::string& file) { return ::access(file.c_str(), R_OK) != 0 && errno == EACCES; }

int check(const config::Config& config) {
  const std::array limits{limit_here(),
                          config::DescriptorLimit{.most = service_descriptors,
                                                  .whose = "hubbubd.service (LimitNOFILE=)",
                                                  .remedy = "raise it with `systemctl edit hubbubd`"}};
  for (const auto& doubt : config::doubts(config, limits)) complain("warning: " + doubt, 0);
  for (const auto& pair : config.net.certificates) {
    const auto loaded = net::Certificates::load({&pair, 1});
    if (loaded) continue;
    // Whoever checks may not be the one who may read the key.
    if (!is_forbidden(pair.certificate) && !is_forbidden(pair.key)) return complain(loaded.error().text, 1);
    complain("warning: " + loaded.error().text, 0);
  }
  return print("the configuration is good\n");
}

/// Raises the limit of descriptors as far as the system allows this process.
void raise_descriptor_limit() {
  rlimit limit{};
  const bool is_known = getrlimit(RLIMIT_NOFILE, &limit) == 0;
  limit.rlim_cur = limit.rlim_max;
  if (is_known && setrlimit(RLIMIT_NOFILE, &limit) == 0) return;
  ops::log::warning("daemon", "the limit on descriptors stays as it was",
                    {{"reason", std::generic_category().message(errno)}});
}

/// Prints one sentence; where programs read the log, as a line of the log.
int fail_to_start(ops::log::Format format, const std::string& sentence) {
  if (format != ops::log::Format::json) return complain(sentence, failed);
  ops::log::error("daemon", "cannot go on", {{"reason", sentence}});
  return failed;
}

int serve(config::Config config, config::Flags flags) {
  ops::log::configure(config.log);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that grows too large is an error, and not the end of the process
  raise_descriptor_limit();
  const auto descriptors = limit_here();
  const auto format = config.log.format;
  try {
    Daemon daemon(std::move(config), std::move(flags), descriptors);
    if (const auto fault = daemon.open()) return fail_to_start(format, *fault);
    return daemon.run();
  } catch (const std::exception& fault) {
    return fail_to_start(format, fault.what());
  }
}

int run(int argc, const char* const* argv) {
  auto parsed = config::parse_flags(argc, argv);
  if (const auto* invalid = std::get_if<config::Invalid>(&parsed))
    return complain(invalid->sentence, misused);
  auto& flags = std::get<config::Flags>(parsed);
  if (flags.help) return print(config::usage());
  if (flags.version) return print(std::string("hubbubd ") + version + '\n');

  auto loaded = config::load(flags);
  if (const auto* invalid = std::get_if<config::Invalid>(&loaded))
    return complain(invalid->sentence, misused);
  auto& config = std::get<config::Config>(loaded);
  if (flags.print_config) return print(config::print(config));
  if (flags.check_config) return check(config);
  if (flags.tool == "ctl") {
    const tools::CtlPlace place{.sockets = config::control_sockets(config),
                                .is_named = config.is_named,
                                .journal = config.history,
                                .cost = config.accounts.cost()};
    return delivered(tools::ctl(place, flags.words));
  }
  if (!flags.tool.empty()) return delivered(tools::run(flags.tool, flags.argument, config.state_dir));
  return serve(std::move(config), std::move(flags));
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_descriptors();
  try {
    return run(argc, argv);
  } catch (const std::exception& fault) {
    return complain(fault.what(), failed);
  }
}
