#include "server/tools/check.hpp"

#include <string>
#include <vector>

#include "test/ops/sample_journal.hpp"
#include "test/support/catch.hpp"

namespace tools = hubbub::tools;
using hubbub::test::SampleJournal;
using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

namespace {

/// What is found after this has been done to a good journal.
Texts faults_after(const std::string& sql) {
  SampleJournal journal;
  journal.database().execute(sql);
  Texts faults;
  tools::check(journal.database(), [&](const std::string& fault) { faults.push_back(fault); });
  return faults;
}

}  // namespace

TEST_CASE("a good journal is good") {
  SampleJournal journal;
  const auto tally = tools::check(journal.database(), [](const std::string& fault) { FAIL(fault); });
  CHECK(tally.messages == 5);
  CHECK(tally.rooms == 2);
  CHECK(tally.accounts == 2);
  CHECK(tally.text() == "5 messages in 2 rooms, 2 accounts");
  CHECK(tools::Tally{.messages = 1, .rooms = 1}.text() == "1 message in 1 room");
}

TEST_CASE("messages that are missing or out of order show in their ordinals") {
  CHECK(faults_after("DELETE FROM message WHERE seq = 105") ==
        Texts{"Lobby: message 106 has ordinal 5 where 4 should be: messages are missing, or out of order"});
  // The first after what retention has dropped.
  CHECK(faults_after("DELETE FROM message WHERE seq = 103").size() == 1);
  CHECK(faults_after("DELETE FROM message WHERE seq = 101") ==
        Texts{"大厅: message 104 has ordinal 2 where 1 should be: messages are missing, or out of order"});
  CHECK(faults_after("UPDATE message SET ordinal = 9 - ordinal WHERE seq IN (105, 106)").size() == 2);
  // The newest shows in what the room says of it.
  CHECK(faults_after("DELETE FROM message WHERE seq = 106") ==
        Texts{"Lobby: message 106 should be the newest, but that is 105"});
  CHECK(faults_after("DELETE FROM message WHERE room = 2") ==
        Texts{"大厅: its messages are missing, up to 104"});
  // Before version 2 no room said so.
  CHECK(faults_after("DELETE FROM message WHERE seq = 106; PRAGMA user_version = 1").empty());
}

TEST_CASE("attributes belong to a room, changes to a message, and both have numbers like messages") {
  CHECK(faults_after("INSERT INTO state VALUES(3, 'topic', 'tea', 'anna', 0, 98)") ==
        Texts{"room 3: an attribute is empty, or of a room that is not there"});
  CHECK(faults_after("INSERT INTO state VALUES(1, 'topic', '', 'anna', 0, 98)").size() == 1);
  const std::string change = "UPDATE room SET changed = 200; INSERT INTO change VALUES";
  CHECK(faults_after(change + "(1, 104, 200, 0, 0, 'anna', NULL)") ==
        Texts{"room 1: message 104 was changed, but is not there"});
  CHECK(faults_after(change + "(1, 105, 200, 0, 0, 'anna', NULL)").empty());
  CHECK(faults_after("UPDATE state SET seq = 103") == Texts{"the number 103 is used 2 times"});
  // A change has a number of its own, or that of its message, with which it was stored; what one record has
  // deleted has one number.
  CHECK(faults_after(change + "(1, 105, 105, 0, 0, 'anna', NULL)").empty());
  CHECK(faults_after(change + "(1, 105, 106, 0, 0, 'anna', NULL)") ==
        Texts{"the number 106 is used 2 times"});
  CHECK(faults_after("UPDATE message SET text = ''; " + change +
                     "(1, 105, 200, 1, 0, 'anna', 'spam'), (1, 106, 200, 1, 0, 'anna', 'spam')")
            .empty());
  CHECK(faults_after(change + "(1, 105, 200, 0, 0, 'anna', NULL), (2, 104, 200, 0, 0, 'anna', NULL)") ==
        Texts{"the number 200 is used 2 times"});
  CHECK(faults_after(change + "(1, 105, 200, 1, 0, 'anna', NULL)") ==
        Texts{"room 1: message 105 is deleted, but has a text"});
  CHECK(faults_after(change + "(1, 105, 104, 0, 0, 'anna', NULL)").size() == 2);
  CHECK(faults_after(change + "(1, 105, 200, 2, 0, 'anna', NULL)") ==
        Texts{"room 1: message 105 was changed in no way that there is"});
  CHECK(faults_after(change + "(1, 105, 201, 0, 0, 'anna', NULL)") ==
        Texts{"room 1 knows nothing of its newest change, 201"});
  CHECK(faults_after(change + "(1, 105, 2000, 0, 0, 'anna', NULL); UPDATE room SET changed = 2000").size() ==
        1);
  CHECK(
      faults_after("INSERT INTO audit VALUES(2000, 0, '', '', 'root', NULL, 'ctl', 'kick', '', '', '')") ==
      Texts{"the number 2000 is used, but only those up to 1000 are reserved: it could be given out again"});
  // It has the number of the record beside which it stands.
  CHECK(faults_after("INSERT INTO audit VALUES(99, 0, '', '', 'root', NULL, 'ctl', 'kick', '', '', '')")
            .empty());
  const std::string rule = "INSERT INTO state VALUES(1, 'rule/keep_age', '5000', 'anna', 1400, 120);";
  CHECK(faults_after(rule) == Texts{"room 1 keeps what its attributes do not say"});
  CHECK(faults_after(rule + "UPDATE room SET keep_age = 5000 WHERE id = 1").empty());
  CHECK(faults_after("UPDATE room SET keep_messages = 5 WHERE id = 1").size() == 1);
  CHECK(faults_after("INSERT INTO room(id, key, name) VALUES(9, '!', '!');"
                     "INSERT INTO state VALUES(9, 'ban/7', 'x', 'root', 1400, 7)")
            .empty());
  CHECK(
      faults_after("UPDATE state SET seq = 0; INSERT INTO state VALUES(1, 'topic', 'x', '', 0, 0)").empty());
  CHECK(faults_after("UPDATE state SET seq = 2000").size() == 1);
  CHECK(faults_after("DELETE FROM meta WHERE key = 'epoch'") ==
        Texts{"it has no epoch: clients could not tell it from another journal"});
  // Older tables know nothing of it.
  CHECK(faults_after("DROP TABLE state; DROP TABLE change; PRAGMA user_version = 2").empty());
}

TEST_CASE("accounts are whole, and have what belongs to them") {
  const auto fault = [](const char* sql) {
    const auto faults = faults_after(sql);
    REQUIRE(faults.size() == 1);
    return faults.front();
  };
  CHECK(fault("UPDATE account SET look = 'x' WHERE number = 90; UPDATE account SET look = 'anna' WHERE "
              "number = 91") == "account 91 has the name of another, or one that looks the same");
  CHECK(fault("UPDATE account SET key = '' WHERE number = 90") ==
        "account 90 has a name, a key or a look that is empty");
  // Nothing of what is wrong reaches the terminal.
  CHECK(fault("UPDATE account SET name = 'an' || char(27) || 'na' WHERE number = 90") ==
        "account 90 has a name that nobody may have");
  const std::string no_hash = "account 91 has a hash of its password that is none";
  CHECK(fault("UPDATE account SET salt = zeroblob(15) WHERE number = 91") == no_hash);
  CHECK(fault("UPDATE account SET hash = zeroblob(0) WHERE number = 91") == no_hash);
  CHECK(fault("UPDATE account SET passes = 0 WHERE number = 91") == no_hash);
  CHECK(fault("UPDATE account SET role = 3 WHERE number = 91") == "account 91 has a role that is none");
  const std::string in_part = "account 91 is suspended in part";
  CHECK(fault("UPDATE account SET suspended = NULL WHERE number = 91") == in_part);
  CHECK(fault("UPDATE account SET reason = NULL WHERE number = 91") == in_part);
  CHECK(faults_after("UPDATE account SET until = 5000 WHERE number = 91").empty());
  CHECK(fault("DELETE FROM account WHERE number = 90; DELETE FROM device WHERE number = 90; "
              "DELETE FROM place WHERE account = 90") == "device 92 is of an account that is not there");
  const std::string no_token = "device 92 has a token that is none, or was used before it was added";
  CHECK(fault("UPDATE device SET token = zeroblob(31) WHERE number = 92") == no_token);
  CHECK(fault("UPDATE device SET used = 2999 WHERE number = 92") == no_token);
  CHECK(fault("UPDATE invitation SET uses = 0") ==
        "invitation 93 has a token that is none, or no use that is left");
  CHECK(fault("WITH RECURSIVE n(i) AS (VALUES(300) UNION ALL SELECT i + 1 FROM n WHERE i < 363) "
              "INSERT INTO device SELECT i, 91, randomblob(32), '', 5000, 5000, '' FROM n; "
              "INSERT INTO device VALUES(400, 91, randomblob(32), '', 5000, 5000, '')") ==
        "account 91 has more devices than it may");
  CHECK(fault("INSERT INTO place VALUES(95, 'lobby', 'Lobby', 1, 0)") ==
        "account 95 is not there, but its rooms are");
  const std::string in_rooms =
      "account 91 is remembered to be in more rooms than it may, or in a conversation as in a room";
  CHECK(fault("UPDATE place SET here = 1 WHERE account = 91") == in_rooms);
  CHECK(fault("WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 201) "
              "INSERT INTO place SELECT 91, 'r' || i, 'r', 1, 0 FROM n") == in_rooms);
  const std::string no_place = "account 91 has a place that it neither is in nor has read";
  CHECK(fault("UPDATE place SET read = 0 WHERE account = 91") == no_place);
  CHECK(fault("UPDATE place SET here = 2 WHERE account = 91") == no_place);
  CHECK(fault("UPDATE place SET room = '@90-92' WHERE account = 91") ==
        "account 91 has read in conversations of others");
  CHECK(faults_after("UPDATE place SET room = '@91-92' WHERE account = 91").empty());
  CHECK(fault("INSERT INTO room(id, key, name) VALUES(9, '@91-90', '@91-90')") ==
        "conversation 9: its key is none that a conversation may have");
  CHECK(fault("INSERT INTO room(id, key, name) VALUES(9, '@90-91', 'Lobby')") ==
        "conversation 9: its key is none that a conversation may have");
  CHECK(faults_after("INSERT INTO room(id, key, name) VALUES(9, '@90-91', '@90-91')").empty());
  CHECK(fault("UPDATE invitation SET number = 91") == "the number 91 is used 2 times");
  CHECK(fault("UPDATE device SET number = 106 WHERE number = 92") == "the number 106 is used 2 times");
  CHECK(fault("UPDATE invitation SET number = 1001") ==
        "the number 1001 is used, but only those up to 1000 are reserved: it could be given out again");
  // Older tables know nothing of them.
  CHECK(faults_after("DROP TABLE account; DROP TABLE device; DROP TABLE invitation; DROP TABLE place; "
                     "PRAGMA user_version = 3")
            .empty());
}

TEST_CASE("what is private is in conversations, from one of the two") {
  const std::string with_one =
      "INSERT INTO room(id, key, name, last) VALUES(3, '@90-91', '@90-91', 110);"
      "INSERT INTO message VALUES(3, 110, 1, 6000, '#90', 'Anna', 'psst', 'p1', 0, 'Anna', NULL, 'Вова');";
  const auto fault = [&](const std::string& sql) { return faults_after(with_one + sql); };
  CHECK(fault("").empty());
  CHECK(fault("UPDATE message SET recipient = NULL WHERE seq = 110") ==
        Texts{"message 110 has no recipient, and is in a conversation"});
  CHECK(fault("UPDATE message SET recipient = 'anna' WHERE seq = 106") ==
        Texts{"message 106 has a recipient, and is in a room"});
  const Texts stranger{"message 110 is from none of the two whose conversation it is in"};
  CHECK(fault("UPDATE message SET sender = '#9' WHERE seq = 110") == stranger);
  CHECK(fault("UPDATE message SET sender = 'anna' WHERE seq = 110") == stranger);
  CHECK(fault("UPDATE message SET sender = NULL WHERE seq = 110") == stranger);
  CHECK(fault("INSERT INTO state VALUES(3, 'topic', 'x', 'anna', 1400, 120)") ==
        Texts{"conversation 3 has an attribute, which only rooms have"});
}

TEST_CASE("retention and what it has dropped agree") {
  CHECK(faults_after("UPDATE room SET dropped = 103 WHERE id = 1") ==
        Texts{"Lobby: message 103 is there, but retention has dropped everything up to 103"});
  CHECK(
      faults_after("UPDATE room SET dropped = 101 WHERE id = 1") ==
      Texts{
          "Lobby: message 102 has its id among those of dropped messages, but retention has not come to it"});
}

TEST_CASE("a number is used once, and is reserved before") {
  CHECK(
      faults_after("UPDATE message SET seq = 103 WHERE seq = 104; UPDATE room SET last = 103 WHERE id = 2") ==
      Texts{"the number 103 is used 2 times"});
  CHECK(faults_after("UPDATE message SET seq = 102 WHERE seq = 101") ==
        Texts{"the number 102 is used 2 times"});
  const std::string sentence = " is used, but only those up to 105 are reserved: it could be given out again";
  CHECK(faults_after("UPDATE meta SET value = 105 WHERE key = 'reserved'") ==
        Texts{"the number 106" + sentence});
  CHECK(faults_after(
            "UPDATE meta SET value = 105 WHERE key = 'reserved';"
            "UPDATE room SET last = 200, dropped = 200 WHERE id = 2; DELETE FROM message WHERE room = 2") ==
        Texts{"the number 200" + sentence});
  CHECK(faults_after("UPDATE meta SET value = 105 WHERE key = 'reserved';"
                     "REPLACE INTO meta VALUES('forgotten', 300)") == Texts{"the number 300" + sentence});
  CHECK(faults_after("DELETE FROM meta WHERE key = 'reserved'").size() == 1);
}

TEST_CASE("rooms have names that are names, and their keys") {
  CHECK(faults_after("UPDATE room SET key = 'Lobby' WHERE id = 1") ==
        Texts{"room 1: its key does not go with its name"});
  // Nothing of what is wrong reaches the terminal.
  CHECK(faults_after("UPDATE room SET name = 'lob' || char(27) || 'by' WHERE id = 1") ==
        Texts{"room 1: its name is none that a room may have"});
  CHECK(faults_after("DELETE FROM room WHERE id = 2; DELETE FROM state") ==
        Texts{"room 2 is not there, but messages of it are"});
}

TEST_CASE("an id that comes twice within the window is a fault") {
  CHECK(faults_after("UPDATE message SET sender = 'anna', id = 'a2' WHERE seq = 106") ==
        Texts{"Lobby: message 106 has the sender and the id of 103, which were still known"});
  CHECK(faults_after("UPDATE message SET id = 'a1' WHERE seq = 103") ==
        Texts{"Lobby: message 103 has the sender and the id of 100, which were still known"});
  // Somebody else's, or in another room, is another id.
  CHECK(faults_after("UPDATE message SET id = 'a2' WHERE seq = 106").empty());
}

TEST_CASE("an id is forgotten after a thousand messages and ten minutes, both") {
  const auto again = [](std::int64_t ordinal, std::chrono::milliseconds time) {
    tools::IdWindow ids;
    CHECK_FALSE(ids.add("anna", "x", {.seq = 1, .ordinal = 1, .time = 0ms}));
    return ids.add("anna", "x", {.seq = 2, .ordinal = ordinal, .time = time}).has_value();
  };
  CHECK(again(2, 1h));
  CHECK(again(1000, 10min));
  CHECK(again(5000, 10min - 1ms));
  CHECK_FALSE(again(1001, 10min));

  // A clock that has been set back brings nothing back.
  tools::IdWindow ids;
  ids.add("anna", "x", {.seq = 1, .ordinal = 1, .time = 0ms});
  ids.add("anna", "y", {.seq = 2, .ordinal = 2000, .time = 1h});
  CHECK_FALSE(ids.add("anna", "x", {.seq = 3, .ordinal = 2001, .time = 1s}));
}

TEST_CASE("what SQLite finds wrong is told, and nothing else is looked at") {
  // An index that does not know of a room.
  const auto faults = faults_after(R"sql(
    PRAGMA writable_schema = ON;
    CREATE TABLE other(key TEXT UNIQUE);
    DELETE FROM meta;
    UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_other_1')
      WHERE name = 'sqlite_autoindex_room_1';
    PRAGMA writable_schema = RESET)sql");
  REQUIRE_FALSE(faults.empty());
  for (const auto& fault : faults) {
    CHECK_THAT(fault, !Catch::Matchers::ContainsSubstring("reserved"));
    CHECK(fault.find('\n') == std::string::npos);
  }
}
