#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace hubbub::protocol {

/// Rendered lines, shared by everybody who reads them.
using Bytes = std::shared_ptr<const std::string>;

/// All of some shared bytes, or a stretch of them. To hand one on copies no text.
struct Slice {
  Slice(Bytes all) : text(std::move(all)), size(text->size()) {}  // NOLINT(google-explicit-constructor)
  Slice(Bytes all, std::size_t from, std::size_t until)
      : text(std::move(all)), begin(from), size(until - from) {}

  std::string_view view() const { return std::string_view(*text).substr(begin, size); }

  Bytes text;
  std::size_t begin = 0;
  std::size_t size;
};

}  // namespace hubbub::protocol
