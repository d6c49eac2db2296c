#pragma once

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <cstring>
#include <memory>
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
    grow(bytes.size());
    std::memcpy(bytes_.get() + size_ - bytes.size(), bytes.data(), bytes.size());
  }

  void consume(std::size_t n) {
    if (n == 0) return;
    size_ -= n;
    std::memmove(bytes_.get(), bytes_.get() + n, size_);
    if (size_ == 0 && capacity_ > wanted_) release();
  }

  /// A handle for async_read_until: Asio's DynamicBuffer_v2 requirements. `max_size` bounds an
  /// unfinished line.
  class Dynamic {
   public:
    using const_buffers_type = boost::asio::const_buffer;
    using mutable_buffers_type = boost::asio::mutable_buffer;

    Dynamic(InputBuffer& buffer, std::size_t max_size) : buffer_(&buffer), max_size_(max_size) {}

    std::size_t size() const { return buffer_->size_; }
    std::size_t max_size() const { return max_size_; }
    std::size_t capacity() const { return std::max(buffer_->capacity_, buffer_->wanted_); }
    const_buffers_type data(std::size_t pos, std::size_t n) const {
      return boost::asio::buffer(boost::asio::const_buffer(buffer_->bytes_.get(), buffer_->size_) + pos, n);
    }
    mutable_buffers_type data(std::size_t pos, std::size_t n) {
      return boost::asio::buffer(boost::asio::mutable_buffer(buffer_->bytes_.get(), buffer_->size_) + pos, n);
    }
    void grow(std::size_t n) { buffer_->grow(n); }
    void shrink(std::size_t n) { buffer_->shrink(n); }
    void consume(std::size_t n) { buffer_->consume(n); }

   private:
    InputBuffer* buffer_;
    std::size_t max_size_;
  };

  Dynamic dynamic(std::size_t max_size) { return {*this, max_size}; }

 private:
  void grow(std::size_t n) {
    room_ = n;
    const auto needed = size_ + n;
    if (needed > capacity_) {
      const auto capacity =
          std::max({needed, wanted_, capacity_ * 2});     // a long line is copied a few times only
      std::unique_ptr<char[]> bytes(new char[capacity]);  // NOLINT(modernize-avoid-c-arrays): not zeroed
      if (size_ > 0) std::memcpy(bytes.get(), bytes_.get(), size_);
      bytes_ = std::move(bytes);
      capacity_ = capacity;
    }
    size_ += n;
  }

  // Asio takes back what a read did not fill: how much that is tells how much this peer sends.
  void shrink(std::size_t n) {
    size_ -= n;
    if (n == 0 && room_ > 0) {
      wanted_ = std::min(largest, wanted_ * 2);
    } else if (n > room_ / 8 * 7) {
      wanted_ = std::max(smallest, wanted_ / 2);
    }
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
