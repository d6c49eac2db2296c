#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/slice.hpp"

namespace hubbub::net {

using protocol::Slice;

/// What waits to be sent to one peer. Its bound in bytes is the connection's to watch: see Connection.
class Outbox {
 public:
  void push(Slice bytes);

  bool empty() const { return size_ == 0; }
  /// Bytes waiting.
  std::size_t size() const { return size_; }

  struct Run {
    std::string_view bytes{};
    const protocol::Text* text = nullptr;  ///< that the bytes are a stretch of; null: they are from several
  };
  /// The next bytes to write, as one contiguous run: one buffer in one call beats many small ones.
  /// Small pieces are gathered into `scratch`, up to its capacity; a large one is given as it is.
  Run next(std::string& scratch) const;
  /// The first `n` bytes have been written.
  void consume(std::size_t n);
  void clear();

 private:
  /// In a turn most peers get one piece: it takes no allocation.
  boost::container::small_vector<Slice, 1> pieces_;
  std::uint32_t first_ = 0;   ///< pieces before it are written
  std::uint32_t offset_ = 0;  ///< bytes of the first piece that are written
  std::size_t size_ = 0;
};

}  // namespace hubbub::net
