#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "server/net/handler.hpp"
#include "server/net/input_buffer.hpp"

namespace hubbub::net {

/// What has come from one peer and is not yet used, and what the connection is to do next about its input. It
/// is told what happens, and touches neither the stream nor the handler.
class Reader {
 public:
  enum class Next : std::uint8_t {
    nothing,   ///< for now: a read is under way, the handler has paused, all that may be kept is kept
    wait,      ///< for the stream to be readable; then it is read into memory that all share
    fill,      ///< read into place() as soon as something comes
    tell_end,  ///< the handler that there is no more than unused()
  };

  /// `most`: bytes that may be kept unused. `in_lines`: it is enough to offer whole lines. A read that it
  /// asks for is under way from then on.
  Next next(std::size_t most, bool in_lines);
  bool is_reading() const { return reading_; }
  /// Where to read, of a peer that has been sending without much of a pause: that is worth a buffer of its
  /// own. For the others it is worth a system call more to hold no memory.
  std::span<char> place(std::size_t most) { return buffer().prepare(most - unused().size()); }
  /// The wait has ended.
  void on_ready() { reading_ = false; }
  /// The read has ended. Whether there is something to offer: the end of a line among these bytes, or as much
  /// as may be kept.
  bool on_filled(std::size_t bytes, std::size_t most);
  /// Something was read, wherever to.
  void came(Time now);
  /// The peer has ended its output.
  void end() { input_ = Input::ended; }
  bool has_ended() const { return input_ != Input::open; }

  // Offering: the handler gets what gather() returns, and what it has not used of that is kept.
  std::string_view gather(std::string_view fresh);
  void keep(std::string_view rest);
  std::string_view unused() const { return buffer_ ? buffer_->view() : std::string_view(); }
  /// Whether a line ends among what is unused and what follows it, or these are as much as may be kept.
  bool holds_line(std::string_view following, std::size_t most) const;
  void end_told(bool taken) { input_ = taken ? Input::end_told : Input::ended; }
  bool is_end_told() const { return input_ == Input::end_told; }
  void handler_changed() { input_ = has_ended() ? Input::ended : Input::open; }

  void pause() { paused_ = true; }
  /// False: it was not paused.
  bool resume();
  bool is_paused() const { return paused_; }
  /// Nothing is under way that ends with an offer, and nothing forbids one.
  bool may_offer() const { return !reading_ && !paused_ && !is_end_told(); }
  /// What has come is to be offered later. False: that is known already.
  bool offer_later();
  void on_later() { offering_ = false; }

  /// Nothing of it is wanted any more.
  void drop() { buffer_.reset(); }

 private:
  enum class Input : std::uint8_t { open, ended, end_told };

  InputBuffer& buffer();

  std::unique_ptr<InputBuffer> buffer_;  ///< null for one that is not talkative and has sent no half a line
  Time last_came_ = Time::min();
  std::uint8_t streak_ = 0;  ///< reads that came soon after the one before
  Input input_ = Input::open;
  bool reading_ = false;   ///< a wait or a read is under way
  bool paused_ = false;    ///< by the handler
  bool offering_ = false;  ///< later
};

}  // namespace hubbub::net
