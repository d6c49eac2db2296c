#pragma once

#include <memory>
#include <string>
#include <vector>

#include "protocol/error.hpp"
#include "server/journal/age_clock.hpp"
#include "server/journal/settings.hpp"
#include "server/journal/shared/settings.hpp"

namespace boost::asio {
class io_context;
}

namespace hubbub::journal {

class Journal;

/// The names of the engines, for the configuration.
std::vector<std::string> engines();

/// The engine that `settings` names, which must be one of engines(). Results of its background work come back
/// through `loop`, which must outlive it. Error: storage_failed, with a sentence for the operator: the
/// journal is in use, damaged, or cannot be opened.
protocol::Result<std::unique_ptr<Journal>> make_journal(const Settings& settings, const Moment& now,
                                                        boost::asio::io_context& loop);

/// That of a node of a cluster. `begin_anew`: see shared::SharedJournal. Error: also where a file that
/// `cluster` names cannot be used.
protocol::Result<std::unique_ptr<Journal>> make_node_journal(const Settings& settings,
                                                             const shared::ClusterSettings& cluster,
                                                             bool begin_anew, const Moment& now,
                                                             boost::asio::io_context& loop);

}  // namespace hubbub::journal
