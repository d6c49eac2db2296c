// People who come and go, speak, are given roles, banned and muted, edit, delete and report, and programs
// that speak by webhooks, in random orders: with slow and failing commits, late reads, slow readers, clients
// that come back, and restarts on the same journal. Judged by the journal's order.
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "test/chat/court.hpp"
#include "test/chat/random/follower.hpp"
#include "test/chat/random/late_journal.hpp"
#include "test/support/catch.hpp"
#include "test/support/dice.hpp"
#include "test/support/environment.hpp"

namespace hubbub::chat {
namespace {

namespace event = protocol::event;
namespace request = protocol::request;
using protocol::Timestamp;
using random::Follower;
using random::LateJournal;

const std::vector<std::string> rooms{"tea", "garden"};
/// The first owns the rooms, the second is the server's marshal.
const std::vector<std::string> accounts{"anna", "marshal", "bob", "carol", "dora"};
constexpr std::size_t people = 8;

/// A hub on a journal that is there already.
struct Node {
  Node(const Settings& settings, const Clock& clock, journal::Journal& journal, accounts::Registry& registry)
      : hub(settings, clock, journal, directory, registry) {}

  LocalDirectory directory;
  Hub hub;
};

/// Somebody with a client, who comes and goes: an account's, or a guest, by whose name's first letters
/// everybody knows where he is from.
struct Somebody {
  std::string account;  ///< empty: a guest
  std::string name;     ///< of a guest
  std::string host;
  std::unique_ptr<Peer> peer{};
  Follower follower{};
  std::size_t heard = 0;
};

/// What holds at a place of the journal's order: kept by the test alone.
struct Law {
  std::map<std::uint64_t, Ban> bans;
  std::map<std::uint64_t, Rank> roles;
  std::uint64_t owner = 0;
  bool is_moderated = false;
  std::set<std::string> hooks;  ///< their attributes

  void apply(const journal::StateRecord& record) {
    const std::string_view what = record.attribute;
    if (what.starts_with("ban/")) {
      const auto id = number_in_attribute(what);
      bans.erase(id);
      if (const auto ban = Ban::from(record)) bans.emplace(id, *ban);
    } else if (what.starts_with("role/")) {
      roles[journal::author_of(what.substr(5))] = rank_of_word(record.value);
    } else if (what == "owner") {
      owner = journal::author_of(record.value);
    } else if (what == "rule/moderated") {
      is_moderated = !record.value.empty();
    } else if (what.starts_with("hook/")) {
      record.value.empty() ? hooks.erase(record.attribute) != 0 : hooks.insert(record.attribute).second;
    }
  }
  Rank rank(std::uint64_t account) const {
    if (account != 0 && account == owner) return Rank::owner;
    const auto found = roles.find(account);
    return found == roles.end() ? Rank::anyone : found->second;
  }
  bool holds(Ban::Action action, const Subject& subject, Timestamp now) const {
    bool is_about = false;
    for (const auto& [id, ban] : bans) {
      if (ban.is_over(now) || !ban.mask.matches(subject)) continue;
      if (ban.action == Ban::Action::except) return false;
      is_about = is_about || ban.action == action;
    }
    return is_about;
  }
};

class Play {
 public:
  explicit Play(std::uint32_t seed) : dice_(seed) {
    ops::log::configure({.level = ops::log::Level::error});
    settings_.raid_joins = 0;
    settings_.messages_burst = 0;
    settings_.queries_burst = 0;
    settings_.messages_burst_per_address = 0;
    begin();
    for (const auto& name : accounts) make_account(name);
    for (std::size_t i = 0; i < people; ++i) {
      if (i < accounts.size()) {
        everybody_.push_back({.account = accounts[i], .name = {}, .host = host_of(i)});
      } else {
        everybody_.push_back({.account = {}, .name = guest_name(i, 0), .host = host_of(i)});
      }
    }
    // Anna comes first, and owns the rooms; all are there at first.
    for (auto& each : everybody_) {
      connect(each);
      rest();
      for (const auto& room : rooms) {
        join(each, room);
        rest();
      }
    }
    for (const auto& room : rooms) hook(room);
  }

  void step() {
    auto& who = everybody_[dice_.below(everybody_.size())];
    switch (dice_.below(32)) {
      case 0:
        return connect(who);
      case 1:
        return hang_up(who);
      case 2:
      case 3:
        return join(who, any_room());
      case 4:
        return ask(who, request::Leave{any_room()});
      case 5:
      case 6:
      case 7:
      case 8:
      case 9:
        return ask(who, Court::say_of(any_room(), "text " + std::to_string(++texts_)));
      case 10:
        return edit(who);
      case 11:
        return remove(who);
      case 12:
      case 13:
        return rule(who);
      case 14:
        return unban(who);
      case 15:
        return change_person(who);
      case 16:
        return pass();
      case 17:
      case 18:
        if (who.peer) who.peer->full = !who.peer->full;
        return;
      case 19:
      case 20:
      case 21:
        return drain(who);
      case 22:
      case 23:
        return journal_.finish_read(dice_.one_in(20));
      case 24:
      case 25:
      case 26:
        return journal_.finish_batch(dice_.one_in(15));
      case 27:
        if (dice_.one_in(10)) restart();
        return;
      case 28:
        return post(any_room());
      case 29:
        return ask(who, request::Report{.room = any_room(), .seq = {}, .text = "rude"});
      default:
        return turn();
    }
  }

  /// Everything comes to rest; then all have what is due to them.
  void judge() {
    for (auto& each : everybody_)
      if (each.peer) each.peer->full = false;
    rest();
    for (const auto& room : rooms) messages_[room] = journal_.messages(room);
    for (const auto& each : everybody_) judge(each);
    judge_order();
    judge_lists();
  }

 private:
  static std::string host_of(std::size_t i) { return "192.0.2." + std::to_string(i + 1); }
  static std::string guest_name(std::size_t i, int generation) {
    return "g" + std::to_string(i) + (generation == 0 ? "" : "-" + std::to_string(generation));
  }
  const std::string& any_room() { return rooms[dice_.below(rooms.size())]; }

  void begin() { node_ = std::make_unique<Node>(settings_, clock_, journal_, registry_); }
  void make_account(const std::string& name) {
    const auto token = accounts::new_token();
    tokens_[name] = token.text();
    node_->hub.logins().append(
        journal::account::Begun{
            .name = accounts::owned(protocol::parse_name(name).value()),
            .password = {},
            .role = name == "marshal" ? journal::ServerRole::moderator : journal::ServerRole::none,
            .device = journal::account::Token{.hash = *accounts::hash_token(token.text()), .label = {}}},
        [](const auto&) {});
    rest();
    numbers_[name] = registry_.book().find(protocol::parse_name(name).value())->number;
  }

  // --- what happens besides

  void turn() {
    loop_.restart();
    loop_.poll();
    node_->hub.end_turn();
    for (auto& each : everybody_) listen(each);
  }
  void listen(Somebody& who) {
    if (!who.peer) return;
    for (; who.heard < who.peer->events.size(); ++who.heard) {
      const auto& heard = who.peer->events[who.heard];
      if (const auto* report = std::get_if<event::Report>(&heard.body))
        require(report->report.of != who.account, who.account + " is told who complains of him");
      who.follower.take(heard);
    }
  }
  static void drain(Somebody& who) {
    if (!who.peer || who.peer->full || !std::exchange(who.peer->wants_drained, false)) return;
    if (!who.peer->session().is_closed()) who.peer->session().go_on();
  }
  bool is_draining() const {
    return std::any_of(everybody_.begin(), everybody_.end(), [](const auto& each) {
      return each.peer && !each.peer->full && each.peer->wants_drained && !each.peer->session().is_closed();
    });
  }
  void rest() {
    turn();
    for (int i = 0; i < 1000; ++i) {
      if (!journal_.is_busy() && !is_draining()) break;
      journal_.finish_batch(false);
      turn();
      journal_.finish_read(false);
      for (auto& each : everybody_) drain(each);
    }
    turn();
    node_->hub.tick();  // reads that have failed are tried again, and what is over ends
    for (int i = 0; i < 1000 && (journal_.is_busy() || is_draining()); ++i) {
      journal_.finish_batch(false);
      turn();
      journal_.finish_read(false);
      for (auto& each : everybody_) drain(each);
    }
    turn();
    require(!journal_.is_busy(), "it does not come to rest");
  }
  void pass() {
    clock_.pass(std::chrono::seconds{1 + static_cast<int>(dice_.below(20))});
    node_->hub.tick();
  }
  /// A new hub on the same journal. What was under way is stored or not.
  void restart() {
    for (auto& each : everybody_) hang_up(each);
    const bool is_lost = dice_.one_in(2);
    for (int i = 0; i < 1000 && journal_.is_busy(); ++i) {
      journal_.finish_batch(is_lost);
      node_->hub.end_turn();
      journal_.finish_read(is_lost);
    }
    node_.reset();
    begin();
    for (auto& each : everybody_) {
      if (dice_.one_in(4)) continue;
      connect(each);
      rest();
      for (const auto& room : rooms) join(each, room, true);
      rest();
    }
  }

  // --- what programs do

  /// Anna makes a webhook in that room, if she is there and may.
  void hook(const std::string& room) {
    auto& anna = everybody_[0];
    const auto before = anna.peer ? anna.peer->events.size() : 0;
    ask(anna, request::Webhook{.room = room, .name = "hook"});
    rest();
    if (!anna.peer) return;
    for (auto i = before; i < anna.peer->events.size(); ++i)
      if (const auto* made = std::get_if<event::Webhook>(&anna.peer->events[i].body))
        hooks_[made->webhook.room] = {.token = made->token, .id = made->webhook.id};
  }
  /// It speaks, is taken back, or there is another one.
  void post(const std::string& room) {
    const auto found = hooks_.find(room);
    if (found == hooks_.end()) return hook(room);
    if (dice_.one_in(8)) {
      ask(everybody_[0], request::RevokeWebhook{.id = found->second.id});
      if (dice_.one_in(2)) return;
    }
    const auto text = "post " + std::to_string(++texts_);
    node_->hub.webhooks().post(found->second.token, text, [this, room, text](const auto& refused) {
      if (!refused) posted_.emplace_back(room, text);
      if (refused && refused->error.code == protocol::Code::login_failed) hooks_.erase(room);
    });
  }

  // --- what people do

  void ask(Somebody& who, request::Any body) {
    if (!who.peer || who.peer->session().is_closed() || !who.peer->session().is_welcome()) return;
    // What is refused for now is not asked again.
    who.peer->ask(std::move(body), "r");
  }
  void connect(Somebody& who) {
    if (who.peer && (who.peer->session().is_closed() || !who.peer->session().is_welcome())) hang_up(who);
    if (who.peer) return;
    who.peer = std::make_unique<Peer>(node_->hub, format_);
    who.peer->host = who.host;
    who.heard = 0;
    auto asked = hello(who.account.empty() ? who.name : who.account);
    if (!who.account.empty()) asked.token = tokens_.at(who.account);
    who.peer->ask(std::move(asked), "r");
  }
  void hang_up(Somebody& who) {
    listen(who);
    who.peer.reset();
    who.follower.cut();
  }
  void join(Somebody& who, const std::string& room, bool comes_back = false) {
    if (!who.peer || who.peer->session().is_closed() || !who.peer->session().is_welcome()) return;
    if (who.peer->session().stays().has(room)) return;
    listen(who);
    auto asked = Court::join_of(room);
    const auto last = who.follower.last(room);
    const bool goes_on = last != 0 && (comes_back || !dice_.one_in(3));
    if (goes_on) asked.since = last;
    if (!goes_on && dice_.one_in(2)) asked.replay = dice_.below(4);
    if (who.peer->ask(std::move(asked), "r")) who.follower.joins(room, goes_on);
  }
  /// A message of which the client knows.
  std::uint64_t any_message(const Somebody& who, const std::string& room) {
    const auto found = who.follower.places().find(room);
    if (found == who.follower.places().end() || found->second.texts.empty()) return 1;
    auto at = found->second.texts.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(dice_.below(found->second.texts.size())));
    return at->first;
  }
  void edit(Somebody& who) {
    const auto& room = any_room();
    const auto seq = dice_.one_in(2) ? std::nullopt : std::optional(any_message(who, room));
    ask(who, request::Edit{.room = room, .with = {}, .seq = seq, .text = "edit " + std::to_string(++texts_)});
  }
  void remove(Somebody& who) {
    const auto& room = any_room();
    const auto seq = dice_.one_in(3) ? std::nullopt : std::optional(any_message(who, room));
    ask(who, request::Delete{.room = room, .with = {}, .seq = seq, .reason = {}});
  }
  /// Everybody tries; only some may.
  void rule(Somebody& asker) {
    auto& who = dice_.one_in(2) ? everybody_[dice_.below(2)] : asker;
    const auto& whom = everybody_[dice_.below(everybody_.size())];
    const auto& name = whom.follower.name();
    if (name.empty()) return;
    const auto& room = any_room();
    switch (dice_.below(8)) {
      case 0:
        return ask(who, request::Kick{.room = room, .name = name, .reason = {}});
      case 1:
        if (whom.account.empty()) return;
        {
          static const std::vector<std::string> roles{"moderator", "voice", "none"};
          return ask(who, request::Role{.room = room, .name = whom.account, .role = roles[dice_.below(3)]});
        }
      case 2:
        return ask(who, Court::rules_of(room, {.moderated = dice_.one_in(3)}));
      case 3:
        if (!dice_.one_in(4)) return;
        return ask(who, request::Lockdown{.level = dice_.below(2), .for_ms = 20'000, .reason = {}});
      default: {
        static const std::vector<std::string> actions{"ban", "mute", "mute", "except"};
        request::Ban asked{
            .room = room,
            .of = dice_.one_in(5) ? "name:g" + std::to_string(dice_.below(people)) + "*" : name,
            .action = actions[dice_.below(actions.size())],
            .for_ms = {},
            .reason = {}};
        if (dice_.one_in(8) && &who == &everybody_[1]) asked.room.reset();
        if (!dice_.one_in(3)) asked.for_ms = 1000 * (1 + dice_.below(60));
        asked.keep = dice_.one_in(5);
        return ask(who, std::move(asked));
      }
    }
  }
  void unban(Somebody& asker) {
    auto& who = dice_.one_in(2) ? everybody_[dice_.below(2)] : asker;
    std::vector<std::uint64_t> ids;
    journal_.each_state([&](const std::string&, const journal::RoomState& state) {
      for (const auto& record : state.all(attribute::ban))
        ids.push_back(number_in_attribute(record.attribute));
    });
    if (!ids.empty()) ask(who, request::Unban{ids[dice_.below(ids.size())]});
  }
  void change_person(Somebody& who) {
    if (!who.account.empty() || !who.peer) return;
    const auto i = static_cast<std::size_t>(&who - everybody_.data());
    if (dice_.one_in(2)) return ask(who, request::Rename{guest_name(i, ++generation_)});
    const bool is_guest = who.peer->session().is_guest();
    if (is_guest) return ask(who, token_login(tokens_.at(accounts[2 + dice_.below(3)])));
    // A token ends with a logout: it is taken in another way.
    hang_up(who);
  }

  // --- what must have come of it

  static void require(bool holds, const std::string& why) {
    if (!holds) throw std::runtime_error(why);
  }
  void judge(const Somebody& who) const {
    if (!who.peer) return;
    const auto told = who.account + who.name + ": ";
    const bool is_open = !who.peer->session().is_closed();
    require(is_open == !who.follower.has_ended(), told + "is open, or not, and was told something else");
    for (const auto& [room, place] : who.follower.places()) {
      require(!is_open || place.is_in == who.peer->session().stays().has(room),
              told + "is in " + room + ", or not, and was told something else");
      std::map<std::uint64_t, std::string> all;
      for (const auto& message : messages_.at(room)) {
        if (message->seq > place.base && ((place.is_in && is_open) || message->seq <= place.last))
          all[message->seq] = message->is_deleted() ? std::string() : message->text;
      }
      // Nothing is missing; and who is still there has everything as it is now.
      std::vector<std::uint64_t> due;
      std::vector<std::uint64_t> had;
      for (const auto& [seq, text] : all) due.push_back(seq);
      for (const auto& [seq, text] : place.texts) had.push_back(seq);
      require(had == due, told + "misses something of " + room);
      require(!place.is_in || !is_open || place.texts == all,
              told + "has something of " + room + " as it is not");
    }
  }
  /// Of whom a message is, as masks see him.
  struct Author {
    std::string name;
    std::string host;  ///< in the room
    std::string host_on_server;
    std::uint64_t account;
    Subject subject() const { return {.name = name, .account = account, .host = host}; }
    Subject on_server() const { return {.name = name, .account = account, .host = host_on_server}; }
  };
  Author author_of(const std::string& from, std::uint64_t account, const std::string& room) {
    Author author{.name = protocol::key_of(from), .host = {}, .host_on_server = {}, .account = account};
    // Whoever is logged in may be so from several places; a guest called guest-N has given way.
    if (account == 0 && from.size() > 1 && from[1] >= '0' && from[1] <= '9') {
      const auto address = host_of(static_cast<std::size_t>(from[1] - '0'));
      author.host = node_->hub.moderation().host_of(address, room);
      author.host_on_server = node_->hub.moderation().host_of(address, journal::server_key);
    }
    return author;
  }

  /// Goes through all that was stored: nothing was, behind what forbids it.
  void judge_order() {
    std::map<std::string, Law> laws;
    std::map<std::string, std::set<std::uint64_t>> moderators;  // all that there were
    std::map<std::string, std::set<std::string>> guests;        // who were made moderators
    std::map<std::uint64_t, protocol::MessagePtr> said;
    std::set<std::string> texts;  // of webhooks
    std::optional<Packed> lockdown;
    const auto marshal = numbers_.at("marshal");
    for (const auto& each : journal_.log()) {
      auto& law = laws[each.room];
      // A guest may be given the role for as long as he is there, whatever he is called by then: "g7",
      // "g7-1".
      if (each.audit && each.audit->action == "role" && each.audit->after == "moderator")
        guests[each.room].insert(each.audit->whom.substr(0, 2));
      const auto& server = laws[std::string(journal::server_key)];
      if (each.state) {
        law.apply(*each.state);
        for (const auto& [account, rank] : law.roles)
          if (rank >= Rank::moderator) moderators[each.room].insert(account);
        if (each.state->attribute == "lockdown")
          lockdown = each.state->value.empty() ? std::nullopt : std::optional(Packed(each.state->value));
      } else if (each.message) {
        const auto& message = *each.message;
        said[message.seq] = each.message;
        if (message.kind == protocol::MessageKind::notice) {
          require(!law.hooks.empty(), each.room + ' ' + std::to_string(message.seq) + " by no webhook");
          texts.insert(each.room + ' ' + message.text);
          continue;
        }
        const auto author = author_of(message.from, message.author, each.room);
        if (message.author == marshal) continue;
        const auto what = each.room + ' ' + std::to_string(message.seq) + " by " + message.from + ' ';
        const bool is_protected = law.rank(message.author) >= Rank::moderator;
        require(is_protected || !law.holds(Ban::Action::mute, author.subject(), message.time),
                what + "muted");
        require(is_protected || !law.holds(Ban::Action::ban, author.subject(), message.time) ||
                    may_stay(law, moderators[each.room], author.subject()),
                what + "banned");
        require(!server.holds(Ban::Action::mute, author.on_server(), message.time),
                what + "muted by the server");
        require(!law.is_moderated || law.rank(message.author) >= Rank::voice, what + "moderated");
        const bool is_locked =
            lockdown && lockdown->get("level") != "0" && message.time < lockdown->time("until").value();
        require(!is_locked || message.author != 0, what + "locked");
      } else if (each.change) {
        for (const auto seq : each.change->seqs) {
          const auto what = each.room + " change " + std::to_string(each.change->number) + " of " +
                            std::to_string(seq) + " by " + each.change->by + ' ';
          require(said.contains(seq), what + "of nothing");
          const auto& message = *said.at(seq);
          const auto* const by = account_named(each.change->by);
          const auto number = by == nullptr ? 0 : *by;
          // An account may bear another name by then, and the record has the name alone.
          const bool may_be_renamed = number == 0 && message.author != 0;
          const bool is_own =
              may_be_renamed || (number != 0 ? message.author == number : message.from == each.change->by);
          const bool is_edit = each.change->what == protocol::Change::What::edited;
          const bool is_judge = number == marshal || law.rank(number) >= Rank::moderator ||
                                (number == 0 && guests[each.room].contains(each.change->by.substr(0, 2)));
          require(is_own || (!is_edit && is_judge), what + "is not his to change");
          if (!is_edit || number == marshal) continue;
          const auto author = author_of(each.change->by, number, each.room);
          const bool is_protected = law.rank(number) >= Rank::moderator;
          require(is_protected || !law.holds(Ban::Action::mute, author.subject(), each.change->at),
                  what + "muted");
        }
      }
    }
    for (const auto& [room, text] : posted_)
      require(texts.contains(room + ' ' + text), "what a webhook was told to be said in " + room + " is not");
    // Whoever is banned now is not there, unless he may stay.
    for (const auto& who : everybody_) {
      if (!who.peer || who.peer->session().is_closed()) continue;
      auto& session = who.peer->session();
      for (const auto& stay : session.stays().all()) {
        const auto host = node_->hub.moderation().host(session, stay.room->key());
        const auto subject = Moderation::subject_of(session, host);
        const auto& law = laws[stay.room->key()];
        if (subject.account == marshal || law.rank(subject.account) >= Rank::moderator) continue;
        if (!law.holds(Ban::Action::ban, subject, clock_.now().wall)) continue;
        const auto& room = stay.room->key();
        require(may_stay(law, moderators[room], subject),
                who.account + who.name + " is banned from " + room + ", and there");
      }
    }
    laws_ = std::move(laws);
  }
  /// Whether he may have been in the room when he was banned: because that keeps him, or he was a moderator
  /// then.
  static bool may_stay(const Law& law, const std::set<std::uint64_t>& moderators, const Subject& subject) {
    const auto is_about = [&](const Mask& mask) { return mask.matches(subject); };
    return moderators.contains(subject.account) ||
           std::any_of(law.bans.begin(), law.bans.end(),
                       [&](const auto& each) { return each.second.keeps && is_about(each.second.mask); });
  }
  const std::uint64_t* account_named(const std::string& name) const {
    const auto found = numbers_.find(name);
    return found == numbers_.end() ? nullptr : &found->second;
  }
  /// What the server tells of bans and roles is what the order of records makes of them.
  void judge_lists() {
    auto& anna = everybody_[0];
    if (!anna.peer || anna.peer->session().is_closed()) return;
    for (const auto& room : rooms) {
      require(anna.peer->ask(request::Bans{.room = room}, "r"), "no question is taken");
      rest();
      std::set<std::uint64_t> told;
      for (const auto& ban : anna.peer->last<event::Bans>().bans) told.insert(ban.id);
      std::set<std::uint64_t> due;
      for (const auto& [id, ban] : laws_[room].bans) due.insert(id);
      require(told == due, "the list of bans in " + room);
      const auto* const ruling =
          node_->hub.rooms().find(room) ? node_->hub.rooms().find(room)->ruling() : nullptr;
      if (ruling == nullptr) continue;
      for (const auto& [name, number] : numbers_)
        require(ruling->rank_of(number) == laws_[room].rank(number), name + "'s rank in " + room);
    }
  }

  test::Dice dice_;
  Settings settings_;
  HandClock clock_;
  CountingFormat format_;
  boost::asio::io_context loop_{1};
  accounts::Settings account_settings_{.hash_memory = 8192, .hash_passes = 1};
  accounts::Registry registry_{account_settings_, std::make_unique<ops::Worker>(loop_)};
  LateJournal journal_;
  std::unique_ptr<Node> node_;
  std::map<std::string, std::string> tokens_;
  std::map<std::string, std::uint64_t> numbers_;
  std::vector<Somebody> everybody_;
  std::map<std::string, std::vector<protocol::MessagePtr>> messages_;
  std::map<std::string, Law> laws_;
  struct Hook {
    std::string token;
    std::uint64_t id = 0;
  };
  std::map<std::string, Hook> hooks_;                        ///< by their rooms
  std::vector<std::pair<std::string, std::string>> posted_;  ///< rooms and texts that are said to be stored
  int texts_ = 0;
  int generation_ = 0;
};

}  // namespace

// HUBBUB_SEED and HUBBUB_RUNS choose the seeds: HUBBUB_RUNS=10000 test_chat "[random]"
TEST_CASE("whoever rules over whom in whatever order, all have the same, and nobody what is forbidden",
          "[random]") {
  const auto first = test::number_from("HUBBUB_SEED", 1);
  const auto runs = test::number_from("HUBBUB_RUNS", 300);
  for (auto seed = first; seed < first + runs; ++seed) {
    try {
      Play play(seed);
      for (int i = 0; i < 250; ++i) play.step();
      play.judge();
    } catch (const std::runtime_error& why) {
      FAIL("seed " << seed << ": " << why.what());
    }
  }
}

}  // namespace hubbub::chat
