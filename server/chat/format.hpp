#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/slice.hpp"

namespace hubbub::chat {

using protocol::Bytes;
using protocol::Slice;

/// One wire format, as a front end supplies it: what a whole room gets, turned into bytes. One object
/// stands for one format: the room renders once for all members that name the same object.
class Format {
 public:
  Format() = default;
  Format(const Format&) = delete;
  Format& operator=(const Format&) = delete;
  virtual ~Format() = default;

  /// Appends the event's line or lines, each with its ending.
  virtual void render(const protocol::Event& event, std::string& out) const = 0;
  /// Appends a room message; `ref` is that of the request that said it, for its sender's own copy.
  virtual void render(const protocol::Message& message, std::string_view ref, std::string& out) const = 0;
};

/// One event, rendered on first need for each format.
class Rendered {
 public:
  explicit Rendered(const protocol::Event& event) : event_(event) {}

  const Bytes& in(const Format& format) {
    for (const auto& [known, bytes] : done_) {
      if (known == &format) return bytes;
    }
    std::string text;
    format.render(event_, text);
    return done_.emplace_back(&format, protocol::make_bytes(std::move(text))).second;
  }

 private:
  const protocol::Event& event_;
  std::vector<std::pair<const Format*, Bytes>> done_;
};

}  // namespace hubbub::chat
