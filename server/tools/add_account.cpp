// The only tool that works with the engine instead of the tables: an account is made by a record, as the
// daemon makes it.
#include "server/tools/add_account.hpp"

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "protocol/look_alike.hpp"
#include "protocol/name.hpp"
#include "server/accounts/book.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/make_journal.hpp"
#include "server/tools/owner.hpp"

namespace hubbub::tools {
namespace {

using journal::Applied;
namespace record = journal::account;

journal::Moment now() { return {.wall = protocol::now(), .steady = std::chrono::steady_clock::now()}; }

[[noreturn]] void refuse(const std::string& sentence) { throw std::runtime_error(sentence); }

/// Who has an account already.
void load(journal::Journal& journal, accounts::Book& book) {
  const auto fault = journal.load_accounts([&](const journal::AccountRecord& each) { book.apply(each); });
  if (fault) refuse(fault->text);
}

/// The directory, or the nearest above it that is there.
std::filesystem::path nearest(const std::string& directory) {
  std::error_code unknown;
  auto path = std::filesystem::absolute(directory, unknown);
  while (path.has_relative_path() && !std::filesystem::exists(path, unknown)) path = path.parent_path();
  return path;
}

void require_free(const accounts::Book& book, const protocol::Name& name) {
  if (protocol::is_guest_name(name)) refuse("names that begin with guest- are for guests");
  if (const auto* const owner = book.find_alike(name))
    refuse(owner->name + " is an account already, or looks the same");
  if (book.is_reserved(name, now().wall))
    refuse("another account had that name, or one that looks the same; it is nobody else's for 90 days");
}

/// Stores one record, and ends the journal.
void store(journal::Journal& journal, boost::asio::io_context& loop, record::Any body) {
  bool is_stored = false;
  journal.on_commit([&](std::span<const journal::Committed> batch) {
    for (const auto& each : batch)
      is_stored = is_stored || (each.ticket == 1 && each.outcome == journal::Outcome::stored);
  });
  const auto at = now();
  journal.append({.ticket = 1,
                  .account = std::make_shared<const journal::AccountRecord>(
                      journal::AccountRecord{.seq = 0, .at = at.wall, .body = std::move(body)})});
  journal.commit(at);
  bool has_ended = false;
  journal.stop(at.wall, [&] { has_ended = true; });
  const auto work = boost::asio::make_work_guard(loop);
  while (!has_ended) {
    loop.run_one();
    journal.commit(now());
  }
  if (!is_stored) refuse("the account could not be stored; is the disk full?");
}

}  // namespace

void add_account(const journal::Settings& settings, const accounts::HashCost& cost,
                 const protocol::request::AddAccount& asked) {
  const auto name = protocol::parse_name(asked.name);
  if (!name) refuse(name.error().text);
  if (const auto fault = accounts::fault_of_password(asked.password, name->shown)) refuse(*fault);
  if (settings.engine != "sqlite")
    refuse("no daemon runs, and history.engine = \"" + settings.engine + "\" keeps nothing");
  // What is made belongs to whoever owns the directory, or the one in which it is made, also when root makes
  // it.
  std::optional<Owner> owner;
  std::optional<RightsOf> rights;
  owner.emplace(nearest(settings.directory).string());
  owner->require_rights();
  rights.emplace(*owner);
  boost::asio::io_context loop;
  const auto journal = journal::make_journal(settings, now(), loop);
  if (!journal) refuse(journal.error().text);
  accounts::Book book;
  load(**journal, book);
  require_free(book, *name);
  auto role = journal::ServerRole::none;
  if (asked.role == "admin") role = journal::ServerRole::admin;
  if (asked.role == "moderator") role = journal::ServerRole::moderator;
  store(**journal, loop,
        record::Begun{.name = accounts::owned(*name),
                      .password = accounts::hash_password(asked.password, cost),
                      .role = role,
                      .device = {}});
}

}  // namespace hubbub::tools
