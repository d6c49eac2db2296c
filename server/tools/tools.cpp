#include "server/tools/tools.hpp"

#include <stdexcept>

#include "server/tools/backup.hpp"
#include "server/tools/export.hpp"
#include "server/tools/open_journal.hpp"
#include "server/tools/restore.hpp"
#include "server/tools/verify.hpp"

namespace hubbub::tools {

int run(const std::string& tool, const std::optional<std::string>& argument, const std::string& directory) {
  if (tool == "backup") return backup(journal_in(directory), argument.value());
  if (tool == "verify") return verify(argument ? *argument : journal_in(directory));
  if (tool == "restore") return restore(directory, argument.value());
  if (tool == "export") return export_messages(journal_in(directory), argument);
  throw std::invalid_argument("there is no tool " + tool);
}

}  // namespace hubbub::tools
