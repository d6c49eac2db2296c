#pragma once

#include <iostream>
#include <string>
#include <string_view>

#include "test/support/browser.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

// How the tests find their way on the page: what is where is here alone.
namespace hubbub::test {

inline constexpr const char* name_field = "#guest-name";
inline constexpr const char* writing_field = ".composer textarea";

/// Whether there is a page, and a browser to see it with; if not, it says so, and the test is to return: it
/// counts as skipped.
inline bool can_visit() {
  if (!std::string_view(HUBBUB_PAGE_PACKAGES).empty()) return has_browser();
  std::cout << "skipped: the daemon is built without the page\n";
  return false;
}

inline std::string page_of(const Address& address) {
  return "http://" + address.host + ':' + std::to_string(address.port) + '/';
}

/// All that is known is drawn when this has its value.
inline constexpr const char* two_frames =
    "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))";

/// A server that lets one say as much as one likes.
inline const std::string no_pace =
    "[limits]\nmessages_per_second = 0\nmessages_per_second_per_address = 0\nqueries_per_second = 0\n";

/// Says so many messages in the lobby, from "message 1" on.
inline void say_many(const Daemon& daemon, int count) {
  JsonClient bot = member(daemon.address(), "bot");
  constexpr int at_once = 1000;
  for (int first = 1; first <= count; first += at_once) {
    for (int i = first; i < first + at_once && i <= count; ++i)
      bot.send({{"type", "say"}, {"room", "lobby"}, {"text", "message " + std::to_string(i)}});
    bot.sync();
  }
}

/// Somebody at the page.
class Visitor : public Tab {
 public:
  Visitor(Browser& browser, const Daemon& daemon, const TabOptions& options = {})
      : Visitor(browser, daemon.address(), options) {}
  Visitor(Browser& browser, const Address& address, const TabOptions& options = {})
      : Tab(browser, page_of(address), options) {}

  /// With a name, as a guest.
  void come_in(std::string_view name) {
    fill(name_field, name);
    press(enter);
    wait_for_room();
  }
  void wait_for_room() { wait_for("document.querySelector('" + std::string(writing_field) + "')"); }
  void write(std::string_view text) { fill(writing_field, text); }
  void say(std::string_view text) {
    write(text);
    press(enter);
  }
  std::string draft() { return text("document.querySelector('" + std::string(writing_field) + "').value"); }

  /// How many messages have that in them that the server has told of.
  int count_of(std::string_view said) { return static_cast<int>(number(those_with(said) + ".length")); }
  /// Waits until there is such a message.
  void sees(std::string_view said) { wait_for(those_with(said) + ".length > 0"); }

  void open_form(const std::string& way) {
    click_text(".ways button", way);
    wait_for("document.querySelector('#account-password')");
  }
  void fill_form(std::string_view name, std::string_view password) {
    fill("#account-name", name);
    fill("#account-password", password);
    press(enter);
  }
  /// And is in the room with it.
  void make_account(std::string_view name, std::string_view password) {
    open_form("Make an account");
    fill_form(name, password);
    wait_for_room();
  }

 private:
  static std::string those_with(std::string_view said) {
    return "[...document.querySelectorAll('article.row:not(.pending) .text')].filter((each) => "
           "each.textContent.includes(" +
           in_script(said) + "))";
  }
};

}  // namespace hubbub::test
