// The conversations of an account on two devices, in random order: live messages, breaks of the link,
// catching up, turning to views and reading, here and elsewhere. Each message is there once, in order, and
// unread is what was read nowhere.
#include <algorithm>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>

#include "client/connection/session.hpp"
#include "client/model/model.hpp"
#include "test/client/news.hpp"
#include "test/support/catch.hpp"
#include "test/support/environment.hpp"

namespace hubbub::test {
namespace {

namespace event = protocol::event;
namespace request = protocol::request;

const Strings people = {"bob", "carol", "dave"};

/// What the server has of alice's account.
struct Kept {
  std::vector<protocol::MessagePtr> messages;
  std::uint64_t read = 0;

  std::uint64_t last() const { return messages.empty() ? 0 : messages.back()->seq; }
  std::uint64_t unread() const {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        messages, [this](const auto& each) { return each->from != "alice" && each->seq > read; }));
  }
};

class Play : public client::Listener {
 public:
  explicit Play(std::uint32_t seed) : random_(seed) {
    // Some of it was there before this run.
    for (std::size_t count = up_to(8); count > 0; --count)
      up_to(2) == 0 ? write_elsewhere() : somebody_writes();
    read_elsewhere();
    connect();
    settle();
    before_ = seq_;
  }

  void step() {
    switch (up_to(12)) {
      case 0:
      case 1:
        return somebody_writes();
      case 2:
        return write_elsewhere();
      case 3:
        return void(session_.send({request::Tell{someone(), "from here", {}}, {}}));
      case 4:
        return read_elsewhere();
      case 5:
        return turn_somewhere();
      case 6:
        return void(tell_read());
      case 7:
        if (up_to(3) == 0) reconnect();
        return;
      case 8:
      case 9:
        return serve();
      default:
        return receive();
    }
  }

  /// Everything on its way comes.
  void settle() {
    do {
      tell_read();
      while (serve_one() || receive_one()) {
      }
    } while (tell_read());
    check();
  }

  void on_event(const protocol::Event& event, std::string_view, client::Arrival arrival) override {
    if (const auto* failure = std::get_if<event::Failure>(&event.body)) FAIL(failure->error.text);
    note(model_.take(event, arrival == client::Arrival::missed, noon).items);
    if (const auto* read = std::get_if<event::Read>(&event.body)) answered(event.ref, *read);
  }
  void on_correspondence(const std::vector<client::Correspondence>& conversations) override {
    for (const auto& each : conversations) {
      CHECK(each.whole);
      note(model_.catch_up(each.conversation, each.messages, each.whole, noon).items);
    }
  }
  void on_closed(client::Ending, std::string_view) override {}

 private:
  static constexpr client::Session::TimePoint now{std::chrono::hours(1)};

  std::size_t up_to(std::size_t most) { return random_() % (most + 1); }
  std::string someone() { return people.at(up_to(people.size() - 1)); }

  // --- the server
  void push(const protocol::Event& event) {
    if (is_welcome_) encode(event, to_client_.emplace_back());
  }
  protocol::MessagePtr append(const std::string& from, const std::string& to, const std::string& id) {
    protocol::Message made;
    made.from = made.account = from;
    made.to = to;
    made.id = id;
    made.seq = ++seq_;
    made.time = noon;
    made.text = std::to_string(seq_);
    auto message = std::make_shared<const protocol::Message>(std::move(made));
    kept_[from == "alice" ? to : from].messages.push_back(message);
    return message;
  }
  void somebody_writes() { push({append(someone(), "alice", {}), {}}); }
  void write_elsewhere() { push({append("alice", someone(), {}), {}}); }
  void read_elsewhere() {
    const std::string with = someone();
    Kept& kept = kept_[with];
    if (kept.messages.empty()) return;
    raise(with, kept.messages.at(up_to(kept.messages.size() - 1))->seq, {});
  }
  void raise(const std::string& with, std::uint64_t seq, const std::string& ref) {
    Kept& kept = kept_[with];
    const bool rises = seq > kept.read;
    kept.read = std::max(kept.read, seq);
    if (rises || !ref.empty()) push({event::Read{{}, with, kept.read}, ref});
  }

  void answer(const request::Hello&, const std::string&) {
    is_welcome_ = true;
    event::Welcome welcome;
    welcome.name = welcome.account_name = "alice";
    welcome.account = true;
    push(event_of(std::move(welcome)));
  }
  void answer(const request::Join& join, const std::string& ref) {
    auto joined = test::joined(join.room, {"alice"});
    joined.ref = ref;
    push(joined);
  }
  void answer(const request::Tell& tell, const std::string& ref) {
    for (const auto& message : kept_[tell.to].messages) {
      if (message->id == tell.id) return push({message, ref});
    }
    push({append("alice", tell.to, *tell.id), ref});
  }
  void answer(const request::Read& read, const std::string& ref) {
    CHECK(read.seq >= told_[*read.with]);  // only upwards; the same one after a break, when it had no answer
    if (read.seq == told_[*read.with]) CHECK(resent_.contains(ref));
    told_[*read.with] = read.seq;
    raise(*read.with, read.seq, ref);
  }
  void answer(const request::Conversations& asked, const std::string& ref) {
    std::vector<std::string> order;
    for (const auto& [with, kept] : kept_) {
      if (!kept.messages.empty()) order.push_back(with);
    }
    std::ranges::sort(order, std::greater(), [this](const auto& with) { return kept_[with].last(); });
    auto next = order.begin();
    if (asked.before) {
      next =
          std::ranges::find_if(order, [&](const auto& with) { return kept_[with].last() < *asked.before; });
    }
    event::Conversations page;
    if (next != order.end()) {
      const Kept& kept = kept_[*next];
      page.conversations.push_back({*next, kept.last(), kept.read, kept.unread()});
      page.more = ++next != order.end();
    }
    push({page, ref});
  }
  void answer(const request::History& asked, const std::string& ref) {
    constexpr std::size_t most = 3;
    event::History page;
    page.with = *asked.with;
    for (const auto& message : kept_[page.with].messages) {
      if (message->seq > asked.after.value_or(0) && message->seq < asked.before.value_or(seq_ + 1))
        page.messages.push_back(message);
    }
    page.complete = page.messages.size() <= most;
    while (page.messages.size() > most)
      page.messages.erase(asked.after ? page.messages.end() - 1 : page.messages.begin());
    push({page, ref});
  }
  void answer(const auto&, const std::string&) { FAIL("an unexpected request"); }

  // --- the link
  void connect() {
    session_.link_up(true);
    is_welcome_ = false;
  }
  void reconnect() {
    to_client_.clear();
    to_server_.clear();
    session_.link_down();
    for (const auto& [ref, read] : reading_) resent_.insert(ref);
    connect();
  }
  void fetch() {
    std::string bytes = session_.take_output(now);
    for (std::size_t end = bytes.find('\n'); end != std::string::npos; end = bytes.find('\n')) {
      to_server_.push_back(bytes.substr(0, end));
      bytes.erase(0, end + 1);
    }
  }
  bool serve_one() {
    fetch();
    if (to_server_.empty()) return false;
    const auto asked = std::get<protocol::Request>(protocol::decode_request(to_server_.front()));
    to_server_.pop_front();
    std::visit([&](const auto& body) { answer(body, asked.ref); }, asked.body);
    return true;
  }
  bool receive_one() {
    if (to_client_.empty()) return false;
    std::string line = std::move(to_client_.front());
    to_client_.pop_front();
    line.pop_back();
    session_.read(line, now);
    return true;
  }
  void serve() {
    for (std::size_t count = up_to(3); count > 0; --count) serve_one();
  }
  void receive() {
    for (std::size_t count = up_to(3); count > 0; --count) receive_one();
  }

  // --- the person
  void turn_somewhere() {
    const std::string where = up_to(1) == 0 ? "lobby" : client::view_name(someone());
    if (const auto items = model_.turn_to(where, noon, 0)) note(*items);
  }
  bool tell_read() {
    bool any = false;
    while (const auto read = model_.next_read()) {
      any = true;
      const std::string ref = "r." + std::to_string(++refs_);
      CHECK(reading_.emplace(ref, *read).second);
      CHECK(session_.send({*read, ref}));
    }
    return any;
  }
  void answered(const std::string& ref, const event::Read&) {
    const auto asked = reading_.find(ref);
    if (asked == reading_.end()) return;
    model_.settle_read(asked->second);
    reading_.erase(asked);
  }
  void note(const std::vector<client::Item>& items) {
    std::uint64_t last = 0;
    for (const client::Item& item : items) {
      const auto* said = std::get_if<client::Said>(&item.what);
      if (said == nullptr) continue;
      const std::uint64_t seq = said->message->seq;
      CHECK(seq > last);
      last = seq;
      shown_.insert(seq);
    }
  }

  void check() {
    for (const std::string& with : people) {
      const Kept& kept = kept_[with];
      const client::Room* view = model_.find(client::view_name(with));
      std::size_t unread = 0;
      for (const auto& message : kept.messages) {
        const bool is_unread =
            message->from != "alice" && message->seq > kept.read && !shown_.contains(message->seq);
        if (is_unread) ++unread;
        if (view == nullptr || message->seq <= before_) continue;
        INFO("message " << message->text << " with " << with);
        CHECK(view->has_seq(message->seq));
      }
      CHECK((view == nullptr ? 0 : view->unread()) == unread);
      if (view == nullptr) continue;
      std::uint64_t last = 0;
      for (const client::Said& said : view->held()) {
        CHECK(said.message->seq > last);
        last = said.message->seq;
        CHECK(said.own == (said.message->from == "alice"));
      }
    }
  }

  std::mt19937 random_;
  std::map<std::string, Kept> kept_;
  std::uint64_t seq_ = 0;
  std::uint64_t before_ = std::numeric_limits<std::uint64_t>::max();  ///< the last one before this run
  std::map<std::string, std::uint64_t> told_;  ///< read markers that the client has told
  bool is_welcome_ = false;
  std::deque<std::string> to_client_;
  std::deque<std::string> to_server_;
  client::Session session_{
      {.name = "alice", .rooms = {"lobby"}, .replay = {}, .program = {}, .follows_account = true},
      "tag",
      *this};
  client::Model model_;
  std::set<std::uint64_t> shown_;
  std::map<std::string, request::Read> reading_;
  std::set<std::string> resent_;  ///< refs of those that may be sent again
  std::uint64_t refs_ = 0;
};

}  // namespace

TEST_CASE("conversations on two devices, in random order") {
  const auto first = number_from("HUBBUB_SEED", 1);
  const auto runs = number_from("HUBBUB_RUNS", 300);
  for (auto seed = first; seed < first + runs; ++seed) {
    CAPTURE(seed);
    Play play(static_cast<std::uint32_t>(seed));
    for (int round = 0; round < 8; ++round) {
      for (int step = 0; step < 25; ++step) play.step();
      play.settle();
    }
  }
}

}  // namespace hubbub::test
