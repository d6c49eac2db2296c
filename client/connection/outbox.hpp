#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "client/connection/pacer.hpp"

namespace hubbub::client {

/// A request on its way: its line as it goes out, and how its answer is recognised.
struct Outgoing {
  std::string line;    ///< with its "\n"
  std::string ref;     ///< never empty
  std::string id;      ///< of a say or a tell; else empty
  bool paced = false;  ///< counts against the server's rate limit
  std::string to{};    ///< of a tell: whom it is for, as names are compared; else empty
};

/// What was asked for and has not been answered, in order, across however many links it takes.
///
/// The server answers in the order of the requests, so many may be under way at once. A request leaves
/// the outbox when its answer has come; when the link breaks, everything that is left goes again. A say
/// that the server has had already is known by its `id` there, and not said twice.
class Outbox {
 public:
  using TimePoint = Pacer::TimePoint;

  /// Bounds: whoever queues stops reading its input at these.
  static constexpr std::size_t most_requests = 1000;
  static constexpr std::size_t most_bytes = std::size_t{256} * 1024;
  /// Requests under way at once.
  static constexpr std::size_t window = 128;

  bool full() const { return queue_.size() >= most_requests || bytes_ >= most_bytes; }
  bool empty() const { return queue_.empty(); }
  std::size_t size() const { return queue_.size(); }

  /// Requests that have gone out, over this link or an earlier one, and may have been carried out.
  std::size_t perhaps_done() const;

  void push(Outgoing request);

  /// The server cannot carry it out yet: it goes again at `when`, and what comes after it may go before, but
  /// for what is for the same person (Outgoing::to): that waits for its answer. Only what was here already
  /// when the link was new. False: no such request.
  bool put_off(std::string_view ref, TimePoint when, TimePoint now);

  /// A new link: everything goes again, and the server's bucket is full.
  void rewind(Pacer pacer);

  /// Appends the lines that may go now.
  void send(TimePoint now, std::string& out);
  /// When `send` will have more, if it is time alone that it waits for.
  std::optional<TimePoint> next(TimePoint now);

  /// When the oldest request under way was sent; nothing: none is.
  std::optional<TimePoint> waiting_since() const;

  /// The answer to `ref`. What had been sent before it and has no `id` was answered too, since answers
  /// come in order. False when there is no such request.
  bool answered(std::string_view ref, TimePoint now);
  /// A say of one's own with this `id` was seen in the room.
  bool came_back(std::string_view id, TimePoint now);
  /// The server refused it for now (`rate_limited`): it keeps its place and goes again, not before
  /// `until`; and one at a time from there, so that nothing overtakes it. False: no such request.
  bool refused(std::string_view ref, TimePoint until, TimePoint now);

 private:
  struct Item {
    Outgoing request;
    bool sent = false;
    TimePoint sent_at{};
    bool refused = false;
    bool perhaps_done = false;
    bool carried_over = false;  ///< from before this link
    TimePoint not_before{};
  };
  using Position = std::deque<Item>::iterator;

  struct Held;

  Position find_sent(std::string_view ref);
  Position retire(const Position& item, TimePoint now);
  void unsend(Item& item, TimePoint now);
  std::size_t allowed_at_once() const { return refused_ > 0 ? 1 : window; }

  std::deque<Item> queue_;
  std::size_t bytes_ = 0;
  std::size_t in_flight_ = 0;
  std::size_t refused_ = 0;
  TimePoint blocked_until_{};
  Pacer pacer_;
};

}  // namespace hubbub::client
