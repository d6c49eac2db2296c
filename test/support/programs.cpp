#include "test/support/programs.hpp"

#include <unistd.h>

#include <array>
#include <filesystem>

namespace hubbub::test {
namespace {

constexpr std::array folders{"/usr/local/bin", "/usr/local/sbin",          "/usr/bin",
                             "/usr/sbin",      HUBBUB_PROGRAMS "/usr/bin", HUBBUB_PROGRAMS "/usr/sbin"};

}  // namespace

std::string find_program(const std::string& name) {
  for (const auto* folder : folders) {
    const auto path = std::filesystem::path(folder) / name;
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

std::string libraries_of(const std::string& program) {
  if (!program.starts_with(HUBBUB_PROGRAMS)) return {};
  return "LD_LIBRARY_PATH=" HUBBUB_PROGRAMS "/usr/lib/x86_64-linux-gnu:" HUBBUB_PROGRAMS
         "/lib/x86_64-linux-gnu";
}

std::string own_host() {
  constexpr unsigned first = 64;
  const auto pid = static_cast<unsigned>(::getpid());
  const auto byte = [&](unsigned place) { return std::to_string(pid >> (8 * place) & 0xFFU); };
  return "127." + std::to_string(first + (pid >> 16U & 0x3FU)) + '.' + byte(1) + '.' + byte(0);
}

}  // namespace hubbub::test
