#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace hubbub::tools {

inline constexpr uid_t root = 0;

/// The user who owns a directory, and can put anything there, such as a link or a second name of any file.
class Owner {
 public:
  /// Throws a sentence when the directory cannot be found.
  explicit Owner(const std::string& directory);

  /// Throws a sentence unless this program is run by the owner or root.
  void require_rights() const;
  uid_t user() const { return user_; }
  gid_t group() const { return group_; }
  /// Whether the owner also owns that folder.
  bool has(const std::string& folder) const;
  /// Whether the owner decides which file that name leads to: whether the owner may exchange the file, or any
  /// of the folders and links on the way to it, or that cannot be found out.
  bool rules(const std::string& file) const;

 private:
  bool may_exchange(const std::string& entry, const std::string& folder) const;

  const std::string directory_;
  uid_t user_ = 0;
  gid_t group_ = 0;
};

/// While it exists, root has the rights of an owner, with those of the owner's groups, and no others: files
/// that the owner could not write are not written, whatever their names lead to, and new files belong to the
/// owner. It changes nothing for other users than root. (seteuid(2); of a process with one thread)
class RightsOf {
 public:
  explicit RightsOf(const Owner& owner);
  RightsOf(const RightsOf&) = delete;
  RightsOf& operator=(const RightsOf&) = delete;
  ~RightsOf();

  /// Whether the rights are now another user's.
  bool are_taken() const { return taken_; }

 private:
  bool taken_ = false;
  gid_t group_ = 0;            ///< root's group, before
  std::vector<gid_t> groups_;  ///< root's other groups, before
};

}  // namespace hubbub::tools
