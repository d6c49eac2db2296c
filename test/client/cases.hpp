#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/catch.hpp"

/// The cases that both clients run: see test/client/cases/README.md.
namespace hubbub::test {

using Case = boost::json::value;
using Step = boost::json::object;

/// Runs each case of a file in a section of its own.
inline void each_case(const std::string& file, const std::function<void(const Case&)>& run) {
  std::ifstream bytes(HUBBUB_CLIENT_CASES + ("/" + file + ".json"));
  const std::string text{std::istreambuf_iterator<char>(bytes), {}};
  const auto table = boost::json::parse(text);
  const auto& cases = table.at("cases").as_array();
  REQUIRE_FALSE(cases.empty());
  for (const auto& one : cases) {
    const auto* const with_name = one.if_object();
    INFO(file << ": " << boost::json::serialize(with_name != nullptr ? with_name->at("name") : one));
    run(one);
  }
}

/// Carries out each step of a case; a check that fails tells at which.
inline void each_step(const Case& one,
                      const std::function<void(const Step&, std::string_view what)>& carry_out) {
  for (const auto& step : one.at("steps").as_array()) {
    INFO(boost::json::serialize(step));
    const auto& fields = step.as_object();
    const auto* const what = fields.if_contains("do");
    carry_out(fields, what != nullptr ? std::string_view(what->as_string()) : std::string_view());
  }
}

// --- fields of a step

inline std::string word(const Step& step, std::string_view field) {
  const auto* const value = step.if_contains(field);
  return value != nullptr ? std::string(value->as_string()) : std::string();
}
inline bool flag(const Step& step, std::string_view field) {
  const auto* const value = step.if_contains(field);
  return value != nullptr && value->as_bool();
}
inline std::uint64_t number(const Step& step, std::string_view field) {
  return step.at(field).to_number<std::uint64_t>();
}
inline std::chrono::milliseconds milliseconds(const boost::json::value& value) {
  return std::chrono::milliseconds(value.to_number<std::int64_t>());
}

/// A list of words, or of numbers.
template <typename Value>
std::vector<Value> values(const boost::json::object& fields, std::string_view field) {
  const auto* const list = fields.if_contains(field);
  return list != nullptr ? boost::json::value_to<std::vector<Value>>(*list) : std::vector<Value>();
}

}  // namespace hubbub::test
