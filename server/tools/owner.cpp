#include "server/tools/owner.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "server/tools/files.hpp"

namespace hubbub::tools {
namespace {

constexpr uid_t root = 0;

std::vector<gid_t> all_groups() {
  std::vector<gid_t> groups(static_cast<std::size_t>(getgroups(0, nullptr)));
  groups.resize(static_cast<std::size_t>(getgroups(static_cast<int>(groups.size()), groups.data())));
  return groups;
}

}  // namespace

Owner::Owner(const std::string& directory) {
  struct stat found {};
  if (stat(directory.c_str(), &found) != 0) refuse_to_write(directory, errno);
  user_ = found.st_uid;
  group_ = found.st_gid;
  if (geteuid() == root || geteuid() == user_) return;
  throw std::runtime_error(
      "the state directory " + directory +
      " belongs to somebody else; run this as the user that the daemon runs as, or as root");
}

bool Owner::rules(const std::string& file) const {
  struct stat found {};
  const auto directory = std::filesystem::absolute(file).parent_path();
  return stat(directory.c_str(), &found) == 0 && found.st_uid == user_;
}

RightsOf::RightsOf(const Owner& owner) : group_(getegid()) {
  if (geteuid() != root || owner.user() == root) return;
  groups_ = all_groups();
  const gid_t group = owner.group();
  if (setgroups(1, &group) != 0 || setegid(group) != 0 || seteuid(owner.user()) != 0) {
    throw std::runtime_error("cannot take the rights of user " + std::to_string(owner.user()) + ": " +
                             std::strerror(errno) + "; run this as that user");
  }
  taken_ = true;
}

/// Root is still who began the process, so this cannot be refused.
RightsOf::~RightsOf() {
  if (!taken_) return;
  (void)!seteuid(root);
  (void)!setegid(group_);
  (void)!setgroups(groups_.size(), groups_.data());
}

}  // namespace hubbub::tools
