// The room alone: one rendering for each format, one push for each member, in one order for all.
#include "server/chat/room.hpp"

#include "test/chat/house.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

class Member final : public Participant {
 public:
  Member(const std::string& name, const Format& format)
      : person_(protocol::parse_name(name).value()), format_(format) {}

  const Person& person() const override { return person_; }
  std::uint32_t& index_in(const Room& /*room*/) override { return index_; }
  const Format& format() const override { return format_; }
  void add_own(const Room& room, protocol::event::Joined& joined) const override {
    joined.role = room.rank_of(person_) == Rank::moderator ? "moderator" : "";
  }
  void share(Slice lines, Feed* /*feed*/) override { pushes.push_back(std::move(lines)); }
  void own(Slice line, const Place& place) override {
    pushes.push_back(std::move(line));
    places.push_back(place);
  }
  bool is_direct() const override { return true; }

  std::string text() const {
    std::string all;
    for (const auto& bytes : pushes) all += bytes.view();
    return all;
  }

  std::vector<Slice> pushes;
  std::vector<Place> places;  ///< of those that are its own

 private:
  Person person_;
  const Format& format_;
  std::uint32_t index_ = 0;
};

protocol::MessagePtr message(std::uint64_t seq, const std::string& text) {
  return std::make_shared<const protocol::Message>(protocol::Message{
      .room = "lobby", .to = {}, .seq = seq, .time = {}, .from = "alice", .text = text, .id = {}});
}

std::vector<std::string> texts(const Member& member) {
  std::vector<std::string> texts;
  for (const auto& event : read_events(member.text())) {
    texts.push_back(std::get<protocol::MessagePtr>(event.body)->text +
                    (event.ref.empty() ? "" : "/" + event.ref));
  }
  return texts;
}

struct Fixture {
  CountingFormat json;
  CountingFormat other;
  Room room{protocol::parse_room("lobby").value(), {}};
  std::vector<std::shared_ptr<Member>> people;

  void enter(const std::shared_ptr<Member>& member) {
    room.broadcast().let_in(member);
    room.broadcast().admit(*member);
    room.came(member->person());
  }

  void leave(Member& member) {
    room.went(member.person(), "left");
    room.take_out(member);
  }

  Fixture() {
    for (const auto* name : {"alice", "bob", "carol", "dave"}) {
      people.push_back(std::make_shared<Member>(name, people.size() % 2 == 0 ? json : other));
      enter(people.back());
    }
  }
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(Fixture, "a batch is rendered once for each format and pushed once to each member") {
  CHECK(room.broadcast().gather({.message = message(1, "a")}));
  CHECK_FALSE(room.broadcast().gather({.message = message(2, "b")}));
  room.broadcast().deliver_batch();
  CHECK(json.messages == 2);
  CHECK(other.messages == 2);
  for (const auto& person : people) {
    CHECK(person->pushes.size() == 1);
    CHECK(texts(*person) == Texts{"a", "b"});
  }
  CHECK(people[0]->pushes[0].text == people[2]->pushes[0].text);  // the very same bytes
  CHECK(room.broadcast().last() == 2);
}

TEST_CASE_METHOD(Fixture, "a sender's own copy carries its refs, the others' do not") {
  room.broadcast().gather({.message = message(1, "a"), .sender = people[0].get(), .ref = "r1"});
  room.broadcast().gather({.message = message(2, "b"), .sender = people[1].get()});
  room.broadcast().gather({.message = message(3, "c"), .sender = people[0].get(), .ref = "r2"});
  room.broadcast().deliver_batch();
  CHECK(texts(*people[0]) == Texts{"a/r1", "b", "c/r2"});
  CHECK(texts(*people[2]) == Texts{"a", "b", "c"});
  REQUIRE(people[0]->pushes.size() == 3);
  CHECK(people[0]->pushes[1].text == people[2]->pushes[0].text);  // what lies between is shared, not copied
}

TEST_CASE_METHOD(Fixture, "what is repeated reaches its sender alone, in its place") {
  room.broadcast().gather({.message = message(7, "before")});
  room.broadcast().gather({.message = message(3, "again"), .sender = people[0].get(), .repeated = true});
  room.broadcast().gather({.message = message(8, "after")});
  room.broadcast().deliver_batch();
  CHECK(texts(*people[0]) == Texts{"before", "again", "after"});
  CHECK(texts(*people[1]) == Texts{"before", "after"});
  CHECK(room.broadcast().last() == 8);
}

TEST_CASE_METHOD(Fixture, "a batch of nothing but a repetition is pushed to nobody else") {
  room.broadcast().gather({.message = message(3, "again"), .sender = people[0].get(), .repeated = true});
  room.broadcast().deliver_batch();
  CHECK(people[0]->pushes.size() == 1);
  CHECK(people[1]->pushes.empty());
  CHECK(room.broadcast().last() == 0);
}

TEST_CASE_METHOD(Fixture, "those who have left get nothing, whoever is moved into their place still does") {
  leave(*people[0]);
  leave(*people[2]);
  room.broadcast().gather({.message = message(1, "a")});
  room.broadcast().deliver_batch();
  CHECK(people[0]->pushes.empty());
  CHECK(people[2]->pushes.empty());
  CHECK(texts(*people[1]) == Texts{"a"});
  CHECK(texts(*people[3]) == Texts{"a"});
  leave(*people[0]);  // a second time: nothing
  CHECK(room.size() == 2);
}

TEST_CASE_METHOD(Fixture, "names are listed in the order of their keys, page by page") {
  enter(std::make_shared<Member>("Борис", json));
  enter(std::make_shared<Member>("Adam", json));
  auto page = room.names("", 3);
  CHECK(page.names == Texts{"Adam", "alice", "bob"});
  CHECK(page.count == 6);
  CHECK(page.more);
  page = room.names("bob", 3);
  CHECK(page.names == Texts{"carol", "dave", "Борис"});
  CHECK_FALSE(page.more);
}

TEST_CASE_METHOD(Fixture, "a member on another node is named, counted and told of, and hears nothing here") {
  room.tell_presence({.limit = 100, .renames = 0, .now = {}});
  Person erin(protocol::parse_name("Erin").value());
  room.came(erin);
  CHECK(room.size() == 5);
  CHECK(room.names("dave", 3).names == Texts{"Erin"});
  CHECK(room.broadcast().admitted().size() == 4);
  people[0]->pushes.clear();
  room.tell_presence({.limit = 100, .renames = 0, .now = {}});
  CHECK(std::get<protocol::event::Presence>(read_events(people[0]->text()).back().body).joined ==
        Texts{"Erin"});
  room.went(erin, "left");
  CHECK(room.size() == 4);
  for (const auto& member : people) leave(*member);
  CHECK(room.is_empty());
}

}  // namespace hubbub::chat
