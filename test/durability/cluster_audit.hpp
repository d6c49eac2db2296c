#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "test/durability/judge.hpp"
#include "test/support/address.hpp"

/// What the nodes' journals say, read while the nodes are there.
namespace hubbub::durability {

/// All that `hubbubd export` prints of that state directory. Errors: std::runtime_error.
std::string export_of(const std::filesystem::path& state_dir);
/// The same as a witness of the judge.
Witness witness_of(const std::string& name, const std::string& exported);

/// The names that two people bear at once in that journal; empty: none, or the journal cannot be read now.
std::vector<std::string> names_borne_twice(const std::filesystem::path& state_dir);

/// The tables of which every node has the same, at one position of the log.
struct Tables {
  std::int64_t position = 0;
  std::map<std::string, std::string> rows{};  ///< by table
};
/// Nothing while the journal cannot be read.
std::optional<Tables> tables_of(const std::filesystem::path& state_dir);
/// Of each table that differs, the first rows that do.
std::vector<std::string> differences(const Tables& one, const Tables& other);

/// Up to where it has read the log, as `hubbubd verify` says. Errors: std::runtime_error.
std::uint64_t position_of_verify(const std::filesystem::path& state_dir);

/// Asks `hubbubd verify`; what it says against the journal of that state directory, or nothing.
std::optional<std::string> complaint_of_verify(const std::filesystem::path& state_dir);

/// Joins these rooms with `since`, each before its newest message, and by that waits until the node has it;
/// then compares topics. What is wrong; empty: nothing. Errors: std::runtime_error.
std::vector<std::string> look_at_node(const test::Address& node, const std::string& name,
                                      const std::map<std::string, std::uint64_t>& newest,
                                      const std::map<std::string, std::string>& topics);

}  // namespace hubbub::durability
