#include "server/journal/sqlite/presence_tables.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

namespace hubbub::journal::sqlite {

bool PresenceTables::apply(PresenceRecord& record) {
  return std::visit([&](const auto& body) { return apply(body, record); }, record.body);
}

bool PresenceTables::is_empty(const std::string& room) { return !anybody_.query(room).next(); }

bool PresenceTables::forbids(const presence::Any& body) {
  const auto* const granted = std::get_if<presence::Granted>(&body);
  if (granted == nullptr) return true;
  auto place = is_in_.query(granted->epoch, granted->person, granted->room);
  return place.next() && granted->rank < place.count(0);
}

std::string PresenceTables::name_of(const std::string& room) {
  auto row = name_.query(room);
  return row.next() ? std::string(row.text(0)) : room;
}

bool PresenceTables::apply(const presence::Named& named, PresenceRecord& record) {
  record.holder = in_the_way(named, record);
  if (!record.holder.empty()) return false;
  const auto& name = named.name;
  // An account is one person, wherever it is.
  if (named.account != 0) {
    std::string before;
    if (auto known = key_of_.query(record.epoch, named.person); known.next()) before = known.text(0);
    if (!before.empty())
      rename_.run(name.shown, name.key, name.look, name.is_mixed ? 1 : 0, named.account, before);
  }
  set_name_.run(record.epoch, named.person, named.account, name.shown, name.key, name.look,
                name.is_mixed ? 1 : 0);
  return true;
}

/// The name because of which this one is not free; empty: it is.
std::string PresenceTables::in_the_way(const presence::Named& named, const PresenceRecord& record) {
  const auto& name = named.name;
  if (auto owner = owner_.query(name.key, name.look, named.account); owner.next())
    return std::string(owner.text(0));
  // Of an account one comes to bear the name that another one bears, but nobody who has one takes it.
  std::string before;
  if (auto known = key_of_.query(record.epoch, named.person); known.next()) before = known.text(0);
  const bool may_join = named.account != 0 && (before.empty() || before == name.key);
  const auto is_other = [&](const Statement::Rows& row) {
    const bool is_itself = row.count(0) == record.epoch && row.count(1) == named.person;
    const bool is_same_person =
        !before.empty() && row.count(2) == named.account && named.account != 0 && row.text(6) == before;
    return !is_itself && !is_same_person && (!may_join || row.count(2) != named.account);
  };
  for (auto rows = same_key_.query(name.key); rows.next();)
    if (is_other(rows)) return std::string(rows.text(3));
  for (auto rows = same_look_.query(name.look); rows.next();) {
    const bool is_alike = name.is_mixed || rows.number(5) != 0;
    if (is_alike && is_other(rows)) return std::string(rows.text(4));
  }
  return {};
}

bool PresenceTables::apply(const presence::Departed& departed, PresenceRecord& record) {
  if (!is_there_.query(record.epoch, departed.person).next()) return false;
  leave_all_.run(record.epoch, departed.person);
  remove_.run(record.epoch, departed.person);
  return true;
}

bool PresenceTables::apply(const presence::Entered& entered, PresenceRecord& record) {
  if (!is_there_.query(record.epoch, entered.person).next()) return false;
  if (is_in_.query(record.epoch, entered.person, entered.room).next()) return false;
  if (entered.rank != 0 && !is_empty(entered.room)) std::get<presence::Entered>(record.body).rank = 0;
  enter_.run(record.epoch, entered.person, entered.room, entered.name, entered.rank, record.seq);
  return true;
}

bool PresenceTables::apply(const presence::Granted& granted, PresenceRecord& record) {
  if (!is_in_.query(granted.epoch, granted.person, granted.room).next()) return false;
  grant_.run(granted.rank, record.seq, granted.epoch, granted.person, granted.room);
  return true;
}

bool PresenceTables::apply(const presence::Left& left, PresenceRecord& record) {
  if (!is_in_.query(record.epoch, left.person, left.room).next()) return false;
  leave_.run(record.epoch, left.person, left.room);
  return true;
}

bool PresenceTables::apply(const presence::Told& told, PresenceRecord& record) {
  if (!is_there_.query(record.epoch, told.person).next()) return false;
  return std::any_of(told.sealed.begin(), told.sealed.end(), [&](const auto& each) {
    auto row = key_of_.query(each.epoch, each.person);
    return row.next() && row.text(0) == told.to;
  });
}

bool PresenceTables::apply(const presence::Typed& typed, PresenceRecord& record) {
  return is_there_.query(record.epoch, typed.person).next();
}

bool PresenceTables::apply(const presence::Urged& urged, PresenceRecord& /*record*/) {
  if (urged.what == presence::Urged::What::put_out)
    return is_in_.query(urged.epoch, urged.person, urged.room).next();
  return is_there_.query(urged.epoch, urged.person).next();
}

bool PresenceTables::apply(const presence::NodeGone& /*gone*/, PresenceRecord& record) {
  Statement(database_, "DELETE FROM here WHERE epoch = ?").run(record.epoch);
  Statement(database_, "DELETE FROM person WHERE epoch = ?").run(record.epoch);
  return true;
}

void read_presence(Database& database, const std::function<void(const PresenceRecord&)>& take) {
  std::map<std::uint64_t, std::string> nodes;
  {
    Statement statement(database, "SELECT epoch, id FROM node");
    for (auto rows = statement.query(); rows.next();) nodes.emplace(rows.count(0), rows.text(1));
  }
  const auto record_of = [&](std::uint64_t epoch, presence::Any body) {
    return PresenceRecord{.node = nodes[epoch], .epoch = epoch, .body = std::move(body)};
  };
  Statement people(
      database, "SELECT epoch, number, account, shown, key, look, mixed FROM person ORDER BY epoch, number");
  for (auto rows = people.query(); rows.next();) {
    take(record_of(rows.count(0), presence::Named{.person = rows.count(1),
                                                  .account = rows.count(2),
                                                  .name = {.shown = std::string(rows.text(3)),
                                                           .key = std::string(rows.text(4)),
                                                           .look = std::string(rows.text(5)),
                                                           .is_mixed = rows.number(6) != 0}}));
  }
  Statement places(database,
                   "SELECT epoch, number, room, name, rank, since FROM here ORDER BY epoch, number, room");
  for (auto rows = places.query(); rows.next();) {
    auto record = record_of(rows.count(0), presence::Entered{.person = rows.count(1),
                                                             .room = std::string(rows.text(2)),
                                                             .name = std::string(rows.text(3)),
                                                             .rank = rows.count(4)});
    record.seq = rows.count(5);
    take(record);
  }
}

}  // namespace hubbub::journal::sqlite
