#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace hubbub::tools {

/// Who has a directory: he may put there what he likes, a link or a second name of any file.
class Owner {
 public:
  /// Throws a sentence when the directory cannot be found.
  explicit Owner(const std::string& directory);

  /// Throws a sentence when this program is run by neither him nor root.
  void require_rights() const;
  uid_t user() const { return user_; }
  gid_t group() const { return group_; }
  /// Whether that folder is his, too.
  bool has(const std::string& folder) const;
  /// Whether it is for him to say what the name of that file stands for: he may exchange the file, or any of
  /// the folders and links on the way to it, or that cannot be found out.
  bool rules(const std::string& file) const;

 private:
  bool may_exchange(const std::string& entry, const std::string& folder) const;

  const std::string directory_;
  uid_t user_ = 0;
  gid_t group_ = 0;
};

/// While it exists, root has the rights of an owner, with those of the groups that he is in, and no others:
/// what he could not write himself is not written for him, whatever its name leads to, and what is made is
/// his. It changes nothing for who is not root. (seteuid(2); of a process with one thread)
class RightsOf {
 public:
  explicit RightsOf(const Owner& owner);
  RightsOf(const RightsOf&) = delete;
  RightsOf& operator=(const RightsOf&) = delete;
  ~RightsOf();

  /// Those of another than who runs this program.
  bool are_taken() const { return taken_; }

 private:
  bool taken_ = false;
  gid_t group_ = 0;            ///< of root, before
  std::vector<gid_t> groups_;  ///< and the others
};

}  // namespace hubbub::tools
