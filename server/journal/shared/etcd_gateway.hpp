#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is said to etcd's JSON gateway and what it answers, as bytes: no sockets, no clock. The fields are
/// those of etcd's api/etcdserverpb/rpc.proto, as protobuf's JSON mapping writes them: bytes in base64,
/// 64-bit numbers in quotes, and nothing of what has its default. Answers may be anybody's bytes.
namespace hubbub::journal::shared::etcd {

/// The keys of a cluster.
class Keys {
 public:
  explicit Keys(const std::string& cluster);

  /// What all of them begin with.
  const std::string& prefix() const { return prefix_; }
  /// Its revisions are the log; its version is the position.
  const std::string& log() const { return log_; }
  const std::string& nodes() const { return nodes_; }
  std::string node(std::string_view id) const { return nodes_ + std::string(id); }
  /// The node whose key that is. Nothing: it is another key.
  std::optional<std::string_view> node_of(std::string_view key) const;

 private:
  std::string prefix_;
  std::string log_;
  std::string nodes_;
};

// --- requests

struct Request {
  std::string_view path;
  std::string body;
};

Request authenticate(const std::string& user, const std::string& password);

enum class Depth { keys, values };
/// Linearizable: of all that was stored when it is asked. `revision`: as it was then; 0: now.
Request range(std::string_view key, Depth depth, std::uint64_t revision = 0);
Request range_of_all(std::string_view prefix, Depth depth, std::uint64_t revision = 0);

/// Puts the entry if the node's key was made with that revision.
Request append(std::string_view node_key, std::uint64_t epoch, std::string_view log_key,
               std::string_view bytes);
/// Puts the first entry if the log has none.
Request begin(std::string_view log_key, std::string_view bytes);
/// Makes the key of a node if there is none, and tells of the one that there is.
Request enter(std::string_view node_key, std::string_view about, std::int64_t lease);
/// Deletes a key if it was made with that revision.
Request remove_made(std::string_view key, std::uint64_t create_revision);
/// Deletes the log if it was last changed with that revision (0: it is not there) and no node has a key.
Request remove_log(const Keys& keys, std::uint64_t mod_revision);

Request grant(std::int64_t seconds);
Request keep_alive(std::int64_t lease);
Request revoke(std::int64_t lease);
Request compact(std::uint64_t revision);
Request watch_all(std::string_view prefix, std::uint64_t from);
Request status();

// --- answers. Nothing: it is not what etcd answers to that.

struct KeyValue {
  std::string key{};
  std::uint64_t create_revision = 0;
  std::uint64_t mod_revision = 0;
  std::uint64_t version = 0;
  std::int64_t lease = 0;
  std::string value{};
};
struct Range {
  std::uint64_t revision = 0;  ///< of the store, when it was asked
  std::vector<KeyValue> found{};
};
std::optional<Range> parse_range(std::string_view body);

struct Txn {
  std::uint64_t revision = 0;
  bool succeeded = false;
  std::vector<KeyValue> found{};  ///< by the ranges in it
};
std::optional<Txn> parse_txn(std::string_view body);

struct Lease {
  std::int64_t id = 0;
  std::int64_t seconds = 0;  ///< 0: it is not there any more
};
std::optional<Lease> parse_grant(std::string_view body);
std::optional<Lease> parse_keep_alive(std::string_view body);

struct Status {
  std::uint64_t size = 0;  ///< bytes of the database
  std::uint64_t used = 0;  ///< of them
  bool is_full = false;    ///< nothing is taken until an alarm is disarmed
};
std::optional<Status> parse_status(std::string_view body);

std::optional<std::string> parse_token(std::string_view body);

struct Event {
  bool is_delete = false;
  KeyValue of{};
};
struct Watched {
  bool created = false;
  bool canceled = false;
  bool is_fragment = false;            ///< the next answer goes on with it
  std::uint64_t compact_revision = 0;  ///< what is before is not there any more, and was asked for
  std::string reason{};                ///< of a watch that was canceled
  std::vector<Event> events{};
};
/// One line of the answer.
std::optional<Watched> parse_watch(std::string_view line);

// --- refusals

/// An error of gRPC: https://grpc.io/docs/guides/status-codes
struct Refusal {
  int code = 0;
  std::string text{};
};
/// Of an answer that is none of those above; also within a stream.
std::optional<Refusal> parse_refusal(std::string_view body);

/// What a refusal says about a request that writes.
enum class Fate {
  never,     ///< it was not done and will not be: nobody may, or it is too large
  busy,      ///< it was not done and will not be: the member has too much to do
  no_token,  ///< it was not done and will not be: user and password are asked for anew
  full,      ///< it will not be done, but it may have been: there is no space for anything more
  perhaps,   ///< it may have been done, or will be
};
/// By what etcd's server does before it proposes a request to the others, and when it applies it
/// (etcdserver/v3_server.go, apply.go, api/v3rpc/rpctypes/error.go).
Fate fate_of(const Refusal& refusal);
/// Whether it is the answer of a member that does its work, rather than that it cannot, or may not for us.
bool is_answer(const Refusal& refusal);
/// Whether another token may help. Also of a watch that was canceled, whose reason has no code.
bool is_about_token(const Refusal& refusal);
bool is_compacted(const Refusal& refusal);
bool is_lease_gone(const Refusal& refusal);
bool is_auth_off(const Refusal& refusal);

}  // namespace hubbub::journal::shared::etcd
