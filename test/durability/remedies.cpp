#include "test/durability/remedies.hpp"

#include <boost/json/parse.hpp>
#include <stdexcept>
#include <string>

namespace hubbub::durability {
namespace {

const std::string junk = "anVuaw==";

}  // namespace

bool fill_some(const test::Etcd& etcd) {
  constexpr std::size_t value = std::size_t{1} << 20U;  // as base64
  const auto body = R"({"key":")" + junk + R"(","value":")" + std::string(value, 'A') + "\"}";
  try {
    etcd.post("/v3/kv/put", body);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

void make_space(const test::Etcd& etcd) {
  const auto looked =
      boost::json::parse(etcd.post("/v3/kv/range", R"({"key":")" + junk + R"(","keys_only":true})"));
  const std::string revision(looked.at("header").at("revision").as_string());
  etcd.post("/v3/kv/compaction", R"({"revision":")" + revision + R"(","physical":true})");
  for (std::size_t i = 0; i < etcd.size(); ++i) etcd.post("/v3/maintenance/defragment", "{}", i);
  etcd.disarm();
}

}  // namespace hubbub::durability
