// Chats on several nodes of one log, in every order of what people do and of what goes wrong between the
// nodes: who is where is the same on all of them, everybody was told it line by line, and has had each
// message once.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/look_alike.hpp"
#include "server/accounts/token.hpp"
#include "server/chat/logins.hpp"
#include "server/chat/room.hpp"
#include "server/chat/shared_directory.hpp"
#include "server/journal/shared/shared_journal.hpp"
#include "test/chat/house.hpp"
#include "test/journal/shared/fake_log.hpp"
#include "test/support/catch.hpp"
#include "test/support/dice.hpp"
#include "test/support/environment.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::chat {
namespace {

namespace event = protocol::event;
namespace request = protocol::request;
namespace shared = journal::shared;
using Names = std::set<std::string>;

/// What has gone wrong, for the one test that plays all of it.
struct Wrong : std::logic_error {
  using std::logic_error::logic_error;
};

/// Somebody, and what follows from the lines that have come.
class Somebody {
 public:
  Somebody(Hub& hub, const Format& format) : peer_(std::make_unique<Peer>(hub, format)) {}

  /// Asks, if the session takes it.
  void ask(request::Any body) {
    const auto ref = "r" + std::to_string(++asked_);
    if (peer_->ask(std::move(body), ref)) open_.insert(ref);
  }
  /// To be of that account, by a hello or a login.
  void ask_as(std::uint64_t account, request::Any body) {
    wanted_account_ = account;
    ask(std::move(body));
  }
  void listen() {
    for (; heard_ < peer_->events.size(); ++heard_) take(peer_->events[heard_]);
    for (auto& [key, room] : rooms_) room.is_new = false;
  }

  bool is_busy() const { return !open_.empty(); }
  bool is_welcome() const { return is_welcome_; }
  /// 0: a guest.
  std::uint64_t account() const { return account_; }
  bool is_gone() const { return is_gone_ || peer_->closed; }
  const std::string& name() const { return name_; }
  struct Room {
    Names members;
    std::uint64_t from = 0;  ///< messages behind that have come
    std::vector<std::uint64_t> seqs{};
    /// It has been answered in this turn: of those who came, spoke or went after the entry it may tell
    /// already.
    bool is_new = true;
  };
  const std::map<std::string, Room>& rooms() const { return rooms_; }
  /// What the last error said; empty: there was none since this was asked for.
  std::string failed() { return std::exchange(failed_, {}); }
  Peer& peer() { return *peer_; }

 private:
  void take(const protocol::Event& told) {
    if (!told.ref.empty() && open_.erase(told.ref) == 0) throw Wrong(told.ref + " is answered twice");
    std::visit([this](const auto& body) { take(body); }, told.body);
  }
  void take(const event::Welcome& welcome) {
    is_welcome_ = true;
    name_ = welcome.name;
    account_ = welcome.account ? wanted_account_ : 0;
    if (welcome.account != (account_ != 0)) throw Wrong(name_ + " has an account, and did not log in");
  }
  void take(const event::LoggedIn& in) {
    name_ = in.name;
    account_ = wanted_account_;
  }
  void take(const event::LoggedOut& out) {
    name_ = out.name;
    account_ = 0;
  }
  void take(const event::Bye& /*bye*/) { is_gone_ = true; }
  void take(const event::Failure& failure) { failed_ = failure.error.text; }
  void take(const event::Joined& joined) {
    auto& room = rooms_[joined.room];
    room.members = Names(joined.members.begin(), joined.members.end());
    room.from = joined.last;
    room.seqs.clear();
    room.is_new = true;
  }
  void take(const event::Left& left) { rooms_.erase(left.room); }
  void take(const event::Presence& presence) {
    const auto found = rooms_.find(presence.room);
    if (found == rooms_.end()) throw Wrong(name_ + " is told who is in a room where it is not");
    auto& [members, from, seqs, is_new] = found->second;
    for (const auto& departure : presence.left)
      if (members.erase(departure.name) == 0 && !is_new)
        throw Wrong(departure.name + " leaves, and was not there");
    for (const auto& each : presence.joined)
      if (!members.insert(each).second && !is_new && each != name_)
        throw Wrong(each + " comes, and was there");
    if (presence.count != members.size() && !is_new)
      throw Wrong("the count of " + presence.room + " is another");
  }
  void take(const event::Renamed& renamed) {
    if (renamed.old_name == name_) name_ = renamed.new_name;
    for (auto& [key, room] : rooms_)
      if (room.members.erase(renamed.old_name) > 0) room.members.insert(renamed.new_name);
  }
  void take(const protocol::MessagePtr& message) {
    if (message->room.empty()) return;
    const auto found = rooms_.find(message->room);
    if (found == rooms_.end()) throw Wrong(name_ + " hears a room where it is not");
    auto& seqs = found->second.seqs;
    if (!seqs.empty() && seqs.back() >= message->seq) throw Wrong("a message comes twice, or out of order");
    // An account may have taken another name on another node while this was on its way: see
    // server/README.md.
    // Whoever has logged out is in his rooms under another name when the log takes that.
    const bool is_known = found->second.members.contains(message->from) || !message->account.empty() ||
                          message->from.starts_with("guest-");
    if (!found->second.is_new && !is_known)
      throw Wrong(message->from + " speaks in " + message->room + ", and is not there for " + name_);
    seqs.push_back(message->seq);
  }
  void take(const auto& /*other*/) {}

  std::unique_ptr<Peer> peer_;
  std::size_t heard_ = 0;
  std::uint64_t asked_ = 0;
  std::set<std::string> open_;
  bool is_welcome_ = false;
  bool is_gone_ = false;
  std::string name_;
  std::string failed_;
  std::uint64_t account_ = 0;
  std::uint64_t wanted_account_ = 0;
  std::map<std::string, Room> rooms_;
};

class Nodes {
 public:
  explicit Nodes(std::uint64_t seed) : dice_(seed) {
    for (const auto* const id : {"a", "b", "c"}) {
      auto& node = nodes_.emplace_back(std::make_unique<Node>());
      node->id = id;
      start(*node);
      quiet();
    }
    begin_accounts();
    quiet();
  }

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      INFO("step " << step);
      auto& node = *nodes_[dice_.below(nodes_.size())];
      get_better(node);
      if (!node.house) continue;
      const auto what = dice_.below(100);
      if (what < 35) {
        somebody_does_something(node);
      } else if (what < 50) {
        turn(node);
      } else if (what < 58) {
        node.log->read(1 + dice_.below(3));
      } else if (what < 66) {
        decide(node);
      } else if (what < 92) {
        round(node);
      } else if (what < 94) {
        if (engine_.has_late()) engine_.arrive(dice_.below(engine_.late()));
      } else if (what < 95) {
        if (dice_.one_in(2)) node.log->cut(true);
      } else if (what < 96) {
        if (dice_.one_in(3)) lose_lease(node);
      } else if (what < 97) {
        if (dice_.one_in(3)) stop(node);
      } else {
        pass(std::chrono::milliseconds(dice_.below(2000)));
      }
      settle();
      listen();
    }
  }

  void finish() {
    for (auto& node : nodes_) {
      if (!node->house) start(*node);
      node->log->cut(false);
    }
    while (engine_.has_late()) engine_.arrive(0);
    quiet();
    pass(std::chrono::seconds{2});
    quiet();
    listen();
  }

  void judge() {
    std::map<std::string, Names> rooms;
    Names everybody;
    std::map<std::string, std::uint64_t> accounts;
    for (const auto* const room : {"tea", "den", "hall"}) rooms[room] = members(*nodes_[0], room);
    for (const auto& node : nodes_) {
      if (node->house->journal->service() != journal::Service::ready)
        throw Wrong(node->id + " is not in service");
      for (const auto* const room : {"tea", "den", "hall"})
        if (const auto there = roles(*node, room), here = roles(*nodes_[0], room); there != here)
          throw Wrong("in " + std::string(room) + " run it " + listed(here) + " for a, and for " + node->id +
                      " " + listed(there));
      for (const auto& [room, names] : rooms)
        if (const auto there = members(*node, room); there != names)
          throw Wrong("in " + room + " are " + listed(names) + " for a, and for " + node->id + " " +
                      listed(there));
      for (const auto& each : node->people) {
        if (each->is_busy()) throw Wrong(each->name() + " is not answered");
        if (!each->is_welcome()) continue;
        if (!everybody.insert(each->name()).second &&
            (each->account() == 0 || accounts[each->name()] != each->account()))
          throw Wrong("two are called " + each->name());
        accounts[each->name()] = each->account();
        for (const auto& [room, view] : each->rooms()) {
          if (view.members != rooms.at(room))
            throw Wrong(each->name() + " knows " + listed(view.members) + " in " + room + ", where are " +
                        listed(rooms.at(room)));
          if (!view.members.contains(each->name())) throw Wrong(each->name() + " is not in " + room);
          if (view.seqs != said_behind(*node, room, view.from))
            throw Wrong(each->name() + " has not had everything in " + room);
        }
      }
    }
    // Nobody is there who is gone.
    for (const auto& [room, names] : rooms) {
      for (const auto& name : names)
        if (!everybody.contains(name)) throw Wrong(name + " is in " + room + ", and is nobody");
    }
    for (const auto& node : nodes_)
      if (const auto names = names_of_all(*node); names != everybody)
        throw Wrong("for " + node->id + " here are " + listed(names) + ", and connected are " +
                    listed(everybody));
  }

  /// Whoever is left can come into a room, speak there, and is heard by all who are in it.
  void try_everybody() {
    const auto all_do = [this](const std::function<void(Somebody&)>& ask) {
      for (auto& node : nodes_) {
        for (auto& each : node->people) {
          if (!each->is_welcome()) continue;
          static_cast<void>(each->failed());
          ask(*each);
          quiet();
          listen();
          if (const auto why = each->failed(); !why.empty())
            throw Wrong(each->name() + " is left, and: " + why);
        }
      }
    };
    all_do(
        [](Somebody& each) { each.ask(request::Join{.room = "end", .since = {}, .replay = {}, .key = {}}); });
    std::size_t spoken = 0;
    all_do([&](Somebody& each) {
      ++spoken;
      each.ask(request::Say{.room = "end", .text = "here", .id = {}, .action = false});
    });
    for (auto& node : nodes_) {
      for (auto& each : node->people) {
        if (!each->is_welcome()) continue;
        const auto room = each->rooms().find("end");
        if (room == each->rooms().end() || room->second.seqs.size() != spoken)
          throw Wrong(each->name() + " has not heard all in the end");
        if (room->second.members != members(*node, "end"))
          throw Wrong(each->name() + " does not know who is left");
      }
    }
  }

  std::size_t said() const { return said_; }

  /// On one node somebody is forbidden to speak, and on another one he speaks at that moment: what was said
  /// to him in the end, and how many messages there are. `before`: what is asked for in the room by the one
  /// who forbids it.
  using Told = std::pair<std::string, std::size_t>;
  Told forbidden_while_speaking(const request::Any& forbid, const std::vector<request::Any>& before = {}) {
    auto& there = *nodes_[0];
    auto& here = *nodes_[1];
    auto& judge = come_to_tea(here, tokens_.front());
    auto& speaker = come_to_tea(there, {});
    for (const auto& each : before) {
      judge.ask(each);
      quiet();
      listen();
      if (const auto why = judge.failed(); !why.empty()) throw Wrong(why);
    }
    judge.ask(forbid);
    speaker.ask(request::Say{.room = "tea", .text = "late", .id = {}, .action = false});
    for (auto* node : {&here, &there}) {
      turn(*node);
      node->log->decide(shared::FakeLog::Fate::stored);
    }
    quiet();
    listen();
    if (judge.is_busy() || speaker.is_busy()) throw Wrong("somebody is not answered");
    return {std::string(to_string(speaker.peer().last<event::Failure>().error.code)),
            said_behind(*nodes_[2], "tea", 0).size()};
  }

 private:
  struct Node {
    std::string id;
    test::TemporaryDirectory directory;
    std::unique_ptr<House> house;
    shared::FakeLog* log = nullptr;
    std::vector<std::unique_ptr<Somebody>> people;
  };

  void start(Node& node) {
    journal::Settings settings{.engine = "sqlite", .sync = journal::Sync::off};
    settings.directory = node.directory.path().string();
    auto log = std::make_unique<shared::FakeLog>(engine_, nullptr);
    node.log = log.get();
    auto engine = std::make_unique<shared::SharedJournal>(
        settings, shared::ClusterSettings{.name = "test", .node = node.id},
        journal::Moment{.wall = clock_.now().wall, .steady = clock_.now().steady}, loop_, std::move(log));
    node.house = std::make_unique<House>(std::move(engine), std::make_unique<SharedDirectory>());
    node.house->clock.pass(clock_.now().wall - HandClock().now().wall);
    node.house->settings.messages_per_second = 0;
    node.house->settings.queries_per_second = 0;
    auto& registry = node.house->accounts;
    const auto fault =
        node.house->journal->load_accounts([&](const auto& record) { registry.book().apply(record); });
    if (fault) throw Wrong(fault->text);
    node.house->directory->begin(node.house->hub);
    auto* const house = node.house.get();
    house->journal->on_service([this, &node] { node_changed_.insert(&node); });
  }

  void stop(Node& node) {
    if (dice_.one_in(2)) {
      bool is_done = false;
      node.house->journal->stop(clock_.now().wall, [&] { is_done = true; });
      for (int i = 0; i < 30 && !is_done; ++i) {
        node.log->answer();
        node.log->decide(shared::FakeLog::Fate::stored);
        node.log->read(1000);
        node.house->hub.end_turn();
        settle();
      }
    }
    node_changed_.erase(&node);
    node.people.clear();
    node.house.reset();
    node.log = nullptr;
    settle();
  }

  void get_better(Node& node) {
    if (!node.house) {
      if (dice_.one_in(8)) start(node);
      return;
    }
    if (node.log->is_cut() && dice_.one_in(8)) node.log->cut(false);
    if (node.log->is_given_up() && dice_.one_in(4)) engine_.remove_node(node.id);
  }

  void lose_lease(Node& node) {
    if (dice_.one_in(2)) node.log->give_up();
    engine_.remove_node(node.id);
  }

  void pass(std::chrono::milliseconds time) {
    clock_.pass(time);
    for (auto& node : nodes_) {
      if (!node->house) continue;
      node->house->clock.pass(time);
      node->house->hub.tick();
    }
  }

  /// The end of a turn, and what the daemon does then.
  void turn(Node& node) {
    node.house->hub.end_turn();
    if (node_changed_.erase(&node) == 0) return;
    if (node.house->journal->service() == journal::Service::lost) throw Wrong(node.id + " is lost");
    if (node.house->journal->service() == journal::Service::away)
      node.house->hub.close_all({protocol::Code::shutting_down, "go to another one"});
  }

  void round(Node& node) {
    turn(node);
    node.log->answer();
    decide(node);
    node.log->read(dice_.below(8));
    settle();
    turn(node);
    settle();
    turn(node);
  }

  void decide(Node& node) {
    using Fate = shared::FakeLog::Fate;
    if (!node.log->is_appending()) return;
    if (node.log->is_cut()) return node.log->decide(dice_.one_in(2) ? Fate::unsent : Fate::lost);
    switch (dice_.below(12)) {
      case 0:
        return node.log->decide(Fate::stored_unknown);
      case 1:
        return node.log->decide(Fate::lost);
      case 2:
        return node.log->decide(Fate::late);
      case 3:
        return node.log->decide(dice_.one_in(4) ? Fate::refused : Fate::unsent);
      default:
        return node.log->decide(Fate::stored);
    }
  }

  void quiet() {
    for (int i = 0; i < 40; ++i) {
      pass(std::chrono::milliseconds{50});
      for (auto& node : nodes_) {
        if (!node->house) continue;
        if (node->log->is_given_up()) engine_.remove_node(node->id);
        node->log->answer();
        node->log->decide(shared::FakeLog::Fate::stored);
        node->log->read(1000);
        turn(*node);
        settle();
      }
    }
  }

  void settle() {
    loop_.restart();
    loop_.run();
  }

  void listen() {
    for (auto& node : nodes_) {
      for (auto& each : node->people) each->listen();
      std::erase_if(node->people, [](const auto& each) { return each->is_gone(); });
    }
  }

  // --- what people do

  static constexpr std::size_t account_count = 3;
  static constexpr std::size_t devices = 4;
  static journal::account::OwnedName owned(const std::string& shown) {
    const auto name = protocol::parse_name(shown).value();
    return {.shown = name.shown, .key = name.key, .look = protocol::skeleton(name)};
  }
  /// Of the first names some are accounts'.
  void begin_accounts() {
    auto& logins = nodes_[0]->house->hub.logins();
    for (std::size_t i = 0; i < account_count; ++i) {
      account_numbers_.push_back(0);
      for (std::size_t k = 0; k < devices; ++k)
        tokens_.push_back(std::string(hubbub::accounts::new_token().text()));
      const auto token = [this, i](std::size_t k) {
        return journal::account::Token{.hash = *hubbub::accounts::hash_token(tokens_[i * devices + k]),
                                       .label = "device"};
      };
      logins.append(journal::account::Begun{.name = owned("n" + std::to_string(i)), .device = token(0)},
                    [this, i, token](const auto& stored) {
                      if (!stored) throw Wrong("an account is not stored");
                      account_numbers_[i] = stored->number;
                      for (std::size_t k = 1; k < devices; ++k)
                        nodes_[0]->house->hub.logins().append(
                            journal::account::DeviceAdded{.account = stored->number, .token = token(k)},
                            [](const auto& /*stored*/) {});
                    });
    }
  }
  request::Hello hello() { return {.name = some_name(), .password = {}, .token = {}, .client = {}}; }
  void come_in(Somebody& somebody) {
    if (dice_.below(3) > 0) return somebody.ask_as(0, hello());
    const auto which = dice_.below(tokens_.size());
    auto asked = hello();
    if (dice_.below(3) > 0) asked.name.reset();
    asked.token = tokens_[which];
    somebody.ask_as(account_numbers_[which / devices], std::move(asked));
  }

  std::string some_room() {
    static const std::vector<std::string> names{"tea", "den", "hall"};
    return names[dice_.below(names.size())];
  }
  /// By that token, or as a guest.
  Somebody& come_to_tea(Node& node, const std::string& token) {
    auto& somebody =
        *node.people.emplace_back(std::make_unique<Somebody>(node.house->hub, node.house->format));
    request::Hello hello{.name = {}, .password = {}, .token = token, .client = {}};
    if (token.empty()) hello = {.name = "speaker", .password = {}, .token = {}, .client = {}};
    somebody.ask_as(token.empty() ? 0 : account_numbers_.front(), std::move(hello));
    quiet();
    somebody.ask(request::Join{.room = "tea", .since = {}, .replay = {}, .key = {}});
    quiet();
    return somebody;
  }
  std::string some_name() { return "n" + std::to_string(dice_.below(9)); }

  void somebody_does_something(Node& node) {
    if (node.people.size() < 4 && dice_.one_in(4)) {
      if (node.house->journal->service() == journal::Service::away) return;
      auto& somebody =
          *node.people.emplace_back(std::make_unique<Somebody>(node.house->hub, node.house->format));
      return come_in(somebody);
    }
    if (node.people.empty()) return;
    const auto which = dice_.below(node.people.size());
    auto& somebody = *node.people[which];
    if (dice_.one_in(20)) {
      node.people.erase(node.people.begin() + static_cast<std::ptrdiff_t>(which));
      return;
    }
    if (!somebody.is_welcome()) {
      if (!somebody.is_busy()) come_in(somebody);
      return;
    }
    const auto room = some_room();
    switch (dice_.below(9)) {
      case 8: {
        if (dice_.one_in(4) && somebody.account() != 0) return somebody.ask(request::Logout{});
        if (somebody.account() != 0 || somebody.is_busy()) return;
        const auto which = dice_.below(tokens_.size());
        return somebody.ask_as(
            account_numbers_[which / devices],
            request::Login{.account = {}, .password = {}, .token = tokens_[which], .device = {}});
      }
      case 0:
      case 1:
        if (!somebody.rooms().contains(room))
          somebody.ask(request::Join{.room = room, .since = {}, .replay = {}, .key = {}});
        return;
      case 2:
        if (dice_.one_in(2)) somebody.ask(request::Leave{.room = room});
        return;
      case 3:
        return somebody.ask(request::Rename{.name = some_name()});
      case 4:
        if (dice_.one_in(3)) somebody.ask(request::Tell{.to = some_name(), .text = "psst", .id = {}});
        return;
      default:
        ++said_;
        return somebody.ask(
            request::Say{.room = room, .text = "t" + std::to_string(said_), .id = {}, .action = false});
    }
  }

  // --- what there is

  static Names members(Node& node, const std::string& room) {
    const auto found = node.house->hub.rooms().find(room);
    if (!found) return {};
    const auto page = found->names({}, 100, nullptr);
    return {page.names.begin(), page.names.end()};
  }
  static std::string listed(const Names& names) {
    std::string all;
    for (const auto& name : names) all += (all.empty() ? "" : " ") + name;
    return all;
  }
  static Names roles(Node& node, const std::string& room) {
    Names roles;
    const auto found = node.house->hub.rooms().find(room);
    if (!found) return roles;
    // An account may have had its rank as a guest, on a node that has gone.
    for (const auto& each : found->names({}, 100, nullptr).roles)
      if (found->member(protocol::key_of(each.name))->account() == 0)
        roles.insert(each.name + "=" + each.role);
    return roles;
  }
  static Names names_of_all(Node& node) {
    Names names;
    node.house->directory->names(
        {}, 100, [&](const event::Members& page) { names = Names(page.names.begin(), page.names.end()); });
    return names;
  }
  std::vector<std::uint64_t> said_behind(Node& node, const std::string& room, std::uint64_t from) {
    std::vector<std::uint64_t> seqs;
    node.house->journal->read({.room = room, .after = from, .limit = 100'000}, [&](const auto& page) {
      for (const auto& message : page.value().messages) seqs.push_back(message->seq);
    });
    settle();
    return seqs;
  }

  test::Dice dice_;
  HandClock clock_;
  shared::FakeEngine engine_;
  boost::asio::io_context loop_{1};
  std::vector<std::unique_ptr<Node>> nodes_;
  std::set<Node*> node_changed_;
  std::size_t said_ = 0;
  std::vector<std::string> tokens_;  ///< of the accounts' devices, by account
  std::vector<std::uint64_t> account_numbers_;
};

}  // namespace

TEST_CASE("on several nodes all see the same people, and everybody hears everything once", "[random]") {
  const auto seed = test::number_from("HUBBUB_SEED", 1);
  const auto runs = test::number_from("HUBBUB_RUNS", 100) / 10 + 1;
  std::size_t said = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    CAPTURE(seed + run);
    Nodes nodes(seed + run);
    nodes.run(500);
    nodes.finish();
    nodes.judge();
    nodes.try_everybody();
    said += nodes.said();
  }
  CHECK(said > 10 * runs);
}

TEST_CASE("nobody speaks behind a ruling of another node") {
  const auto ban = [](const std::string& action) {
    return request::Ban{.room = "tea", .of = "speaker", .action = action, .for_ms = {}, .reason = {}};
  };
  const auto role = [](const std::string& word) {
    return request::Role{.room = "tea", .name = "speaker", .role = word};
  };
  using Told = Nodes::Told;
  CHECK(Nodes(1).forbidden_while_speaking(ban("ban")) == Told{"banned_here", 0});
  CHECK(Nodes(1).forbidden_while_speaking(ban("mute")) == Told{"muted", 0});
  CHECK(Nodes(1).forbidden_while_speaking(request::Kick{.room = "tea", .name = "speaker", .reason = {}}) ==
        Told{"banned_here", 0});
  CHECK(Nodes(1).forbidden_while_speaking(
            role("none"),
            {role("voice"), request::Room{.room = "tea", .set = protocol::RoomRules{.moderated = true}}}) ==
        Told{"moderated", 0});
}

}  // namespace hubbub::chat
