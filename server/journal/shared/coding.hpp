#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/timestamp.hpp"

/// A log that several nodes share, and what they make of it.
namespace hubbub::journal::shared {

/// One function for each structure, `fields(code, Of<T> auto& value)`, names what is coded of it, in order:
/// for an Encoder the value is constant. So what is written and what is read cannot differ.
template <class Value, class Type>
concept Of = std::same_as<std::remove_const_t<Value>, Type>;

/// Writes numbers as LEB128 (DWARF 5, 7.6), so that small ones take a byte, and texts with their length
/// before them.
class Encoder {
 public:
  void number(std::uint64_t number);
  void field(const std::string& text);
  void field(const bool& flag) { number(flag ? 1 : 0); }
  void field(const std::uint32_t& value) { number(value); }
  void field(const std::uint64_t& value) { number(value); }
  void field(const protocol::Timestamp& time);
  template <std::size_t Size>
  void field(const std::array<unsigned char, Size>& bytes) {
    bytes_.append(bytes.begin(), bytes.end());
  }
  /// `count`: of its values.
  template <class Enum>
  void choice(const Enum& value, std::size_t /*count*/) {
    number(static_cast<std::uint64_t>(value));
  }
  template <class Item>
  void field(const std::vector<Item>& items) {
    number(items.size());
    for (const auto& item : items) part(item);
  }
  template <class Item>
  void field(const std::optional<Item>& item) {
    field(item.has_value());
    if (item) part(*item);
  }
  template <class Item>
  void field(const std::shared_ptr<const Item>& item) {
    field(item != nullptr);
    if (item) part(*item);
  }
  template <class... Items>
  void field(const std::variant<Items...>& any) {
    number(any.index());
    std::visit([this](const auto& item) { this->part(item); }, any);
  }

  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::exchange(bytes_, {}); }

 private:
  template <class Item>
  void part(const Item& item) {
    if constexpr (requires { this->field(item); }) {
      field(item);
    } else {
      fields(*this, item);
    }
  }

  std::string bytes_;
};

/// Reads what an Encoder has written, whatever the bytes are: what is no such thing makes it fail, for good,
/// and what is read then is empty. Takes no more memory than a small multiple of the bytes.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number();
  void field(std::string& text);
  void field(bool& flag);
  void field(std::uint32_t& value);
  void field(std::uint64_t& value) { value = number(); }
  void field(protocol::Timestamp& time);
  template <std::size_t Size>
  void field(std::array<unsigned char, Size>& bytes) {
    const auto taken = take(Size);
    std::copy(taken.begin(), taken.end(), bytes.begin());
  }
  template <class Enum>
  void choice(Enum& value, std::size_t count) {
    const auto read = number();
    if (read >= count) return fail();
    value = static_cast<Enum>(read);
  }
  template <class Item>
  void field(std::vector<Item>& items) {
    // Each takes a byte at least.
    const auto count = number();
    if (count > rest_.size()) return fail();
    items.reserve(static_cast<std::size_t>(count));
    for (std::uint64_t i = 0; i < count && !failed_; ++i) part(items.emplace_back());
  }
  template <class Item>
  void field(std::optional<Item>& item) {
    bool is_there = false;
    field(is_there);
    if (is_there) part(item.emplace());
  }
  template <class Item>
  void field(std::shared_ptr<const Item>& item) {
    bool is_there = false;
    field(is_there);
    if (!is_there) return;
    auto read = std::make_shared<Item>();
    part(*read);
    item = std::move(read);
  }
  template <class... Items>
  void field(std::variant<Items...>& any) {
    pick(any, number(), std::index_sequence_for<Items...>());
  }

  void fail() {
    failed_ = true;
    rest_ = {};
  }
  bool failed() const { return failed_; }
  bool is_at_end() const { return rest_.empty(); }

 private:
  /// Empty, and failed, when there are not so many.
  std::string_view take(std::uint64_t size);
  template <class Item>
  void part(Item& item) {
    if constexpr (requires { this->field(item); }) {
      field(item);
    } else {
      fields(*this, item);
    }
  }
  template <class Any, std::size_t... Index>
  void pick(Any& any, std::uint64_t index, std::index_sequence<Index...> /*all*/) {
    const bool is_one = ((Index == index ? (part(any.template emplace<Index>()), true) : false) || ...);
    if (!is_one) fail();
  }

  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace hubbub::journal::shared
