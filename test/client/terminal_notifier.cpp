// The bell, and notifications of the desktop.
#include <memory>
#include <string>
#include <vector>

#include "client/terminal/notifier.hpp"
#include "test/support/catch.hpp"

namespace hubbub::client::terminal {
namespace {

using Way = Notifier::Way;
using std::chrono::milliseconds;

Said said(std::string room, std::string from, std::string text) {
  protocol::Message message;
  message.room = std::move(room);
  message.from = std::move(from);
  message.text = std::move(text);
  return Said{std::make_shared<const protocol::Message>(message)};
}

const std::vector<Said> mention = {said("dev", "bob", "alice: look")};
const std::vector<Said> whisper = {said("", "bob", "psst")};
const Notifier::TimePoint noon_of_watch{std::chrono::hours(12)};

}  // namespace

TEST_CASE("a mention rings, and notifies in the terminal's way") {
  CHECK(Notifier(Way::osc777, true).tell(mention, {}, noon_of_watch) ==
        "\a\x1b]777;notify;bob in dev;alice: look\x1b\\");
  CHECK(Notifier(Way::osc9, true).tell(mention, {}, noon_of_watch) ==
        "\a\x1b]9;bob in dev: alice: look\x1b\\");
  CHECK(Notifier(Way::osc777_in_tmux, true).tell(whisper, {}, noon_of_watch) ==
        "\a\x1bPtmux;\x1b\x1b]777;notify;bob;psst\x1b\x1b\\\x1b\\");
  CHECK(Notifier(Way::osc9_in_tmux, true).tell(whisper, {}, noon_of_watch) ==
        "\a\x1bPtmux;\x1b\x1b]9;bob: psst\x1b\x1b\\\x1b\\");
  CHECK(Notifier(Way::none, true).tell(mention, {}, noon_of_watch) == "\a");
  CHECK(Notifier(Way::none, false).tell(mention, {}, noon_of_watch).empty());
  CHECK(Notifier(Way::osc777, true).tell({}, {}, noon_of_watch).empty());
}

TEST_CASE("each can be turned off") {
  const auto told = [](const std::vector<Said>& alerts, const Notify& wanted) {
    return Notifier(Way::osc777, true).tell(alerts, wanted, noon_of_watch);
  };
  Notify wanted;
  wanted.bell = false;
  CHECK(told(mention, wanted).starts_with("\x1b]777"));
  wanted.desktop = false;
  CHECK(told(mention, wanted).empty());
  wanted = {};
  wanted.desktop = false;
  CHECK(told(mention, wanted) == "\a");
  wanted = {};
  wanted.on_mention = false;
  CHECK(told(mention, wanted).empty());
  CHECK_FALSE(told(whisper, wanted).empty());
  CHECK(told({mention[0], whisper[0]}, wanted).find("psst") != std::string::npos);
  wanted.on_private = false;
  CHECK(told(whisper, wanted).empty());
}

TEST_CASE("it is heard once in a while, however much is said") {
  Notifier notifier(Way::none, true);
  CHECK(notifier.tell(mention, {}, noon_of_watch) == "\a");
  CHECK(notifier.tell(whisper, {}, noon_of_watch + milliseconds(1)).empty());
  CHECK(notifier.tell(mention, {}, noon_of_watch + Notifier::pause - milliseconds(1)).empty());
  CHECK(notifier.tell(mention, {}, noon_of_watch + Notifier::pause) == "\a");
}

TEST_CASE("what others wrote cannot end the sequence, nor begin another") {
  const std::vector<Said> hostile = {
      said("", "eve;x", "a\x07\x1b\\\x1b]0;owned\x9c\u009c\nb\u202e" + std::string(1000, 'c'))};
  const std::string told = Notifier(Way::osc777, false).tell(hostile, {}, noon_of_watch);
  CHECK(told.starts_with("\x1b]777;notify;eve,x;a\\]0;owned\uFFFD bcccc"));
  CHECK(told.ends_with("ccc…\x1b\\"));
  CHECK(told.size() < 250);
  CHECK(told.find('\x1b', 1) == told.size() - 2);
  CHECK(told.find('\x07') == std::string::npos);
  CHECK(told.find("\u009c") == std::string::npos);
}

}  // namespace hubbub::client::terminal
