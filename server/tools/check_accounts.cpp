#include "server/tools/check_accounts.hpp"

#include <string>

#include "protocol/name.hpp"
#include "server/journal/sqlite/database.hpp"

namespace hubbub::tools {
namespace {

using journal::sqlite::Database;
using journal::sqlite::Statement;

// Version of the tables.
constexpr std::int64_t first_with_places = 5;
constexpr std::int64_t first_with_authors = 6;

/// A fault that the rows of a query have, whose first column is the number of what has it.
struct Rule {
  const char* what;   ///< has the number: "account"
  const char* fault;  ///< what is wrong with it
  const char* sql;
  std::int64_t since = 0;  ///< the version of the tables from which on it can be asked
};

// A key or a look of two accounts is found by the indexes of both.
constexpr Rule rules[]{
    {"account", "has a name, a key or a look that is empty",
     "SELECT number FROM account WHERE name = '' OR key = '' OR look = ''"},
    {"account", "has the name of another, or one that looks the same",
     "SELECT max(a.number, b.number) FROM account a JOIN account b ON a.key = b.look WHERE a.number <> "
     "b.number"},
    {"account", "has a hash of its password that is none",
     "SELECT number FROM account WHERE length(salt) <> 16 OR length(hash) <> 32 OR passes < 1 OR memory < 8"},
    {"account", "has a role that is none", "SELECT number FROM account WHERE role NOT BETWEEN 0 AND 2"},
    {"account", "is suspended in part",
     "SELECT number FROM account WHERE CASE WHEN suspended IS NULL THEN until IS NOT NULL OR reason IS NOT "
     "NULL "
     "ELSE suspended <> 1 OR reason IS NULL END"},
    {"account", "has more devices than it may",
     "SELECT account FROM device GROUP BY account HAVING count(*) > 64"},
    {"device", "is of an account that is not there",
     "SELECT number FROM device WHERE account NOT IN (SELECT number FROM account)"},
    {"device", "has a token that is none, or was used before it was added",
     "SELECT number FROM device WHERE length(token) <> 32 OR used < added"},
    {"account", "is not there, but its rooms are",
     "SELECT DISTINCT account FROM place WHERE account NOT IN (SELECT number FROM account)",
     first_with_places},
    {"account", "is remembered to be in more rooms than it may, or in a conversation as in a room",
     "SELECT account FROM place WHERE here = 1 GROUP BY account HAVING count(*) > 200 OR max(room LIKE '@%') "
     "= 1",
     first_with_places},
    {"account", "has a place that it neither is in nor has read",
     "SELECT account FROM place WHERE here NOT IN (0, 1) OR (here = 0 AND read <= 0) OR read < 0",
     first_with_places},
    {"account", "has read in conversations of others",
     "SELECT account FROM place WHERE room LIKE '@%' AND room NOT LIKE '@' || account || '-%' AND room NOT "
     "LIKE '@%-' || account",
     first_with_places},
    {"account", "has given up a name that is empty",
     "SELECT account FROM reserved_name WHERE text = '' OR account < 0", first_with_authors},
    {"message", "is from an account that there cannot have been",
     "SELECT seq FROM message WHERE sender LIKE '#%' AND (substr(sender, 2) NOT GLOB '[1-9]*' OR "
     "substr(sender, "
     "2) GLOB '*[^0-9]*' OR CAST(substr(sender, 2) AS INTEGER) >= seq)",
     first_with_authors},
    {"invitation", "has a token that is none, or no use that is left",
     "SELECT number FROM invitation WHERE length(token) <> 32 OR uses < 1"},
};

}  // namespace

std::int64_t check_accounts(Database& journal, const Tell& tell) {
  const auto version = journal.number("PRAGMA user_version");
  for (const auto& rule : rules) {
    if (version < rule.since) continue;
    Statement statement(journal, rule.sql);
    for (auto rows = statement.query(); rows.next();)
      tell(std::string(rule.what) + ' ' + std::to_string(rows.number(0)) + ' ' + rule.fault);
  }
  Statement names(journal, "SELECT number, name FROM account");
  for (auto rows = names.query(); rows.next();) {
    const auto name = protocol::parse_name(rows.text(1));
    if (rows.text(1).empty() || (name.has_value() && name->shown == rows.text(1))) continue;
    tell("account " + std::to_string(rows.number(0)) + " has a name that nobody may have");
  }
  return journal.number(
      "SELECT max(coalesce((SELECT max(number) FROM account), 0), coalesce((SELECT max(number) FROM device), "
      "0), "
      "coalesce((SELECT max(number) FROM invitation), 0))");
}

}  // namespace hubbub::tools
