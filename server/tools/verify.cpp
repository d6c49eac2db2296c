#include "server/tools/verify.hpp"

#include <cstdio>

#include "server/journal/sqlite/database.hpp"
#include "server/tools/check.hpp"
#include "server/tools/open_journal.hpp"

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
    if (good) std::printf("%s: %s, good\n", journal.c_str(), tally.text().c_str());
  } catch (const journal::sqlite::DatabaseError& error) {
    tell(error.what());
  }
  return good ? 0 : 1;
}

}  // namespace hubbub::tools
