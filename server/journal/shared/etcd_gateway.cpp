#include "server/journal/shared/etcd_gateway.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "server/journal/shared/base64.hpp"

namespace hubbub::journal::shared::etcd {
namespace {

/// The first key behind all that have the prefix, whose last byte is not the greatest one.
std::string end_of(std::string_view prefix) {
  std::string end(prefix);
  ++end.back();
  return end;
}

std::string text(std::string_view name, std::string_view bytes) {
  std::string field;
  field.reserve(name.size() + 8 + bytes.size() / 3 * 4);
  field.append(1, '"').append(name).append("\":\"");
  append_base64(field, bytes);
  return field.append(1, '"');
}

std::string number(std::string_view name, std::uint64_t value) {
  return std::string(1, '"').append(name).append("\":\"").append(std::to_string(value)).append(1, '"');
}

std::string number(std::string_view name, std::int64_t value) {
  return std::string(1, '"').append(name).append("\":\"").append(std::to_string(value)).append(1, '"');
}

std::string keys_of(std::string_view prefix) {
  return text("key", prefix) + ',' + text("range_end", end_of(prefix));
}

/// What a transaction compares: the revision with which the key was made, and so on; 0: it is not there.
std::string compare(std::string_view key, std::string_view target, std::string_view field,
                    std::uint64_t value) {
  return R"({"compare":[{"result":"EQUAL","target":")" + std::string(target) + "\"," + text("key", key) +
         ',' + number(field, value) + R"(}],"success":[)";
}

std::string made_with(std::string_view key, std::uint64_t revision) {
  return compare(key, "CREATE", "create_revision", revision);
}

std::string put(std::string_view key, std::string_view value) {
  return R"({"request_put":{)" + text("key", key) + ',' + text("value", value);
}

Request ranged(std::string keys, Depth depth, std::uint64_t revision) {
  std::string body = '{' + std::move(keys);
  if (depth == Depth::keys) body += R"(,"keys_only":true)";
  if (revision > 0) body += ',' + number("revision", revision);
  return {"/v3/kv/range", std::move(body) + '}'};
}

}  // namespace

Keys::Keys(const std::string& cluster)
    : prefix_("hubbub/" + cluster + '/'), log_(prefix_ + "log"), nodes_(prefix_ + "node/") {}

std::optional<std::string_view> Keys::node_of(std::string_view key) const {
  if (!key.starts_with(nodes_)) return std::nullopt;
  return key.substr(nodes_.size());
}

Request authenticate(const std::string& user, const std::string& password) {
  return {"/v3/auth/authenticate", R"({"name":)" + boost::json::serialize(boost::json::string_view(user)) +
                                       R"(,"password":)" +
                                       boost::json::serialize(boost::json::string_view(password)) + '}'};
}

Request range(std::string_view key, Depth depth, std::uint64_t revision) {
  return ranged(text("key", key), depth, revision);
}

Request range_of_all(std::string_view prefix, Depth depth, std::uint64_t revision) {
  return ranged(keys_of(prefix), depth, revision);
}

Request append(std::string_view node_key, std::uint64_t epoch, std::string_view log_key,
               std::string_view bytes) {
  std::string body = made_with(node_key, epoch);
  body.reserve(body.size() + bytes.size() / 3 * 4 + 200);
  body += R"({"request_put":{)" + text("key", log_key) + R"(,"value":")";
  append_base64(body, bytes);
  return {"/v3/kv/txn", std::move(body) + R"("}}]})"};
}

Request begin(std::string_view log_key, std::string_view bytes) {
  return {"/v3/kv/txn", compare(log_key, "VERSION", "version", 0) + put(log_key, bytes) + "}}]}"};
}

Request enter(std::string_view node_key, std::string_view about, std::int64_t lease) {
  return {"/v3/kv/txn", made_with(node_key, 0) + put(node_key, about) + ',' + number("lease", lease) +
                            R"(}}],"failure":[{"request_range":{)" + text("key", node_key) + "}}]}"};
}

Request remove_made(std::string_view key, std::uint64_t create_revision) {
  return {"/v3/kv/txn",
          made_with(key, create_revision) + R"({"request_delete_range":{)" + text("key", key) + "}}]}"};
}

/// A comparison of a range has to hold for each key in it, so that with what no key has it says that there is
/// none (rpc.proto, Compare.range_end).
Request remove_log(const Keys& keys, std::uint64_t mod_revision) {
  return {"/v3/kv/txn", R"({"compare":[{"result":"EQUAL","target":"MOD",)" + text("key", keys.log()) + ',' +
                            number("mod_revision", mod_revision) +
                            R"(},{"result":"EQUAL","target":"CREATE",)" + keys_of(keys.nodes()) + ',' +
                            number("create_revision", std::uint64_t{0}) +
                            R"(}],"success":[{"request_delete_range":{)" + text("key", keys.log()) + "}}]}"};
}

Request grant(std::int64_t seconds) { return {"/v3/lease/grant", '{' + number("TTL", seconds) + '}'}; }
Request keep_alive(std::int64_t lease) { return {"/v3/lease/keepalive", '{' + number("ID", lease) + '}'}; }
Request revoke(std::int64_t lease) { return {"/v3/lease/revoke", '{' + number("ID", lease) + '}'}; }

Request compact(std::uint64_t revision) {
  return {"/v3/kv/compaction", '{' + number("revision", revision) + '}'};
}

Request watch_all(std::string_view prefix, std::uint64_t from) {
  return {"/v3/watch", R"({"create_request":{)" + keys_of(prefix) + ',' + number("start_revision", from) +
                           R"(,"fragment":true}})"};
}

Request status() { return {"/v3/maintenance/status", "{}"}; }

}  // namespace hubbub::journal::shared::etcd
