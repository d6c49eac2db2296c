// What was typed, kept in a file.
#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "client/terminal/history_file.hpp"
#include "client/terminal/secret_line.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::client::terminal {
namespace {

using Strings = std::vector<std::string>;

struct Place {
  test::TemporaryDirectory directory;
  std::filesystem::path path = directory.path() / "state" / "hubbub" / "history";
  HistoryFile file{path};
};

}  // namespace

TEST_CASE_METHOD(Place, "what was typed is there again, entries of several lines too") {
  CHECK(file.load().empty());
  file.append("one");
  file.append("two\nlines\\n with a \\ backslash");
  file.append("Привет, 世界");
  CHECK(HistoryFile(path).load() == Strings{"one", "two\nlines\\n with a \\ backslash", "Привет, 世界"});
  CHECK(test::bytes_of(path).starts_with("one\ntwo\\nlines\\\\n with"));
}

TEST_CASE_METHOD(Place, "nobody else may read it") {
  file.append("one");
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
}

TEST_CASE_METHOD(Place, "several clients at once lose nothing of each other, also while one cuts it back") {
  constexpr int each = 300;
  std::vector<std::thread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([&, client] {
      const HistoryFile mine(path);
      for (int line = 0; line < each; ++line) {
        mine.append(std::to_string(client) + "." + std::to_string(line));
        if (line % 100 == 50) mine.load();
      }
    });
  }
  for (std::thread& client : clients) client.join();
  const Strings all = file.load();
  for (int client = 0; client < 4; ++client) {
    const std::string last = std::to_string(client) + "." + std::to_string(each - 1);
    CHECK(std::count(all.begin(), all.end(), last) == 1);
  }
  CHECK(all.size() == HistoryFile::most_entries);
}

TEST_CASE_METHOD(Place, "a file that has grown is cut back to the last entries") {
  for (std::size_t line = 0; line <= 2 * HistoryFile::most_entries; ++line) file.append(std::to_string(line));
  const Strings kept = file.load();
  CHECK(kept.size() == HistoryFile::most_entries);
  CHECK(kept.back() == std::to_string(2 * HistoryFile::most_entries));
  const std::string bytes = test::bytes_of(path);
  CHECK(static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n')) == HistoryFile::most_entries);
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
}

TEST_CASE("where it cannot be written there is no history, and that is all") {
  const HistoryFile nowhere{std::filesystem::path()};
  nowhere.append("one");
  CHECK(nowhere.load().empty());
  const HistoryFile in_a_file("/dev/null/hubbub/history");
  in_a_file.append("one");
  CHECK(in_a_file.load().empty());
}

TEST_CASE("secrets, and what begins with a blank, are not kept") {
  CHECK(may_be_kept("hello"));
  CHECK(may_be_kept("the token bucket is full"));
  CHECK(may_be_kept("/msg bob hi"));
  CHECK(may_be_kept("/logn"));
  CHECK(may_be_kept("/leave lobby"));
  CHECK(may_be_kept("/part lobby"));
  CHECK(may_be_kept("/join pass"));
  CHECK(may_be_kept("/join # pass"));
  CHECK(may_be_kept("/room key"));
  CHECK(may_be_kept("/room limit 5"));
  CHECK(may_be_kept("hub_" + std::string(42, 'x')));
  for (const char* line : {"",
                           " said on the quiet",
                           "\tindented",
                           "my Password is hunter2",
                           "/register hunter2",
                           "/login bob hunter2",
                           "/signin bob hunter2",
                           "/su bob hunter2",
                           "/quote PASS hunter2",
                           "/ login bob hunter2",
                           "login bob hunter2",
                           "export API_KEY=1",
                           "token: abc",
                           "/logn x",
                           "/pasword a b",
                           "/regster pw",
                           "/auth pw",
                           "/pass pw",
                           "/oper a b",
                           "/erase pw",
                           "/identify pw",
                           "/nickserv identify pw",
                           "/ns set pw",
                           "/msg NickServ identify pw",
                           "/ logn x",
                           "／logn x",
                           "/PASSWORD a b",
                           "/join lobby sesame",
                           "/J #lobby sesame",
                           " /join lobby sesame",
                           "/ join lobby sesame",
                           "/room KEY sesame",
                           "/redeem abc",
                           "/redem abc",
                           "/unknown hub_0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdef",
                           "it is hub_hub_0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcde, they say",
                           "мой пароль: 123",
                           "密码是123",
                           "first line\nAuthorization: Bearer abc"}) {
    CAPTURE(line);
    CHECK_FALSE(may_be_kept(line));
  }
}

TEST_CASE("a token alone, and a command that lacks its slash, are known") {
  const std::string token = "hub_" + std::string(43, 'x');
  CHECK(is_token_alone(token));
  CHECK(is_token_alone("  " + token + "\t"));
  CHECK(is_token_alone("this is mine:\n " + token + "\nkeep it"));
  CHECK_FALSE(is_token_alone("one\ntwo " + token + "\n"));
  CHECK_FALSE(is_token_alone(token + "x"));
  CHECK_FALSE(is_token_alone("my " + token));
  CHECK(secret_command_without_slash("login alice hunter2") == "login");
  CHECK(secret_command_without_slash("  Register hunter2") == "register");
  CHECK(secret_command_without_slash("login").empty());
  CHECK(secret_command_without_slash("login works for me").empty());
  CHECK(secret_command_without_slash("/login alice").empty());
}

}  // namespace hubbub::client::terminal
