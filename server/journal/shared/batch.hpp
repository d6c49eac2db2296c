#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/timestamp.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/shared/coding.hpp"

namespace hubbub::journal::shared {

/// The newest form of a batch that this program writes and reads. A record that an older program does not
/// know is written once all nodes know it.
inline constexpr std::uint32_t level = 1;

/// Of one batch. An engine takes 1.5 MiB at least (etcd's limit of a request).
inline constexpr std::size_t most_records = 1024;
inline constexpr std::size_t most_batch_bytes = 512 * std::size_t{1024};

/// How far a node had read the log, and the hash of all that it had read: two that read the same have the
/// same.
struct Seen {
  std::uint64_t position = 0;
  std::uint64_t chain = 0;

  bool operator==(const Seen&) const = default;
};

/// What a node says of itself when it is let in (Came::about).
struct About {
  std::uint32_t level = shared::level;       ///< of batches that it understands
  std::array<unsigned char, 32> seal_key{};  ///< the public one, of what only this start of it may read

  bool operator==(const About&) const = default;
};

std::string encoded(const About& about);
std::optional<About> decode_about(std::string_view bytes);

/// One entry of the log: what the clients of a node did in a turn of its loop.
struct Head {
  std::uint64_t generation = 0;  ///< of the log: chosen at random by whoever has begun it
  std::string node;              ///< its id
  std::uint64_t epoch = 0;       ///< of this start of the node, which the engine knows
  std::uint64_t number = 0;      ///< 1, 2, 3 … of that epoch: of two with one number the second is void
  Seen seen;
  protocol::Timestamp time{};  ///< of the node's clock
};

/// What the first entry of a log says, and no other.
struct Beginning {
  std::uint64_t generation = 0;
  std::uint64_t base = 0;        ///< no message or record has a number up to this one
  std::uint64_t epoch = 0;       ///< Journal::epoch of whoever has begun it
  bool is_from_nothing = false;  ///< there was nothing before it
  protocol::Timestamp time{};

  bool operator==(const Beginning&) const = default;
};

std::string encoded(const Beginning& beginning);
std::optional<Beginning> decode_beginning(std::string_view bytes);

struct Batch {
  Head head;
  std::vector<Draft> drafts;  ///< without their tickets; `checked` is a position
};

/// A message by itself.
std::string encoded_message(const protocol::Message& message);
/// Null: it is none.
protocol::MessagePtr decode_message(std::string_view bytes);

/// Why an entry of the log is no batch that can be applied.
enum class Fault : std::uint8_t {
  damaged,      ///< whatever wrote it
  later_level,  ///< a later program has written it, and this one is to be replaced
};

/// Gathers the records of the next batch as bytes.
class BatchWriter {
 public:
  /// Whether one more of that draft's size fits; an empty one takes any.
  bool fits(const Draft& draft) const;
  void add(const Draft& draft);
  std::size_t size() const { return count_; }
  bool is_empty() const { return count_ == 0; }
  /// The entry; the next one is begun.
  std::string finish(const Head& head);

 private:
  Encoder records_;
  std::size_t count_ = 0;
};

/// The bytes may be anybody's.
std::variant<Batch, Fault> decode(std::string_view bytes);

/// The hash of all entries up to this one (BLAKE2b, RFC 7693, of both in a row): it tells apart, and is no
/// secret.
std::uint64_t chained(std::uint64_t chain, std::string_view bytes);

}  // namespace hubbub::journal::shared
