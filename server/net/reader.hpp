#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "server/net/handler.hpp"

namespace hubbub::net {

/// Bytes that have come and are not yet used: none, and no memory, for most connections at most times. For a
/// peer that sends much it is what is read into, and grows, because one read of 16 KiB is far cheaper than 32
/// of 512 bytes.
class InputBuffer {
 public:
  static constexpr std::size_t smallest = 512;
  static constexpr std::size_t largest = std::size_t{16} * 1024;

  std::string_view view() const { return {bytes_.get(), size_}; }

  bool empty() const { return size_ == 0; }

  /// Keeps bytes that were read elsewhere and not all used.
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

  /// Where the next read goes, behind the bytes that are there: at most `most` bytes; `most` is at least one.
  std::span<char> prepare(std::size_t most) {
    const auto free = std::max(capacity_, wanted_) - size_;
    room_ = std::min(std::max(smallest, free), most);
    reserve(room_);
    return {bytes_.get() + size_, room_};
  }

  /// So many bytes were read there: the size of the next read follows how much this peer sends.
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

/// The unused input of one peer, and what the connection is to do next about it. It is told what happens, and
/// touches neither the stream nor the handler.
class Reader {
 public:
  enum class Next : std::uint8_t {
    nothing,   ///< for now: a read is under way, the handler has paused, all that may be kept is kept
    wait,      ///< for the stream to be readable; then read into memory that all connections share
    fill,      ///< read into place() as soon as something comes
    tell_end,  ///< tell the handler that the input has ended with unused()
  };

  /// `most`: bytes that may be kept unused. `in_lines`: it is enough to offer whole lines. The read or wait
  /// that it asks for counts as under way from then on.
  Next next(std::size_t most, bool in_lines);
  bool is_reading() const { return reading_; }
  /// A read into place() is under way, so that the unused bytes must stay where they are.
  bool is_filling() const { return reading_ && filling_; }
  /// Where to read from a peer that sends without much of a pause: that is worth a buffer of its own. For the
  /// others, holding no memory is worth one more system call.
  std::span<char> place(std::size_t most) { return buffer().prepare(most - unused().size()); }
  /// The wait has ended.
  void on_ready() { reading_ = false; }
  /// The read has ended. Returns whether there is something to offer: the end of a line among these bytes, or
  /// as many bytes as may be kept.
  bool on_filled(std::size_t bytes, std::size_t most);
  /// Bytes were read, into whichever memory.
  void came(Time now);
  /// The peer has ended its output.
  void end() { input_ = Input::ended; }
  bool has_ended() const { return input_ != Input::open; }

  // Offering: the handler gets what gather() returns, and what it has not used of that is kept.
  std::string_view gather(std::string_view fresh);
  void keep(std::string_view rest);
  std::string_view unused() const { return buffer_ ? buffer_->view() : std::string_view(); }
  /// Whether a line ends in the unused bytes and those `following`, or these are as many as may be kept.
  bool holds_line(std::string_view following, std::size_t most) const;
  void end_told(bool taken) { input_ = taken ? Input::end_told : Input::ended; }
  bool is_end_told() const { return input_ == Input::end_told; }
  void handler_changed() { input_ = has_ended() ? Input::ended : Input::open; }

  void pause() { paused_ = true; }
  /// False: it was not paused.
  bool resume() { return std::exchange(paused_, false); }
  bool is_paused() const { return paused_; }
  /// No read is under way whose end leads to an offer, and nothing forbids one.
  bool may_offer() const { return !reading_ && !paused_ && !is_end_told(); }
  /// Unused input is to be offered later. False: that is noted already.
  bool offer_later() { return !std::exchange(offering_, true); }
  void on_later() { offering_ = false; }

  /// Drops the unused input.
  void drop() { buffer_.reset(); }

 private:
  enum class Input : std::uint8_t { open, ended, end_told };

  InputBuffer& buffer();

  std::unique_ptr<InputBuffer> buffer_;  ///< null: the peer is not talkative, and no part of a line is unused
  Time last_came_ = Time::min();
  std::uint8_t streak_ = 0;  ///< reads that came soon after the one before
  Input input_ = Input::open;
  bool reading_ = false;   ///< a wait or a read is under way
  bool filling_ = false;   ///< the last was a read
  bool paused_ = false;    ///< by the handler
  bool offering_ = false;  ///< later
};

}  // namespace hubbub::net
