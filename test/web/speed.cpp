// How fast the page is: over a slow network, and while very much is said.
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/web/visitor.hpp"

namespace hubbub::test {

TEST_CASE("over a slow network the page is there within two seconds", "[alone]") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Tab tab(browser, "");
  tab.call("Network.enable");
  // 1.6 Mbit/s, and 150 ms there and back.
  tab.call("Network.emulateNetworkConditions", {{"offline", false},
                                                {"latency", 150},
                                                {"downloadThroughput", 1'600'000 / 8},
                                                {"uploadThroughput", 750'000 / 8}});
  tab.open(page_of(daemon.address()));
  tab.wait_for("document.querySelector('#guest-name')");
  const auto painted =
      tab.number("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 1e9");
  const auto usable = tab.number("performance.now()");
  // As those measure who rate pages: the largest thing painted, what has moved by itself, and how long the
  // page was deaf (each task, less 50 ms).
  tab.value(
      "window.rated = (type) => new Promise((rated) => { new PerformanceObserver((list) => "
      "rated(list.getEntries())).observe({ type, buffered: true }); setTimeout(() => rated([]), 300); })");
  const auto largest =
      tab.number("rated('largest-contentful-paint').then((all) => all.at(-1)?.startTime ?? 1e9)");
  const auto shifted =
      tab.number("rated('layout-shift').then((all) => all.reduce((sum, { value }) => sum + value, 0))");
  const auto deaf = tab.number(
      "rated('longtask').then((all) => all.reduce((sum, { duration }) => sum + duration - 50, 0))");
  CHECK(painted < 2000);
  CHECK(largest < 2500);
  CHECK(shifted < 0.1);
  CHECK(deaf < 600);  // what they call poor
  WARN("first paint after " << painted << " ms, the largest after " << largest
                            << " ms, a field for the name before " << usable << " ms; shifted by " << shifted
                            << ", deaf for " << deaf << " ms");
}

// By hand, on a machine that does nothing else: test_web "[speed]".
TEST_CASE("while a thousand messages a second come, what is typed is shown at once", "[.][speed]") {
  if (!can_visit()) return;
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 0\nmessages_per_second_per_address = 0\n"});
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  // What is drawn for the first time has its fonts looked for, which takes a while, once.
  JsonClient early = member(daemon.address(), "early");
  early.say("lobby", "anna: much is said 0");
  visitor.sees("much is said 0");
  visitor.wait_for("document.querySelector('.row.aside')");
  visitor.write("a");
  visitor.write("");
  visitor.value(two_frames);
  // From a key's being pressed to the end of the frame that shows what it does. (What the browser says of its
  // own, in PerformanceEventTiming, waits for the screen that a headless one does not have.)
  visitor.value(
      "window.delays = []; document.addEventListener('input', ({ timeStamp }) => requestAnimationFrame(() => "
      "{ const { port1, port2 } = new MessageChannel(); port1.onmessage = () => "
      "window.delays.push(performance.now() - timeStamp); port2.postMessage(null); }))");
  std::atomic<bool> is_over{false};
  std::thread flood([&] {
    JsonClient bot = member(daemon.address(), "bot");
    for (int i = 0; !is_over; ++i) {
      for (int each = 0; each < 100; ++each)
        bot.send({{"type", "say"}, {"room", "lobby"}, {"text", "much is said " + std::to_string(i)}});
      bot.sync();
      std::this_thread::sleep_for(std::chrono::milliseconds(100));  // the pace of what is tried
    }
  });
  constexpr int keys = 120;
  for (int i = 0; i < keys; ++i) {
    visitor.press({"a", 65, "a"});
    visitor.wait_for("document.activeElement.value.length > " + std::to_string(i));
  }
  const auto most = visitor.number("document.activeElement.value.length");
  is_over = true;
  flood.join();
  CHECK(most == keys);
  visitor.wait_for("window.delays.length === " + std::to_string(keys));
  const auto slowest =
      visitor.text("window.delays.sort((one, other) => other - one).map(Math.round).slice(0, 20).join()");
  const auto late = visitor.number("window.delays[" + std::to_string(keys / 20) + "]");
  CHECK(late < static_cast<double>(growth(100)));
  WARN("95 of 100 keys are shown within " << late << " ms; the slowest: " << slowest);
}

}  // namespace hubbub::test
