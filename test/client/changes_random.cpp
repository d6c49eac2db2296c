// A room in which people say something, change it and take it back, in random order, over a link that breaks:
// what the client has of each message in the end is what the server has, each message has come once, and what
// is on the screen is that, too.
#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "client/connection/session.hpp"
#include "client/model/model.hpp"
#include "test/client/news.hpp"
#include "test/support/catch.hpp"
#include "test/support/environment.hpp"

namespace hubbub::test {
namespace {

namespace event = protocol::event;
namespace request = protocol::request;

/// A message, and its last change, as the server has them.
struct Record {
  protocol::Message message;
  std::vector<std::uint64_t> changes{};  ///< their numbers
};

class ChangePlay : public client::Listener {
 public:
  explicit ChangePlay(std::uint32_t seed)
      : random_(seed), session_({.name = "alice", .rooms = {"lobby"}, .program = {}}, "s", *this) {
    for (std::size_t count = up_to(6); count > 0; --count) say();
    for (std::size_t count = up_to(3); count > 0; --count) change();
    session_.link_up(true);
    settle();
  }

  void step() {
    switch (up_to(11)) {
      case 0:
      case 1:
      case 2:
        return say();
      case 3:
      case 4:
      case 5:
        return change();
      case 6:
        return look_back();
      case 7:
        if (up_to(2) == 0) cut();
        return;
      case 8:
        return void(serve_one());
      default:
        return void(receive_one());
    }
  }

  /// Everything on its way comes; then all is as it should be.
  void settle() {
    while (serve_one() || receive_one()) {
    }
    check();
  }

  void on_event(const protocol::Event& event, std::string_view, client::Arrival arrival) override {
    if (const auto* failure = std::get_if<event::Failure>(&event.body)) FAIL(failure->error.text);
    const bool asked = event.ref.starts_with("look");
    show(model_.take(event, arrival == client::Arrival::missed, noon), !asked);
  }
  void on_closed(client::Ending, std::string_view) override {}

 private:
  static constexpr client::Session::TimePoint now{std::chrono::hours(1)};
  /// Of what is in one answer.
  static constexpr std::size_t most = 3;

  std::size_t up_to(std::size_t highest) { return random_() % (highest + 1); }

  // --- the server
  void push(const protocol::Event& event) {
    if (is_in_) encode(event, to_client_.emplace_back());
  }
  void say() {
    protocol::Message made;
    made.room = "lobby";
    made.from = up_to(2) == 0 ? "alice" : "bob";
    made.seq = ++number_;
    made.time = noon;
    made.text = "said " + std::to_string(number_);
    records_.push_back({made});
    push({std::make_shared<const protocol::Message>(made), {}});
  }
  void change() {
    if (records_.empty()) return;
    Record& record = records_[up_to(records_.size() - 1)];
    if (record.message.is_deleted()) return;
    record.changes.push_back(++number_);
    protocol::Change last{
        .what = protocol::Change::What::edited, .time = noon, .by = "bob", .number = number_};
    if (up_to(3) == 0) {
      last.what = protocol::Change::What::deleted;
      record.message.text.clear();
    } else {
      record.message.text = "edited " + std::to_string(number_);
    }
    record.message.change = std::make_shared<const protocol::Change>(last);
    std::visit([this](const auto& one) { push({one, {}}); }, changed(record));
  }
  static event::Changed changed(const Record& record) {
    const protocol::Message& message = record.message;
    if (message.is_deleted()) {
      return event::Deleted{
          .room = "lobby", .seqs = {message.seq}, .change = message.change->number, .by = "bob"};
    }
    return event::Edited{.room = "lobby",
                         .seq = message.seq,
                         .change = message.change->number,
                         .text = message.text,
                         .time = noon,
                         .by = "bob"};
  }
  /// As it is now: on the wire, without the number of its change.
  static protocol::MessagePtr as_told(const Record& record) {
    return std::make_shared<const protocol::Message>(record.message);
  }
  /// Of messages up to `after`, changes that are behind it, in their order.
  std::vector<event::Changed> changes_behind(std::uint64_t after) const {
    std::vector<event::Changed> changes;
    for (const Record& record : records_) {
      if (record.message.seq <= after && !record.changes.empty() && record.changes.back() > after)
        changes.push_back(changed(record));
    }
    std::ranges::sort(changes, {}, [](const auto& each) { return client::number_of(each); });
    return changes;
  }

  void answer(const request::Hello&, const std::string&) {
    event::Welcome welcome;
    welcome.name = "alice";
    encode(event_of(std::move(welcome)), to_client_.emplace_back());
  }
  void answer(const request::Join& join, const std::string& ref) {
    event::Joined joined;
    joined.room = "lobby";
    joined.members = {"alice", "bob"};
    joined.count = 2;
    joined.last = records_.empty() ? 0 : records_.back().message.seq;
    joined.epoch = "one";
    for (const Record& record : records_) {
      if (record.message.seq > join.since.value_or(0)) joined.history.push_back(as_told(record));
    }
    if (join.since) joined.changes = changes_behind(*join.since);
    joined.complete = joined.history.size() <= most && joined.changes.size() <= most && join.since;
    while (joined.history.size() > most) joined.history.erase(joined.history.begin());
    while (joined.changes.size() > most) joined.changes.pop_back();
    if (!join.since) first_ = joined.history.empty() ? number_ + 1 : joined.history.front()->seq;
    is_in_ = true;
    push({joined, ref});
  }
  void answer(const request::History& asked, const std::string& ref) {
    event::History page;
    page.room = "lobby";
    asked.after ? page_on(*asked.after, page) : page_back(page);
    push({page, ref});
  }
  void page_back(event::History& page) const {
    for (const Record& record : records_) page.messages.push_back(as_told(record));
    page.complete = page.messages.size() <= most;
    while (page.messages.size() > most) page.messages.erase(page.messages.begin());
  }
  /// What was said or changed behind that number, up to so many records.
  void page_on(std::uint64_t after, event::History& page) {
    std::vector<std::uint64_t> numbers;
    for (const Record& record : records_) {
      numbers.push_back(record.message.seq);
      numbers.insert(numbers.end(), record.changes.begin(), record.changes.end());
    }
    std::erase_if(numbers, [after](std::uint64_t number) { return number <= after; });
    std::ranges::sort(numbers);
    page.complete = numbers.size() <= most;
    const std::uint64_t upto = page.complete ? number_ : numbers[most - 1];
    if (!page.complete) page.next = upto;
    for (const Record& record : records_) {
      if (record.message.seq > after && record.message.seq <= upto) page.messages.push_back(as_told(record));
    }
    page.changes = changes_behind(after);
    // A message that was changed again behind this page may be told of here, too.
    const bool tells_all = up_to(1) == 0;
    std::erase_if(page.changes,
                  [&](const auto& change) { return !tells_all && client::number_of(change) > upto; });
  }
  void answer(const auto&, const std::string&) { FAIL("an unexpected request"); }

  // --- the link
  void cut() {
    to_client_.clear();
    to_server_.clear();
    is_in_ = false;
    session_.link_down();
    model_.link_lost();
    session_.link_up(true);
  }
  bool serve_one() {
    std::string bytes = session_.take_output(now);
    for (std::size_t end = bytes.find('\n'); end != std::string::npos; end = bytes.find('\n')) {
      to_server_.push_back(bytes.substr(0, end));
      bytes.erase(0, end + 1);
    }
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

  // --- the person
  void look_back() {
    request::History asked{.room = "lobby", .before = {}, .after = {}, .limit = most, .search = {}};
    session_.send({asked, "look" + std::to_string(++looks_)});
  }
  /// `once`: what comes by itself, and not because it was asked for.
  void show(const client::News& news, bool once) {
    for (const auto& change : news.changes) {
      for (client::Said& said : screen_) {
        if (auto changed = model_.as_changed(said, change)) said = *std::move(changed);
      }
    }
    for (const client::Item& item : news.items) {
      const auto* said = std::get_if<client::Said>(&item.what);
      if (said == nullptr) continue;
      screen_.push_back(*said);
      if (once) CHECK(++times_shown_[said->message->seq] == 1);
    }
  }

  void check() const {
    std::vector<std::pair<std::uint64_t, std::string>> wanted;
    std::map<std::uint64_t, std::string> all;
    for (const Record& record : records_) {
      const std::string text = record.message.is_deleted() ? "deleted" : record.message.text;
      all.emplace(record.message.seq, text);
      if (record.message.seq >= first_) wanted.emplace_back(record.message.seq, text);
    }
    std::vector<std::pair<std::uint64_t, std::string>> held;
    const client::Room* room = model_.find("lobby");
    REQUIRE(room != nullptr);
    for (const client::Said& said : room->held()) held.emplace_back(said.message->seq, text_of(said));
    CHECK(held == wanted);
    for (const client::Said& said : screen_) CHECK(text_of(said) == all.at(said.message->seq));
    for (const auto& [seq, text] : wanted) CHECK(times_shown_.contains(seq));
  }
  static std::string text_of(const client::Said& said) {
    return said.message->is_deleted() ? "deleted" : said.message->text;
  }

  std::mt19937 random_;
  std::vector<Record> records_;
  std::uint64_t number_ = 100;
  std::uint64_t first_ = 0;  ///< the first message that the client has been shown
  bool is_in_ = false;
  std::deque<std::string> to_client_;
  std::deque<std::string> to_server_;
  client::Model model_;
  client::Session session_;
  std::vector<client::Said> screen_;
  std::map<std::uint64_t, int> times_shown_;
  std::size_t looks_ = 0;
};

}  // namespace

TEST_CASE("changes of what was said over a link that breaks, in random order") {
  const auto first = number_from("HUBBUB_SEED", 1);
  const auto runs = number_from("HUBBUB_RUNS", 400);
  for (auto seed = first; seed < first + runs; ++seed) {
    CAPTURE(seed);
    ChangePlay play(static_cast<std::uint32_t>(seed));
    for (int round = 0; round < 6; ++round) {
      for (int step = 0; step < 30; ++step) play.step();
      play.settle();
    }
  }
}

}  // namespace hubbub::test
