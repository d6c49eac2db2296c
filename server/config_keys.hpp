#pragma once

#include <optional>

#include "protocol/settings/table.hpp"
#include "server/config.hpp"

namespace hubbub::config {

/// The one table of the configuration's keys.
const settings::Table& table();

/// Brings values that depend on each other into agreement. A value that the file sets is never changed: when
/// two of them contradict each other, that is the fault. A value that the file does not set gives way to
/// those that it does, so that lowering one limit does not take lowering others.
std::optional<settings::Fault> settle(Config& config, const settings::Lines& lines);

}  // namespace hubbub::config
