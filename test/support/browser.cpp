#include "test/support/browser.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <utility>

#include "test/support/catch.hpp"
#include "test/support/patience.hpp"

namespace hubbub::test {
namespace {

std::string program() {
  if (const char* const named = std::getenv("HUBBUB_BROWSER")) return named;
  for (const auto* const path : {"/usr/bin/chromium", "/usr/bin/chromium-browser"})
    if (std::filesystem::exists(path)) return path;
  return {};
}

struct Ends {
  Descriptor read;
  Descriptor write;
};

Ends make_ends() {
  int both[2] = {-1, -1};
  if (::pipe2(both, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 has failed");
  return {Descriptor(both[0]), Descriptor(both[1])};
}

std::vector<std::string> arguments(const std::filesystem::path& profile) {
  std::vector<std::string> all{
      program(), "--headless", "--remote-debugging-pipe", "--user-data-dir=" + (profile / "profile").string(),
      "--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-breakpad",
      "--disable-component-update", "--disable-default-apps", "--disable-dev-shm-usage", "--disable-gpu",
      "--disable-sync", "--disable-features=Translate,OptimizationHints,MediaRouter", "--lang=en-US",
      "--mute-audio", "--password-store=basic",
      // Nothing but this machine is found.
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"};
  // Its sandbox is not for root, as whom tests run in containers.
  if (::geteuid() == 0) all.emplace_back("--no-sandbox");
  all.emplace_back("about:blank");
  return all;
}

std::string text_at(const boost::json::object& object, std::string_view path) {
  boost::system::error_code missing;
  const boost::json::value whole(object);
  const auto* const found = whole.find_pointer(path, missing);
  if (found == nullptr) return {};
  return found->is_string() ? std::string(found->get_string()) : boost::json::serialize(*found);
}

std::string from_base64(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char each : text.substr(0, text.find('='))) {
    bits = bits << 6U | static_cast<unsigned>(alphabet.find(each));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xFFU);
  }
  return bytes;
}

}  // namespace

std::string in_script(std::string_view text) { return boost::json::serialize(boost::json::string(text)); }

bool has_browser() {
  if (!program().empty()) return true;
  std::cout << "skipped: there is no chromium\n";
  return false;
}

// --- the browser

Browser::Browser() {
  auto to_browser = make_ends();
  auto from_browser = make_ends();
  process_ = std::make_unique<Process>(Command{
      .arguments = arguments(profile_.path()),
      .environment = {"HOME=" + profile_.path().string(), "XDG_CONFIG_HOME=" + profile_.path().string(),
                      "XDG_CACHE_HOME=" + profile_.path().string()},
      .handed = {to_browser.read.get(), from_browser.write.get()}});
  tools_ = std::make_unique<DevTools>(
      std::move(to_browser.write), std::move(from_browser.read),
      [this](std::string_view session, std::string_view method, const boost::json::object& params) {
        on_event(session, method, params);
      });
}

Browser::~Browser() {
  try {
    tools_->tell("Browser.close");
  } catch (const std::exception&) {  // it has gone already
  }
  if (process_->wait_exit()) return;
  process_->signal(SIGKILL);
  process_->wait_exit();
}

void Browser::on_event(std::string_view session, std::string_view method, const boost::json::object& params) {
  for (auto* const tab : tabs_)
    if (tab->session_ == session) tab->on_event(method, params);
}

// --- a tab

Tab::Tab(Browser& browser, const std::string& url, const TabOptions& options)
    : browser_(browser), options_(options) {
  target_ = text_at(
      browser.call("Target.createTarget", {{"url", "about:blank"}, {"background", options.is_behind}}),
      "/targetId");
  session_ = text_at(browser.call("Target.attachToTarget", {{"targetId", target_}, {"flatten", true}}),
                     "/sessionId");
  browser_.tabs_.push_back(this);
  for (const auto* const domain : {"Page.enable", "Runtime.enable", "Log.enable", "Audits.enable"})
    call(domain);
  call("Emulation.setDeviceMetricsOverride", {{"width", options.width},
                                              {"height", options.height},
                                              {"deviceScaleFactor", 1},
                                              {"mobile", options.is_phone}});
  if (options.is_phone) call("Emulation.setTouchEmulationEnabled", {{"enabled", true}});
  call("Emulation.setEmulatedMedia",
       {{"features", boost::json::array{boost::json::object{
                         {"name", "prefers-color-scheme"}, {"value", options.is_dark ? "dark" : "light"}}}}});
  if (!url.empty()) open(url);
}

Tab::~Tab() {
  std::erase(browser_.tabs_, this);
  // A test that has failed already has said why.
  if (std::uncaught_exceptions() == 0)
    CHECK_THAT(complaints_, Catch::Matchers::Equals(std::vector<std::string>()));
  try {
    browser_.call("Target.closeTarget", {{"targetId", target_}});
  } catch (const std::exception&) {  // the browser has gone
  }
}

void Tab::on_event(std::string_view method, const boost::json::object& params) {
  if (method == "Runtime.exceptionThrown")
    complain(text_at(params, "/exceptionDetails/exception/description"));
  if (method == "Runtime.consoleAPICalled") {
    const auto type = text_at(params, "/type");
    if (type == "error" || type == "warning" || type == "assert") complain(text_at(params, "/args"));
  }
  if (method == "Log.entryAdded") {
    const auto level = text_at(params, "/entry/level");
    // That a request was refused is no fault of the page.
    const bool is_fault =
        (level == "error" || level == "warning") && text_at(params, "/entry/source") != "network";
    if (is_fault) complain(text_at(params, "/entry/text"));
  }
  if (method == "Audits.issueAdded" && text_at(params, "/issue/code") == "ContentSecurityPolicyIssue")
    complain(boost::json::serialize(params));
}

void Tab::complain(std::string what) {
  const bool is_expected = std::any_of(expected_.begin(), expected_.end(), [&](const std::string& part) {
    return what.find(part) != std::string::npos;
  });
  if (!is_expected) complaints_.push_back(std::move(what));
}

boost::json::value Tab::evaluate(const std::string& expression, boost::json::object params) {
  params["expression"] = expression;
  params["awaitPromise"] = params["returnByValue"] = params["userGesture"] = true;
  const auto outcome = call("Runtime.evaluate", params);
  if (outcome.contains("exceptionDetails")) {
    const auto what = text_at(outcome, "/exceptionDetails/exception/description");
    throw std::runtime_error(expression.substr(0, 200) + ": " + what);
  }
  const auto& result = outcome.at("result").as_object();
  const auto* const found = result.if_contains("value");
  return found == nullptr ? boost::json::value() : *found;
}

boost::json::value Tab::value(const std::string& expression) { return evaluate(expression, {}); }

boost::json::value Tab::value_apart(const std::string& script, const std::string& expression) {
  const auto frame = text_at(call("Page.getFrameTree"), "/frameTree/frame/id");
  const auto world = call("Page.createIsolatedWorld", {{"frameId", frame}}).at("executionContextId");
  evaluate(script + "\n;true", {{"contextId", world}});
  return evaluate(expression, {{"contextId", world}});
}

bool Tab::is(const std::string& expression) {
  const auto found = value("Promise.resolve(" + expression + ").then(Boolean)");
  return found.is_bool() && found.get_bool();
}

std::string Tab::text(const std::string& expression) {
  const auto found = value("Promise.resolve(" + expression + ").then(String)");
  return found.is_string() ? std::string(found.get_string()) : std::string();
}

double Tab::number(const std::string& expression) { return value(expression).to_number<double>(); }

void Tab::wait_for(const std::string& expression) {
  const Deadline deadline(patience);
  std::string trouble;
  // A load of the page ends what is asked of the one before; and what is looked at may not be there yet.
  const auto look = "new Promise((told, failed) => setTimeout(() => { try { told(!!(" + expression +
                    ")); } catch (fault) { failed(fault); } }, 5))";
  while (deadline.left() > 0) {
    try {
      const auto found = value(look);
      if (found.is_bool() && found.get_bool()) return;
    } catch (const std::runtime_error& error) {
      trouble = error.what();
    }
  }
  keep_picture("never");
  throw std::runtime_error("never so: " + expression + ' ' + trouble);
}

void Tab::open(const std::string& url) {
  call("Page.navigate", {{"url", url}});
  wait_for("location.href !== 'about:blank' && document.readyState === 'complete'");
}

void Tab::reload() {
  value("window.isOfBefore = true");
  call("Page.reload");
  wait_for("!window.isOfBefore && document.readyState === 'complete'");
}

void Tab::tell_of_network(bool is_there) {
  constexpr int unlimited = -1;
  call("Network.enable");
  call("Network.emulateNetworkConditions", {{"offline", !is_there},
                                            {"latency", 0},
                                            {"downloadThroughput", unlimited},
                                            {"uploadThroughput", unlimited}});
  wait_for(is_there ? "navigator.onLine" : "!navigator.onLine");
}

void Tab::type(std::string_view text) { call("Input.insertText", {{"text", text}}); }

void Tab::press(const Key& key) {
  boost::json::object event{{"type", key.text.empty() ? "rawKeyDown" : "keyDown"},
                            {"key", key.key},
                            {"code", key.key},
                            {"windowsVirtualKeyCode", key.code},
                            {"modifiers", key.modifiers}};
  if (!key.text.empty()) event["text"] = key.text;
  call("Input.dispatchKeyEvent", event);
  event["type"] = "keyUp";
  event.erase("text");
  call("Input.dispatchKeyEvent", event);
}

void Tab::focus(const std::string& selector) {
  const auto element = "document.querySelector(" + in_script(selector) + ")";
  wait_for(element);
  value(element + ".focus()");
  wait_for("document.activeElement === " + element);
}

void Tab::fill(const std::string& selector, std::string_view text) {
  focus(selector);
  value("document.activeElement.select()");
  type(text);
}

void Tab::click_at(const std::string& element) {
  wait_for(element);
  const auto middle = value("(() => { const element = " + element +
                            "; element.scrollIntoView({ block: 'nearest' }); const { x, y, width, height } = "
                            "element.getBoundingClientRect(); return [x + width / 2, y + height / 2]; })()")
                          .as_array();
  for (const auto* const type : {"mousePressed", "mouseReleased"}) {
    call("Input.dispatchMouseEvent",
         {{"type", type}, {"x", middle[0]}, {"y", middle[1]}, {"button", "left"}, {"clickCount", 1}});
  }
}

void Tab::click(const std::string& selector) {
  click_at("document.querySelector(" + in_script(selector) + ")");
}

void Tab::click_text(const std::string& selector, const std::string& words) {
  click_at("[...document.querySelectorAll(" + in_script(selector) +
           ")].find((each) => each.textContent.includes(" + in_script(words) + "))");
}

void Tab::turn_wheel(int by) {
  call("Input.dispatchMouseEvent", {{"type", "mouseWheel"},
                                    {"x", options_.width / 2},
                                    {"y", options_.height / 2},
                                    {"deltaX", 0},
                                    {"deltaY", by}});
}

void Tab::keep_picture(const std::string& name) {
  const char* const folder = std::getenv("HUBBUB_SHOTS");
  if (folder == nullptr) return;
  const auto picture = text_at(call("Page.captureScreenshot", {{"format", "png"}}), "/data");
  std::filesystem::create_directories(folder);
  std::ofstream(std::filesystem::path(folder) / (name + ".png"), std::ios::binary) << from_base64(picture);
}

}  // namespace hubbub::test
