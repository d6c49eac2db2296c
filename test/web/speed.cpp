// How fast the page is: over a slow network, and while very much is said.
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/web/visitor.hpp"

namespace hubbub::test {

TEST_CASE("over a slow network the page is there within two seconds") {
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
  CHECK(painted < 2000);
  WARN("first paint after " << painted << " ms, a field for the name before " << usable << " ms");
}

// By hand, on a machine that does nothing else: test_web "[speed]".
TEST_CASE("while a thousand messages a second come, what is typed is shown at once", "[.][speed]") {
  if (!can_visit()) return;
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 0\nmessages_per_second_per_address = 0\n"});
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  visitor.focus(writing_field);
  visitor.value(
      "window.delays = []; new PerformanceObserver((list) => window.delays.push(...list.getEntries()"
      ".filter(({ name }) => name === 'keydown' || name === 'input').map(({ duration }) => duration)))"
      ".observe({ type: 'event', durationThreshold: 16 })");
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
  // Faster ones than the threshold are not told of.
  const auto slowest = visitor.text("window.delays.sort((one, other) => other - one).slice(0, 20)");
  const auto late = visitor.number("window.delays[" + std::to_string(keys * 2 / 20) + "] ?? 0");
  CHECK(late < static_cast<double>(growth(100)));
  WARN("95 of 100 keys are shown within " << late << " ms; the slowest: " << slowest);
}

}  // namespace hubbub::test
