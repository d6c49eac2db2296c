#pragma once

#include <string>

#include "test/support/json_client.hpp"
#include "test/web/visitor.hpp"

// Steps of tests about rooms that people run.
namespace hubbub::test {

inline const Key arrow_up{"ArrowUp", 38};
inline constexpr const char* note = "document.querySelector('#silence')?.textContent ?? ''";

/// Somebody with an account, who owns the room.
inline JsonClient owner_of(const Daemon& daemon, const std::string& room) {
  JsonClient owner(daemon.address());
  owner.hello("olga");
  owner.answer({{"type", "register"}, {"password", "correct horse"}});
  owner.join(room);
  return owner;
}

inline void go_to(Visitor& visitor, const std::string& room) {
  visitor.say("/join " + room);
  visitor.wait_for("document.querySelector('.bar h1').textContent.includes(" + in_script(room) + ")");
}

inline void wait_for_note(Visitor& visitor, const std::string& words) {
  visitor.wait_for("(" + std::string(note) + ").includes(" + in_script(words) + ")");
}

/// Waits until no row has that text any more.
inline void misses(Visitor& visitor, const std::string& text) {
  visitor.wait_for(
      "![...document.querySelectorAll('article.row .text')].some((each) => each.textContent.includes(" +
      in_script(text) + "))");
}

/// Of several tabs the one that is pressed in is looked at.
inline void look_at(Visitor& visitor) { visitor.call("Page.bringToFront"); }

/// Opens what can be done with the message that has that text.
inline void press_on(Visitor& visitor, const std::string& text, const std::string& action) {
  visitor.click_text("article.row .text", text);
  visitor.click(".actions button[aria-label='" + action + "']");
}

}  // namespace hubbub::test
