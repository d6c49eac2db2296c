#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace hubbub::protocol {

/// Rendered lines. They stay in the loop's thread, so that the reference count, which changes once per batch
/// for every member of a room, need not be atomic.
struct Text : boost::intrusive_ref_counter<Text, boost::thread_unsafe_counter> {
  explicit Text(std::string lines) : text(std::move(lines)) {}
  const std::string text;
};

/// Rendered lines, shared by all sessions that they are delivered to.
using Bytes = boost::intrusive_ptr<const Text>;
inline Bytes make_bytes(std::string text) { return Bytes(new Text(std::move(text))); }

/// Shared bytes or a part of them, less than 4 GiB. Copying a Slice copies no text.
struct Slice {
  Slice() = default;
  Slice(Bytes all)  // NOLINT(google-explicit-constructor)
      : text(std::move(all)), size(static_cast<std::uint32_t>(text->text.size())) {}
  Slice(Bytes all, std::size_t from, std::size_t until)
      : text(std::move(all)),
        begin(static_cast<std::uint32_t>(from)),
        size(static_cast<std::uint32_t>(until - from)) {}

  std::string_view view() const { return std::string_view(text->text).substr(begin, size); }

  Bytes text;
  std::uint32_t begin = 0;
  std::uint32_t size = 0;
};

}  // namespace hubbub::protocol
