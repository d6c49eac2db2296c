#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace hubbub::net {

/// Bytes that have come and are not yet used: none, and no memory, for most connections at most times.
/// For those who speak much it is what is read into, larger and larger, because one read of 16 KiB is far
/// cheaper than 32 of 512 bytes.
class InputBuffer {
 public:
  static constexpr std::size_t smallest = 512;
  static constexpr std::size_t largest = std::size_t{16} * 1024;

  std::string_view view() const { return {bytes_.get(), size_}; }

  bool empty() const { return size_ == 0; }

  /// What was read elsewhere and not all used.
  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    reserve(bytes.size());
    std::memcpy(bytes_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }

  void consume(std::size_t n) {
    if (n == 0) return;
    size_ -= n;
    std::memmove(bytes_.get(), bytes_.get() + n, size_);
    if (size_ == 0 && capacity_ > wanted_) release();
  }

  /// Where the next read goes, behind what is there: at most `most` bytes, of which there is at least one.
  std::span<char> prepare(std::size_t most) {
    const auto free = std::max(capacity_, wanted_) - size_;
    room_ = std::min(std::max(smallest, free), most);
    reserve(room_);
    return {bytes_.get() + size_, room_};
  }

  /// So many bytes were read there, which tells how much this peer sends.
  void commit(std::size_t n) {
    size_ += n;
    const auto left = room_ - n;
    if (left == 0) {
      wanted_ = std::min(largest, wanted_ * 2);
    } else if (left > room_ / 8 * 7) {
      wanted_ = std::max(smallest, wanted_ / 2);
    }
  }

 private:
  void reserve(std::size_t n) {
    const auto needed = size_ + n;
    if (needed <= capacity_) return;
    const auto capacity =
        std::max({needed, wanted_, capacity_ * 2});     // a long line is copied a few times only
    std::unique_ptr<char[]> bytes(new char[capacity]);  // NOLINT(modernize-avoid-c-arrays): not zeroed
    if (size_ > 0) std::memcpy(bytes.get(), bytes_.get(), size_);
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }

  void release() {
    bytes_.reset();
    capacity_ = 0;
  }

  std::unique_ptr<char[]> bytes_;  // NOLINT(modernize-avoid-c-arrays): not zeroed
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::size_t wanted_ = smallest;
  std::size_t room_ = 0;  ///< what the read under way was given
};

}  // namespace hubbub::net
