#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "client/script/script.hpp"
#include "client/script/standard_streams.hpp"

namespace hubbub::client {

/// The last messages of a room and those that follow, each once and in order, for as long as somebody
/// reads them. A server that goes away is waited for.
///
/// More messages of the past than the answer to `join` holds are first counted backwards, page by page and
/// without keeping them, and then read forwards from there (Connection::go_back), as after a broken link: so
/// memory stays bounded, and messages that are said meanwhile come in their place.
class Tail : public Script {
 public:
  explicit Tail(const Options& options) : Script(options) {}

  void on_event(const protocol::Event& event, std::string_view line, Arrival arrival) override;
  void on_ready() override;

 protected:
  void prepare(Settings& settings) override;

 private:
  enum class Phase { entering, counting, reading, following };

  void begin(const protocol::event::Joined& joined);
  void count(const protocol::event::History& page);
  void count_on();
  void read_after(std::uint64_t seq);
  void caught_up();
  void show(const std::vector<protocol::MessagePtr>& messages);

  Phase phase_ = Phase::entering;
  std::string room_;             ///< as the server spells it
  std::uint64_t uncounted_ = 0;  ///< messages of the past that are wanted besides those before `oldest_`
  std::uint64_t oldest_ = 0;     ///< number of the oldest message that was counted
  bool leaving_ = false;
  std::optional<ReaderWatch> reader_;
};

}  // namespace hubbub::client
