#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/dev_tools.hpp"
#include "test/support/process.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::test {

/// Whether there is Chromium on this machine, or another browser named by HUBBUB_BROWSER. Where there is
/// none, it says so, and the test is to return: it counts as skipped.
bool has_browser();

/// A headless Chromium with a fresh profile, driven over --remote-debugging-pipe. It finds no host but this
/// machine.
class Browser {
 public:
  Browser();
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  boost::json::object call(std::string_view method, const boost::json::object& params = {},
                           std::string_view session = {}) {
    return tools_->call(method, params, session);
  }

 private:
  friend class Tab;
  void on_event(std::string_view session, std::string_view method, const boost::json::object& params);

  TemporaryDirectory profile_;
  std::unique_ptr<Process> process_;
  std::unique_ptr<DevTools> tools_;
  std::vector<class Tab*> tabs_;
};

struct TabOptions {
  int width = 1200;
  int height = 800;
  bool is_phone = false;  ///< touch, and a phone's viewport
  bool is_dark = false;
  bool is_behind = false;  ///< another tab is looked at
};

/// What a key does; of what is typed, see Tab::type.
struct Key {
  std::string key;  ///< "Enter"
  int code = 0;     ///< windowsVirtualKeyCode
  std::string text{};
  int modifiers = 0;  ///< 1 Alt, 2 Ctrl, 4 Meta, 8 Shift
};
inline const Key enter{"Enter", 13, "\r"};
inline const Key shift_enter{"Enter", 13, "\r", 8};
inline const Key tab_key{"Tab", 9};
inline const Key escape{"Escape", 27};

/// One tab. What the page complains of (errors, exceptions, reports of the Content-Security-Policy) fails the
/// test at the tab's end.
class Tab {
 public:
  /// `url`: what it opens; empty: nothing yet.
  Tab(Browser& browser, const std::string& url, const TabOptions& options = {});
  ~Tab();
  Tab(const Tab&) = delete;
  Tab& operator=(const Tab&) = delete;

  boost::json::object call(std::string_view method, const boost::json::object& params = {}) {
    return browser_.call(method, params, session_);
  }
  /// The value of an expression in the page; of a promise, that which it is kept with.
  boost::json::value value(const std::string& expression);
  /// The same in a world apart, which has the document and none of the page's own variables; `script` is run
  /// there first. What it does is not the page's doing.
  boost::json::value value_apart(const std::string& script, const std::string& expression);
  bool is(const std::string& expression);
  std::string text(const std::string& expression);
  double number(const std::string& expression);
  /// Waits until the expression is true, also across loads of the page.
  void wait_for(const std::string& expression);

  void open(const std::string& url);
  void reload();
  /// Tells the page whether there is a network; to take it away is for a Proxy.
  void tell_of_network(bool is_there);
  /// As if typed: at the focus.
  void type(std::string_view text);
  void press(const Key& key);
  /// Puts the focus on it, waiting until it is there. `selector`: of CSS.
  void focus(const std::string& selector);
  /// Types into it, in place of what is there.
  void fill(const std::string& selector, std::string_view text);
  /// Clicks in the middle of it, waiting until it is there.
  void click(const std::string& selector);
  /// The same of the first such element whose text has those words in it.
  void click_text(const std::string& selector, const std::string& words);
  /// Turns the wheel over the middle of the tab; down, if `by` (CSS pixels) is positive.
  void turn_wheel(int by);
  /// Keeps a picture where HUBBUB_SHOTS names a folder.
  void keep_picture(const std::string& name);
  /// A complaint that has this in it is none: the test causes it.
  void expect_complaint(const std::string& part) { expected_.push_back(part); }
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  friend class Browser;
  void on_event(std::string_view method, const boost::json::object& params);
  boost::json::value evaluate(const std::string& expression, boost::json::object params);
  void complain(std::string what);
  void click_at(const std::string& element);

  Browser& browser_;
  const TabOptions options_;
  std::string target_;
  std::string session_;
  std::vector<std::string> complaints_;
  std::vector<std::string> expected_;
};

/// A JSON string, which is one of JavaScript, too.
std::string in_script(std::string_view text);

}  // namespace hubbub::test
