#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hubbub::client {

/// Paces requests by the server's token bucket (`welcome.limits`), so that none is refused: requests behind a
/// refused one would overtake it.
///
/// A token is reserved when a request is sent, and spent when its answer comes. The server spends its token
/// at a time in between, so that its bucket always holds at least as much as this one, even if the network
/// delivers requests in bunches.
class Pacer {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Not limited.
  Pacer() = default;
  /// A rate or burst of 0: not limited. The bucket starts full, as the server's does for a new connection.
  Pacer(double per_second, std::uint64_t burst);

  /// Reserves a token, if there is one.
  bool take(TimePoint now);
  /// A request that had taken a token was answered.
  void settle(TimePoint now);
  /// When `take` will succeed; nothing: it succeeds now, or only after an answer.
  std::optional<TimePoint> ready_at(TimePoint now);

 private:
  bool limited() const { return rate_ > 0; }
  double available() const { return level_ - static_cast<double>(in_flight_); }
  void refill(TimePoint now);

  double rate_ = 0;
  double burst_ = 0;
  double level_ = 0;
  std::size_t in_flight_ = 0;
  std::optional<TimePoint> refilled_;
};

/// A request on its way: its line as it goes out, and how its answer is recognised.
struct Outgoing {
  std::string line;        ///< with its "\n"
  std::string ref;         ///< never empty
  std::string id;          ///< the `id` of a say or tell; else empty
  bool paced = false;      ///< counts against the server's rate limit
  std::string to{};        ///< the key (Name::key) of a tell's recipient; else empty
  bool is_secret = false;  ///< has a password or a token in it
};

/// Requests that have not been answered, in order, across all links.
///
/// The server answers in the order of the requests, so that many may be under way at once. A request leaves
/// the outbox when its answer comes; after a broken link the remaining requests are sent again. The server
/// recognises a repeated say by its `id`, and delivers it only once.
class Outbox {
 public:
  using TimePoint = Pacer::TimePoint;

  /// Limits at which the outbox is full, and its user pauses reading input.
  static constexpr std::size_t most_requests = 1000;
  static constexpr std::size_t most_bytes = std::size_t{256} * 1024;
  /// Requests under way at once.
  static constexpr std::size_t window = 128;

  bool full() const { return queue_.size() >= most_requests || bytes_ >= most_bytes; }
  std::size_t size() const { return queue_.size(); }

  /// Number of requests that were sent, over this link or an earlier one, and may have been carried out.
  std::size_t perhaps_done() const;

  void push(Outgoing request);

  bool has_secrets() const;
  /// Removes and returns the requests with a secret, for a new link that must not carry them.
  std::vector<Outgoing> take_secrets();

  /// The server cannot carry the request out yet: it is sent again at `when`. Later requests may overtake it,
  /// except those to the same person (Outgoing::to), which wait for its answer. Only for requests that are
  /// older than the link. False: there is no such request.
  bool put_off(std::string_view ref, TimePoint when, TimePoint now);

  /// A new link: all requests are sent again, and the server's bucket is full.
  void rewind(Pacer pacer);

  /// Appends the lines that may be sent now.
  void send(TimePoint now, std::string& out);
  /// When the passing of time alone will give `send` more lines; nothing: it will not.
  std::optional<TimePoint> next(TimePoint now);

  /// When the oldest request under way was sent; nothing: none is under way.
  std::optional<TimePoint> waiting_since() const;

  /// The answer to `ref` came. Requests without an `id` that were sent before it have been answered too,
  /// since answers come in order. False: there is no such request.
  bool answered(std::string_view ref, TimePoint now);
  /// The client's own say with this `id` was seen in the room.
  bool came_back(std::string_view id, TimePoint now);
  /// The server refused the request for now (`rate_limited`): it keeps its place and is sent again, not
  /// before `until`. Until its answer, requests are sent one at a time, so that none overtakes it. False:
  /// there is no such request.
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
