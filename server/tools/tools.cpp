#include "server/tools/tools.hpp"

#include <cstdio>
#include <stdexcept>

#include "server/journal/sqlite/database.hpp"
#include "server/tools/check.hpp"
#include "server/tools/open_journal.hpp"
#include "server/tools/restore.hpp"

namespace hubbub::tools {

int verify(const std::string& journal) {
  bool good = true;
  const auto tell = [&](const std::string& fault) {
    good = false;
    std::printf("%s: %s\n", journal.c_str(), fault.c_str());
  };
  try {
    auto database = open_journal(journal);
    const auto tally = check(database, tell);
    if (good) {
      const auto log = told_of_log(database);
      std::printf("%s: %s, good%s\n", journal.c_str(), tally.text().c_str(),
                  log.empty() ? "" : (", " + log).c_str());
    }
  } catch (const journal::sqlite::DatabaseError& error) {
    tell(error.what());
  }
  return good ? 0 : 1;
}

int run(const std::string& tool, const std::optional<std::string>& argument, const std::string& directory) {
  if (tool == "backup") return backup(journal_in(directory), argument.value());
  if (tool == "verify") return verify(argument ? *argument : journal_in(directory));
  if (tool == "restore") return restore(directory, argument.value());
  if (tool == "certificate") return certificate(argument.value());
  if (tool == "export") return export_messages(journal_in(directory), argument);
  throw std::invalid_argument("there is no tool " + tool);
}

}  // namespace hubbub::tools
