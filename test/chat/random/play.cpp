#include "test/chat/random/play.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "server/chat/room.hpp"
#include "test/chat/late_directory.hpp"

namespace hubbub::chat::random {
namespace {

namespace request = protocol::request;
using What = Step::What;

constexpr std::size_t people = 5;
constexpr std::array<const char*, 3> rooms{"lobby", "dev", "чай"};
/// Names that more than one would have.
constexpr std::array<const char*, 4> wanted{"q0", "Q0", "q1", "q2"};
/// Names that are not for accounts in these plays: each client's first one.
bool is_for_accounts(const std::string& name) { return name.starts_with('q') || name.starts_with('Q'); }
constexpr std::array<const char*, 3> owned{"q0", "q1", "q2"};
constexpr std::array<const char*, 19> words{"ask",        "handle",       "end_turn",  "posted",
                                            "batch_done", "batch_failed", "read_done", "read_failed",
                                            "pause",      "take",         "resume",    "directory_answers",
                                            "tick",       "hash",         "reload",    "connect",
                                            "hang_up",    "give_up",      "stop"};

journal::Settings history(std::uint32_t seed) {
  journal::Settings settings;
  settings.keep_messages = seed % 3 == 0 ? 6 : 0;  // some plays have retention
  return settings;
}

class Stage {
 public:
  explicit Stage(std::uint32_t seed)
      : engine_(history(seed)),
        hub_(settings_, clock_, engine_, directory_, accounts_),
        random_(seed),
        has_accounts_(seed % 2 == 0),
        has_conversations_(seed % 4 == 0),
        minutes_(has_accounts_ ? 3 : 0) {
    ops::log::configure({.level = ops::log::Level::error});
    settings_.messages_burst = 0;
    settings_.queries_burst = 0;
    settings_.presence_members = seed % 2 == 0 ? 3 : 100;
    settings_.replay = seed % 5;
    for (std::size_t i = 0; i < people; ++i) enter();
    if (has_conversations_) log_all_in();
  }

  void step(const Step& step);
  void carry_out(const Step& step);
  /// Lets every client read, and every pending answer come.
  void rest();
  void judge();
  void judge_private();
  void judge_names();
  /// When all claims of names are over: nobody bears a name that is an account's of somebody else.
  void judge_owners();
  /// Disconnects every client; checks that no name stays taken.
  void end();

 private:
  void enter();
  void log_all_in();
  void ask(Client& client, std::uint32_t value);
  void ask_of_accounts(Client& client, std::uint32_t kind, std::uint32_t more);
  void ask_of_conversations(Client& client, std::uint32_t kind, std::uint32_t more);
  void note_accounts();
  void judge_markers();
  void do_hashes();
  void flush();
  std::string some_room(std::uint32_t value) const { return rooms.at(value % rooms.size()); }
  RosterSeen members(const std::string& room);

  Settings settings_;
  HandClock clock_;
  CountingFormat format_;
  Engine engine_;
  LateDirectory directory_;
  boost::asio::io_context loop_{1};
  accounts::Settings account_settings_{.hash_memory = 8192, .hash_passes = 1};  // cheap hashes
  accounts::Registry accounts_{account_settings_, std::make_unique<ops::Worker>(loop_)};
  Hub hub_;
  std::mt19937 random_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::size_t entered_ = 0;
  std::uint32_t said_ = 0;
  const bool has_accounts_;
  const bool has_conversations_;  ///< most are logged in from the beginning, and say much in private
  int minutes_ = 0;               ///< that may pass yet: not so many that ids are forgotten
  bool stopped_ = false;
};

void Stage::enter() {
  const auto name = "p" + std::to_string(entered_++);
  clients_.push_back(std::make_unique<Client>(hub_, format_, engine_, name));
  auto& client = *clients_.back();
  client.ask(request::Hello{.version = 1, .name = name, .password = {}, .token = {}, .client = {}});
  client.ask(request::Join{.room = "lobby", .since = {}, .replay = {}, .key = {}});
  client.handle(2);
}

/// To three accounts, of which two are here twice.
void Stage::log_all_in() {
  rest();
  for (std::size_t i = 0; i < people; ++i) {
    const std::string name = owned.at(i % owned.size());
    auto& client = *clients_.at(i);
    if (i < owned.size()) {
      client.ask(request::Rename{name});
      client.ask(request::Register{.password = "the same word", .invite = {}, .device = {}, .once = i == 0});
    } else {
      client.ask(request::Login{.account = name, .password = "the same word", .token = {}, .device = {}});
    }
    rest();
  }
}

/// Texts differ by a number; some are long, so that queues fill.
void Stage::ask(Client& client, std::uint32_t value) {
  const auto kinds = has_conversations_ ? 86U : has_accounts_ ? 46U : 24U;
  const auto kind = value % kinds;
  const auto more = value / kinds;
  if (kind >= 24) return ask_of_accounts(client, kind - 24, more);
  const auto room = some_room(more);
  auto text = client.name() + " says " + std::to_string(++said_);
  if (more % 2 == 0) text += ' ' + std::string(more % 500, 'x');
  if (kind < 10) {
    // Some ids are repeated, with the same text.
    const auto id = more % 5 == 0 ? 0 : said_;
    client.ask(request::Say{.room = room,
                            .text = id == 0 ? client.name() + " again" : text,
                            .id = client.name() + '#' + std::to_string(id),
                            .action = false});
  } else if (kind < 11) {
    client.ask(request::Say{.room = room, .text = "", .id = {}, .action = false});
  } else if (kind < 14) {
    const auto& to = *clients_.at(more % clients_.size());
    // Some tells have an id, and some of these are repeated.
    std::optional<std::string> id;
    if (more % 3 > 0) id = "tell-" + std::to_string(more % 3 == 1 ? said_ : 0);
    client.ask(request::Tell{
        .to = to.name(), .text = more % 3 == 2 ? client.name() + " tells again" : text, .id = id});
  } else if (kind < 15) {
    client.ask(request::Topic{.room = room, .text = text.substr(0, 200)});
  } else if (kind < 18) {
    const auto& log = engine_.log(room);
    std::optional<std::uint64_t> since;
    if (more % 2 == 0 && !log.empty()) since = log.at(more % log.size()).seq;
    std::optional<std::string> epoch;
    if (since && more % 6 < 4) epoch = more % 6 == 0 ? "another" : std::string(engine_.epoch());
    client.ask(request::Join{.room = room, .since = since, .epoch = epoch, .replay = {}, .key = {}});
  } else if (kind < 19) {
    client.ask(request::Leave{room});
  } else if (kind < 20) {
    client.ask(
        request::History{.room = room, .before = {}, .after = {}, .limit = more % 9 + 1, .search = {}});
  } else if (kind < 21) {
    client.ask(request::History{
        .room = room, .before = {}, .after = {}, .limit = 5, .search = std::to_string(more % 30)});
  } else if (kind < 22) {
    client.ask(request::Who{.room = more % 4 == 0 ? std::string() : room, .after = {}});
  } else if (kind < 23) {
    auto name = client.name();
    if (more % 2 == 0) name[0] = 'P';
    if (more % 3 == 0) name += "-x";
    // A name that an account may bear is one of several clients'.
    if (more % 3 == 1 || has_accounts_) name = wanted.at(more % wanted.size());
    client.ask(request::Rename{name});
  } else {
    client.ask(request::Ping{});
  }
}

void Stage::ask_of_accounts(Client& client, std::uint32_t kind, std::uint32_t more) {
  const std::string password = more % 8 == 0 ? "not the word" : "the same word";
  const std::string name = owned.at(more % owned.size());
  if (kind < 3) {
    if (!is_for_accounts(client.session().name().shown)) return;
    client.ask(
        request::Register{.password = "the same word", .invite = {}, .device = {}, .once = more % 2 == 0});
  } else if (kind < 8) {
    client.ask(request::Login{
        .account = name, .password = password, .token = {}, .device = {}, .once = more % 3 == 0});
  } else if (kind < 9) {
    client.ask(request::Logout{});
  } else if (kind < 10) {
    client.ask(request::Devices{});
  } else if (kind < 11) {
    client.ask(request::Password{.before = password, .after = "the same word"});
  } else if (kind < 12) {
    client.ask(request::Revoke{.id = {}, .others = true});
  } else {
    ask_of_conversations(client, (kind - 12) % 10, more);
  }
}

void Stage::ask_of_conversations(Client& client, std::uint32_t kind, std::uint32_t more) {
  const std::string name = owned.at(more % owned.size());
  ++said_;
  if (kind < 5) {
    // Some have an id, and some of these are sent again.
    std::optional<std::string> id;
    if (more % 7 > 2) id = client.name() + "-" + std::to_string(more % 7 > 4 ? said_ : 0);
    const bool is_again = id && more % 7 <= 4;
    auto text = client.name() + (is_again ? " to " + name + " again" : " to all " + std::to_string(said_));
    if (more % 3 == 0 && !is_again) text += ' ' + std::string(more % 400, 'y');
    client.ask(request::Tell{.to = name, .text = text, .id = id});
  } else if (kind < 6) {
    client.ask(request::Conversations{});
  } else if (kind < 7) {
    request::History history{.room = {}, .before = {}, .after = {}, .limit = more % 9 + 1, .search = {}};
    history.with = name;
    client.ask(std::move(history));
  } else if (kind < 9) {
    const auto room = some_room(more);
    const auto last = engine_.last();
    const auto seq = more % 4 == 0 ? last + 5 : last - std::min<std::uint64_t>(last, more % 40);
    more % 3 == 0 ? client.ask(request::Read{.room = room, .with = {}, .seq = seq})
                  : client.ask(request::Read{.room = {}, .with = name, .seq = seq});
  } else {
    client.ask(request::Typing{.room = {}, .with = name, .state = "active"});
  }
}

/// Tells each judge of which account its client is now; also of one that was closed in the turn of its login.
void Stage::note_accounts() {
  for (const auto& client : clients_) {
    if (!client->has_session()) continue;
    const auto account = client->session().person().account();
    if (account != client->judge().account()) client->judge().is_of(account, engine_.last());
  }
}

/// What a client was told that it has read is so.
void Stage::judge_markers() {
  for (const auto& client : clients_) {
    if (!client->is_open() || client->session().is_guest()) continue;
    const auto account = client->session().person().account();
    for (const auto& [place, seq] : client->judge().markers()) {
      auto key = place;
      if (place.starts_with('@')) {
        const auto* const other = accounts_.book().find(protocol::parse_name(place.substr(1)).value());
        if (other == nullptr) continue;
        key = journal::conversation_key(journal::parties_of(account, other->number));
      }
      const auto* const known = accounts_.book().place(account, key);
      if (seq > 0 && (known == nullptr || known->read < seq))
        throw Broken(client->name() + " was told of more than it has read");
    }
  }
}

void Stage::do_hashes() {
  loop_.restart();
  loop_.poll();
}

void Stage::flush() {
  for (const auto& client : clients_) client->flush();
  judge_private();
}

void Stage::step(const Step& step) {
  carry_out(step);
  note_accounts();
}

void Stage::carry_out(const Step& step) {
  auto& client = *clients_.at(step.who % clients_.size());
  switch (step.what) {
    case What::ask:
      if (client.is_open()) ask(client, step.value);
      break;
    case What::handle:
      client.handle(step.value % 8 + 1);
      break;
    case What::end_turn:
      hub_.end_turn();
      flush();
      break;
    case What::posted:
      client.run_posted();
      break;
    case What::batch_done:
    case What::batch_failed:
      engine_.finish_batch(step.what == What::batch_failed);
      break;
    case What::read_done:
    case What::read_failed:
      engine_.finish_read(step.what == What::read_failed);
      break;
    case What::pause:
      client.pause();
      break;
    case What::take:
      client.take(step.value % 1500);
      break;
    case What::resume:
      client.resume_reading();
      break;
    case What::directory_answers:
      directory_.answer(step.value);
      break;
    case What::hash:
      loop_.restart();
      loop_.poll_one();
      break;
    case What::tick:
      clock_.pass(std::chrono::milliseconds{1001});
      if (step.value % 16 == 1 && minutes_ > 0) {
        --minutes_;
        clock_.pass(std::chrono::seconds{61});
      }
      hub_.tick();
      break;
    case What::reload:
      settings_.presence_members = step.value % 3 == 0 ? 100 : step.value % 5;
      break;
    case What::connect:
      if (clients_.size() < people + 3 && !stopped_) enter();
      break;
    case What::hang_up:
      client.hang_up();
      break;
    case What::give_up:
      if (!client.is_open()) break;
      client.session().close({protocol::Code::idle_timeout, "nothing came from you for too long"});
      break;
    case What::stop:
      if (std::exchange(stopped_, true)) break;
      engine_.stop({}, [this] { hub_.close_all({protocol::Code::shutting_down, "the end"}); });
      break;
  }
}

void Stage::rest() {
  for (const auto& client : clients_) client->resume_reading();
  const auto is_busy = [this] {
    return engine_.is_busy() || directory_.waiting() > 0 || hub_.due() != PrivateMessages::never ||
           std::any_of(clients_.begin(), clients_.end(),
                       [](const auto& client) { return client->is_open() && !client->is_idle(); });
  };
  for (int turns = 0; is_busy() || turns < 4; ++turns) {
    if (turns > 20'000) throw Broken("the house does not come to rest");
    for (const auto& client : clients_) {
      client->run_posted();
      client->handle(8);
    }
    directory_.answer(static_cast<std::size_t>(turns));
    do_hashes();
    engine_.finish_read(false);
    engine_.finish_batch(false);
    hub_.end_turn();
    note_accounts();
    flush();
    if (turns % 8 == 0) step({What::tick, 0, 0});
  }
  step({What::tick, 0, 0});  // counts of large rooms are told once a second
  hub_.end_turn();
  flush();
}

RosterSeen Stage::members(const std::string& room) {
  RosterSeen members;
  for (const auto& client : clients_) {
    if (client->is_open() && client->session().room(room))
      members[client->session().name().key] = client->session().name().shown;
  }
  return members;
}

void Stage::judge() {
  std::vector<std::string> names;
  for (const auto& client : clients_) {
    if (!client->is_open()) continue;
    const auto& name = client->session().name().shown;
    // The sessions of one account may be one person.
    if (client->session().is_guest() || std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(name);
    client->judge().at_rest();
    for (const auto* const room : rooms) {
      if (!client->judge().is_in(room)) continue;
      const auto there = members(room);
      const bool by_name = settings_.presence_members == 0 || there.size() <= settings_.presence_members;
      client->judge().knows(room, there, by_name);
      client->judge().knows_topic(room, std::string(client->session().room(room)->topic()));
    }
  }
  judge_markers();
  std::sort(names.begin(), names.end());
  directory_.local().names({}, 100, [&](protocol::event::Members page) {
    std::sort(page.names.begin(), page.names.end());
    if (page.names != names || page.count != names.size()) throw Broken("the directory has other names");
  });
}

/// Private messages confirmed to their senders must have reached their recipients.
void Stage::judge_private() {
  for (const auto& sender : clients_) {
    for (const auto& recipient : clients_) sender->judge().has_told(recipient->judge());
  }
}

/// No two clients may have the same name, and the directory must have every client's name.
void Stage::judge_names() {
  std::map<std::string, const Person*> borne;
  for (const auto& client : clients_) {
    if (!client->is_open() || !client->session().is_welcome()) continue;
    const auto& session = client->session();
    const auto& name = session.name();
    const auto [other, is_first] = borne.emplace(name.key, &session.person());
    if (!is_first && (other->second != &session.person() || session.is_guest()))
      throw Broken(name.shown + " is borne by two");
    directory_.local().find(name, [&](const PersonPtr& person) {
      if (person.get() != &session.person())
        throw Broken(name.shown + " is somebody else's in the directory");
    });
  }
}

void Stage::judge_owners() {
  clock_.pass(std::chrono::seconds{61});
  rest();
  for (const auto& client : clients_) {
    if (!client->is_open() || !client->session().is_welcome()) continue;
    const auto& name = client->session().name();
    const auto* const owner = accounts_.book().find_alike(name);
    if (owner != nullptr && owner->number != client->session().person().account())
      throw Broken(client->name() + " bears the name of somebody's account, " + name.shown);
  }
}

void Stage::end() {
  std::vector<std::string> names(wanted.begin(), wanted.end());
  for (const auto& client : clients_) {
    for (const auto* more : {"", "-x"}) names.push_back(client->name() + more);
  }
  clients_.clear();
  directory_.local().names({}, 1, [](const protocol::event::Members& page) {
    if (page.count != 0) throw Broken("those who have gone have left a name behind");
  });
  for (const auto& text : names) {
    const PersonPtr somebody = new Person;
    const auto name = protocol::parse_name(text).value();
    directory_.local().claim(somebody, name, 0, [&](const Claimed& claimed) {
      if (!claimed.claim) throw Broken(text + " is held for one who has gone");
    });
  }
}

}  // namespace

std::string to_string(const std::vector<Step>& steps) {
  std::string text;
  for (const auto& step : steps) {
    text += std::string("{What::") + words.at(static_cast<std::size_t>(step.what)) + ", " +
            std::to_string(step.who) + ", " + std::to_string(step.value) + "},\n";
  }
  return text;
}

std::vector<Step> steps_from(std::uint32_t seed, std::size_t count) {
  std::mt19937 random(seed);
  // Frequent steps are listed several times.
  static constexpr std::array<What, 54> draw{What::ask,
                                             What::ask,
                                             What::ask,
                                             What::ask,
                                             What::ask,
                                             What::ask,
                                             What::ask,
                                             What::ask,
                                             What::ask,
                                             What::ask,
                                             What::ask,
                                             What::ask,
                                             What::handle,
                                             What::handle,
                                             What::handle,
                                             What::handle,
                                             What::handle,
                                             What::handle,
                                             What::handle,
                                             What::end_turn,
                                             What::end_turn,
                                             What::end_turn,
                                             What::end_turn,
                                             What::posted,
                                             What::posted,
                                             What::posted,
                                             What::posted,
                                             What::posted,
                                             What::posted,
                                             What::batch_done,
                                             What::batch_done,
                                             What::batch_done,
                                             What::read_done,
                                             What::read_done,
                                             What::read_done,
                                             What::read_done,
                                             What::pause,
                                             What::take,
                                             What::take,
                                             What::take,
                                             What::pause,
                                             What::resume,
                                             What::tick,
                                             What::reload,
                                             What::connect,
                                             What::directory_answers,
                                             What::directory_answers,
                                             What::directory_answers,
                                             What::directory_answers,
                                             What::directory_answers,
                                             What::directory_answers,
                                             What::hash,
                                             What::hash,
                                             What::hash};
  std::vector<Step> steps;
  for (std::size_t i = 0; i < count; ++i) {
    auto what = draw.at(random() % draw.size());
    const auto rare = random() % 400;
    if (rare < 6) what = What::batch_failed;
    if (rare >= 6 && rare < 12) what = What::read_failed;
    if (rare == 12) what = What::hang_up;
    if (rare == 13) what = What::give_up;
    if (rare == 14 && random() % 4 == 0) what = What::stop;
    steps.push_back({what, static_cast<std::uint8_t>(random() % 8), static_cast<std::uint32_t>(random())});
  }
  return steps;
}

void play(const std::vector<Step>& steps, std::uint32_t seed) {
  Stage stage(seed);
  for (const auto& step : steps) {
    stage.step(step);
    stage.judge_names();
  }
  stage.rest();
  stage.judge();
  stage.judge_owners();
  stage.judge();
  stage.end();
}

}  // namespace hubbub::chat::random
