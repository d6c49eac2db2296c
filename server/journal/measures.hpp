#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/timestamp.hpp"
#include "server/ops/histogram.hpp"

namespace hubbub::journal {

/// What an operator is shown of a journal, since the start.
struct Measures {
  ops::Histogram commit_seconds{ops::bounds_of_seconds};  ///< to store a batch
  ops::Histogram batch_messages{ops::bounds_of_counts};   ///< drafts of a batch
  ops::Histogram append_seconds{ops::bounds_of_seconds};  ///< from a batch's way into a log to its reading
  std::uint64_t faults = 0;                               ///< of the disk, as often as they were logged
  bool is_writable = true;                                ///< the last time that something was written
};

/// What a node of a cluster knows of it.
struct ClusterState {
  struct Node {
    std::string id{};
    bool is_here = false;
    std::uint64_t epoch = 0;
    std::uint64_t position = 0;  ///< that it had read when it wrote last; 0: it has not
    std::optional<protocol::Timestamp> heard{};
  };
  std::string name{};
  std::uint64_t position = 0;  ///< up to which all has been delivered
  std::uint64_t lag = 0;       ///< what is known to be behind that
  std::vector<Node> nodes{};   ///< that are there
  std::string engine{};        ///< the member that is read from; empty: none
};

/// A file on disk, and its size in bytes.
struct FileSize {
  std::string_view name;
  std::uint64_t bytes = 0;
};

}  // namespace hubbub::journal
