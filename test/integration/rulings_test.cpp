#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "test/support/bytes_of.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

// Bans, mutes, roles, edits and deletions, from the outside.
namespace hubbub::test {
namespace {

using namespace std::chrono_literals;

/// Logs in, with an account of its own, and goes into the room.
struct Citizen {
  std::string token{};

  JsonClient begin(const Address& address, const std::string& name, const std::string& room) {
    JsonClient client = member(address, name, room);
    token = text_of(client.answer({{"type", "register"}, {"password", "correct-horse"}}), "token");
    return client;
  }
  JsonClient come_back(const Address& address) const {
    JsonClient client(address);
    client.answer({{"type", "hello"}, {"version", 1}, {"token", token}});
    return client;
  }
};

std::vector<std::string> files_with(const std::string& words, const std::filesystem::path& below) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(below)) {
    if (entry.is_regular_file() && bytes_of(entry.path()).find(words) != std::string::npos)
      found.push_back(entry.path().string());
  }
  return found;
}

Event ban_of(const std::string& name, const std::string& action, std::uint64_t for_ms = 0) {
  Event asked{{"type", "ban"}, {"room", "tea"}, {"of", name}, {"action", action}};
  if (for_ms > 0) asked["for"] = for_ms;
  return asked;
}

}  // namespace

TEST_CASE(
    "what was ruled outlives kill -9, but for what has ended meanwhile; what was deleted is in no file") {
  const TemporaryDirectory state;
  Citizen anna;
  Citizen bob;
  Citizen carol;
  Citizen dora;
  std::uint64_t deleted = 0;
  std::uint64_t edited = 0;
  std::uint64_t last = 0;
  const auto over = std::chrono::system_clock::now() + 1500ms;
  {
    Daemon daemon({.state_dir = state.path(), .engine = "sqlite"});
    JsonClient owner = anna.begin(daemon.address(), "anna", "entrance");
    CHECK(text_of(owner.join("tea"), "type") == "joined");
    JsonClient b = bob.begin(daemon.address(), "bob", "tea");
    JsonClient c = carol.begin(daemon.address(), "carol", "tea");
    JsonClient d = dora.begin(daemon.address(), "dora", "tea");
    deleted = number_of(b.say("tea", "unspeakable-words-of-bob"), "seq");
    edited = number_of(c.say("tea", "mistaken-words-of-carol"), "seq");
    last = number_of(d.say("tea", "kept-words-of-dora"), "seq");
    CHECK(text_of(owner.answer({{"type", "role"}, {"room", "tea"}, {"name", "dora"}, {"role", "voice"}}),
                  "type") == "role");
    CHECK(text_of(c.answer({{"type", "edit"}, {"room", "tea"}, {"seq", edited}, {"text", "better words"}}),
                  "type") == "edited");
    CHECK(text_of(owner.answer(ban_of("bob", "ban")), "type") == "banned");
    CHECK(text_of(owner.answer(ban_of("carol", "mute")), "type") == "banned");
    CHECK(text_of(owner.answer(ban_of("dora", "mute", 1000)), "type") == "banned");
    CHECK(text_of(owner.answer({{"type", "room"}, {"room", "tea"}, {"set", {{"moderated", true}}}}),
                  "type") == "room");
    CHECK(text_of(owner.answer({{"type", "delete"}, {"room", "tea"}, {"seq", deleted}}), "type") ==
          "deleted");
    daemon.kill();
  }
  // Time itself is what is waited for.
  std::this_thread::sleep_until(over);
  {
    const Daemon daemon({.state_dir = state.path(), .engine = "sqlite"});
    JsonClient owner = anna.come_back(daemon.address());
    const Event joined = owner.answer({{"type", "join"}, {"room", "tea"}, {"since", last}});
    CHECK(text_of(joined, "role") == "owner");
    CHECK(truth_of(joined, "complete"));
    const auto changes = list_of(joined, "changes");
    REQUIRE(changes.size() == 2);
    CHECK(text_of(changes[0], "text") == "better words");
    CHECK(text_of(changes[1], "type") == "deleted");
    JsonClient b = bob.come_back(daemon.address());
    CHECK(b.refusal({{"type", "join"}, {"room", "tea"}}) == "banned_here");
    CHECK(b.refusal({{"type", "rename"}, {"name", "anna"}}) == "name_taken");
    b.answer({{"type", "rename"}, {"name", "robert"}});
    CHECK(b.refusal({{"type", "join"}, {"room", "tea"}}) == "banned_here");
    JsonClient c = carol.come_back(daemon.address());
    c.join("tea");
    CHECK(c.refusal({{"type", "say"}, {"room", "tea"}, {"text", "hi"}}) == "muted");
    CHECK(c.refusal({{"type", "edit"}, {"room", "tea"}, {"seq", edited}, {"text", "hi"}}) == "muted");
    // Her mute has ended while nobody was there; her voice has not.
    JsonClient d = dora.come_back(daemon.address());
    CHECK(text_of(d.join("tea"), "role") == "voice");
    CHECK(text_of(d.say("tea", "at last"), "type") == "message");
    JsonClient guest = member(daemon.address(), "guest", "tea");
    CHECK(guest.refusal({{"type", "say"}, {"room", "tea"}, {"text", "hi"}}) == "moderated");
    const auto until = std::chrono::steady_clock::now() + patience;
    std::vector<Event> bans;
    do bans = list_of(owner.answer({{"type", "bans"}, {"room", "tea"}}), "bans");
    while (bans.size() != 2 && std::chrono::steady_clock::now() < until);
    CHECK(bans.size() == 2);
    const auto messages = list_of(owner.answer({{"type", "history"}, {"room", "tea"}}), "messages");
    REQUIRE(messages.size() == 4);
    CHECK(truth_of(messages[0], "deleted"));
    CHECK(text_of(messages[1], "text") == "better words");
  }
  for (const auto* words : {"unspeakable-words-of-bob", "mistaken-words-of-carol"})
    CHECK(files_with(words, state.path()).empty());
  CHECK_FALSE(files_with("kept-words-of-dora", state.path()).empty());
}

TEST_CASE("with nc one keeps order: bans, silences, voices, deletes and edits") {
  const Daemon daemon;
  TextClient anna(daemon.address());
  anna.take_name("anna");
  anna.send_line("/register correct-horse");
  anna.expect("the name anna is yours");
  anna.send_line("/join tea");
  anna.sync();
  TextClient bob(daemon.address());
  bob.send_line("/name bob");
  bob.send_line("/register correct-horse");
  bob.expect("the name bob is yours");
  bob.send_line("/join tea");
  bob.send_line("hello, wrold");
  anna.expect("bob: hello, wrold");
  bob.send_line("/edit hello, world");
  anna.expect("hello, world");
  anna.send_line("/silence bob 10m too loud");
  bob.expect("silenced");
  bob.send_line("hi");
  CHECK(bob.expect("! you are muted").find("too loud") != std::string::npos);
  anna.send_line("/bans");
  anna.expect("account:bob");
  anna.send_line("/unban 1");
  anna.expect("ended what was decided");
  bob.send_line("hi again");
  anna.expect("bob: hi again");
  anna.send_line("/ban bob 2h");
  bob.expect("banned");
  bob.send_line("/join tea");
  bob.expect("! you are banned from tea until ");
}

}  // namespace hubbub::test
