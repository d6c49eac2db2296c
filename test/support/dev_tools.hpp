#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "test/support/descriptor.hpp"

namespace hubbub::test {

/// The far end of a browser's --remote-debugging-pipe: the Chrome DevTools Protocol, in messages of JSON,
/// each ended by a NUL. Errors: std::runtime_error.
class DevTools {
 public:
  /// Called with what the browser tells unasked: the session (a tab's), the method and its parameters.
  using OnEvent = std::function<void(std::string_view session, std::string_view method,
                                     const boost::json::object& params)>;

  DevTools(Descriptor to_browser, Descriptor from_browser, OnEvent on_event);

  /// Waits for the result; what the browser tells meanwhile is handed on first. `session`: the tab's; empty:
  /// the browser itself.
  boost::json::object call(std::string_view method, const boost::json::object& params = {},
                           std::string_view session = {});
  /// Without waiting for a result: of what ends the browser there may be none.
  void tell(std::string_view method);

 private:
  std::uint64_t send(std::string_view method, const boost::json::object& params, std::string_view session);
  boost::json::object next();

  Descriptor to_browser_;
  Descriptor from_browser_;
  OnEvent on_event_;
  std::string unread_;
  std::uint64_t last_ = 0;
};

}  // namespace hubbub::test
