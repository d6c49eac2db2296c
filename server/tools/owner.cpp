#include "server/tools/owner.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "server/tools/files.hpp"

namespace hubbub::tools {
namespace {

namespace fs = std::filesystem;

constexpr int most_links = 40;  // on the way to a file, as for the kernel (path_resolution(7))

std::vector<gid_t> all_groups() {
  std::vector<gid_t> groups(static_cast<std::size_t>(getgroups(0, nullptr)));
  groups.resize(static_cast<std::size_t>(getgroups(static_cast<int>(groups.size()), groups.data())));
  return groups;
}

/// The groups of the owner at login; if the system has no such user, the directory's group alone.
std::vector<gid_t> groups_of(const Owner& owner) {
  std::vector<gid_t> groups{owner.group()};
  const passwd* const user = getpwuid(owner.user());
  if (user == nullptr) return groups;
  auto count = static_cast<int>(groups.size());
  getgrouplist(user->pw_name, owner.group(), groups.data(), &count);  // says how many there are
  groups.resize(static_cast<std::size_t>(count));
  if (getgrouplist(user->pw_name, owner.group(), groups.data(), &count) < 0) return {owner.group()};
  return groups;
}

/// Puts the names in a path before those that are still to be looked up; the last of `ahead` is the next.
void look_up_first(const fs::path& path, std::vector<fs::path>& ahead) {
  const auto relative = path.relative_path();
  const std::vector<fs::path> names(relative.begin(), relative.end());
  ahead.insert(ahead.end(), names.rbegin(), names.rend());
}

}  // namespace

Owner::Owner(const std::string& directory) : directory_(directory) {
  struct stat found {};
  if (stat(directory.c_str(), &found) != 0) refuse_to_write(directory, errno);
  user_ = found.st_uid;
  group_ = found.st_gid;
}

void Owner::require_rights() const {
  if (geteuid() == root || geteuid() == user_) return;
  throw std::runtime_error(
      "the state directory " + directory_ +
      " belongs to somebody else; run this as the user that the daemon runs as, or as root");
}

bool Owner::has(const std::string& folder) const {
  struct stat found {};
  return stat(folder.c_str(), &found) == 0 && found.st_uid == user_;
}

/// In a folder with the sticky bit, such as /tmp, users may exchange only their own files.
bool Owner::may_exchange(const std::string& entry, const std::string& folder) const {
  struct stat found {};
  if (stat(folder.c_str(), &found) != 0) return true;
  if (found.st_uid == user_) return true;
  const RightsOf rights(*this);
  if (faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) return false;
  if ((found.st_mode & S_ISVTX) == 0) return true;
  return lstat(entry.c_str(), &found) != 0 || found.st_uid == user_;
}

bool Owner::rules(const std::string& file) const {
  std::error_code error;
  std::vector<fs::path> ahead;
  look_up_first(fs::absolute(file, error), ahead);
  fs::path folder = "/";
  for (int links = 0; !error && links <= most_links;) {
    if (ahead.empty()) return false;
    const auto name = ahead.back();
    ahead.pop_back();
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      folder = folder.parent_path();
      continue;
    }
    const auto path = folder / name;
    if (may_exchange(path, folder)) return true;
    const auto found = fs::symlink_status(path, error);
    if (!fs::is_symlink(found)) {
      if (!fs::exists(found)) return true;
      folder = path;
      continue;
    }
    ++links;
    const auto target = fs::read_symlink(path, error);
    if (target.is_absolute()) folder = "/";
    look_up_first(target, ahead);
  }
  return true;
}

RightsOf::RightsOf(const Owner& owner) : group_(getegid()) {
  if (geteuid() != root || owner.user() == root) return;
  groups_ = all_groups();
  const auto groups = groups_of(owner);
  if (setgroups(groups.size(), groups.data()) != 0 || setegid(owner.group()) != 0 ||
      seteuid(owner.user()) != 0) {
    throw std::runtime_error("cannot take the rights of user " + std::to_string(owner.user()) + ": " +
                             std::strerror(errno) + "; run this as that user");
  }
  taken_ = true;
}

/// The real user is still root, so this cannot be refused.
RightsOf::~RightsOf() {
  if (!taken_) return;
  (void)!seteuid(root);
  (void)!setegid(group_);
  (void)!setgroups(groups_.size(), groups_.data());
}

}  // namespace hubbub::tools
