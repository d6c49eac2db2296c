// Very many messages: a few are drawn, and what is looked at stays where it is.
#include <algorithm>
#include <cmath>
#include <string>

#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/support/patience.hpp"
#include "test/support/proxy.hpp"
#include "test/web/visitor.hpp"

namespace hubbub::test {
namespace {

const std::string rows = "[...document.querySelectorAll('article.row')]";
const std::string top_row = rows + ".find((each) => each.getBoundingClientRect().bottom > 80)";

/// Counts, while the page is scrolled: what is drawn at most, and how long the slowest frame took.
class Watch {
 public:
  explicit Watch(Visitor& visitor) : visitor_(visitor) {
    visitor_.value(
        "window.slowest = 0; window.frames_ = 0; (() => { let last = performance.now(); const frame = (now) "
        "=> { window.slowest = Math.max(window.slowest, now - last); window.frames_ += 1; last = now; "
        "requestAnimationFrame(frame); }; requestAnimationFrame(frame); })()");
  }
  void look() {
    most_rows_ = std::max(most_rows_, visitor_.number("document.querySelectorAll('article.row').length"));
    most_nodes_ = std::max(most_nodes_, visitor_.number("document.querySelectorAll('*').length"));
  }
  double rows() const { return most_rows_; }
  double nodes() const { return most_nodes_; }
  double slowest() { return visitor_.number("window.slowest"); }
  double frames() { return visitor_.number("window.frames_"); }

 private:
  Visitor& visitor_;
  double most_rows_ = 0;
  double most_nodes_ = 0;
};

double oldest(Visitor& visitor) {
  return visitor.number(
      "Number((document.querySelector('article.row .text')?.textContent ?? '').match(/message (\\d+)/)?.[1] "
      "?? 0)");
}

/// Turns the wheel upwards until older messages are drawn. False: there are none.
bool scroll_up(Visitor& visitor, int by) {
  const auto before = oldest(visitor);
  const Deadline deadline(patience);
  while (oldest(visitor) == before) {
    if (visitor.is("document.querySelector('.list').scrollTop === 0 && document.querySelector('.list-head')"
                   ".textContent !== '' && !document.querySelector('.list-head .loading')"))
      return false;
    REQUIRE(deadline.left() > 0);
    visitor.turn_wheel(-by);
  }
  return true;
}

}  // namespace

TEST_CASE("of very many messages a few are drawn, wherever one scrolls") {
  if (!can_visit()) return;
  const Daemon daemon({.config = no_pace + "[history]\nengine = \"sqlite\"\n"});
  say_many(daemon, 20'000);
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  visitor.sees("message 20000");
  Watch watch(visitor);
  for (int i = 0; i < 40; ++i) {
    scroll_up(visitor, 2000);
    visitor.wait_for(top_row);
    watch.look();
  }
  CHECK(watch.rows() <= 300);
  CHECK(watch.nodes() <= 6000);
  CHECK(visitor.count_of("message 20000") == 0);
}

TEST_CASE("what one reads stays where it is when older messages come, and newer ones") {
  if (!can_visit()) return;
  const Daemon daemon({.config = no_pace});
  say_many(daemon, 1500);
  JsonClient bot = member(daemon.address(), "bob");
  Proxy network(daemon.address());
  Browser browser;
  Visitor visitor(browser, network.address());
  visitor.come_in("anna");
  visitor.sees("message 1500");
  for (int i = 0; i < 6; ++i) {
    // Up to where older messages are asked for, which come only when a row has been noted.
    network.freeze();
    visitor.value("document.querySelector('.list').scrollTop = 120");
    visitor.value(two_frames);
    visitor.value("(() => { const row = " + top_row +
                  "; window.noted = { key: row.dataset.key, top: row.getBoundingClientRect().top, height: "
                  "document.querySelector('.list').scrollHeight }; })()");
    CHECK(visitor.is("noted.top < innerHeight"));
    network.pass();
    bot.say("lobby", "one more " + std::to_string(i));
    visitor.wait_for("document.querySelector('.list').scrollHeight > window.noted.height + 1000");
    visitor.value(two_frames);
    const auto moved = visitor.number(
        "Math.abs(document.querySelector(`article[data-key=\"${noted.key}\"]`).getBoundingClientRect().top - "
        "noted.top)");
    INFO("step " << i << ": " << visitor.text("noted.key"));
    CHECK(moved <= 1);
  }
}

TEST_CASE("who jumps through what was read sees it there, and nothing more is read for it") {
  if (!can_visit()) return;
  const Daemon daemon({.config = no_pace});
  say_many(daemon, 3000);
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  visitor.sees("message 3000");
  for (int i = 0; i < 12; ++i) scroll_up(visitor, 2000);
  const std::string list = "document.querySelector('.list')";
  const std::string seen = rows +
                           ".filter((each) => { const { top, bottom } = each.getBoundingClientRect(); "
                           "return bottom > 80 && top < innerHeight - 80; })";
  for (const auto* const to : {"scrollHeight * 0.5", "scrollHeight * 0.2", "scrollHeight * 0.8"}) {
    visitor.value(list + ".scrollTop = " + list + '.' + to);
    // As many as fit into it, and not only the last or the first.
    visitor.wait_for(seen + ".length > 15");
    const auto wanted = visitor.number(list + ".scrollTop / " + list + ".scrollHeight");
    INFO(to << " is " << wanted);
    CHECK(std::abs(wanted - visitor.number(list + '.' + to + " / " + list + ".scrollHeight")) < 0.2);
  }
  visitor.value(list + ".scrollTop = 0");
  visitor.wait_for(seen + ".length > 15");
  visitor.wait_for(list + ".scrollTop > 0");  // older ones were read, above what one sees
  CHECK(visitor.is("!!document.querySelector('.list-head .loading')"));
}

// By hand: test_web "[many]".
TEST_CASE("a hundred thousand messages are scrolled through without a slow frame", "[.][many]") {
  if (!can_visit()) return;
  const Daemon daemon({.config = no_pace + "[history]\nengine = \"sqlite\"\n"});
  say_many(daemon, 100'000);
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  visitor.sees("message 100000");
  Watch watch(visitor);
  while (scroll_up(visitor, 4000)) watch.look();
  CHECK(oldest(visitor) <= 1);
  CHECK(watch.rows() <= 300);
  CHECK(watch.nodes() <= 6000);
  CHECK(watch.slowest() < static_cast<double>(growth(100)));
  WARN("rows " << watch.rows() << ", elements " << watch.nodes() << ", frames " << watch.frames()
               << ", the slowest " << watch.slowest() << " ms");
}

}  // namespace hubbub::test
