#pragma once

#include <optional>

#include "protocol/settings/table.hpp"
#include "server/config.hpp"

namespace hubbub::config {

/// The one table of the configuration's keys.
const settings::Table& table();

/// Brings values that depend on each other into agreement. A value that the file sets is never changed: when
/// two of these contradict each other, that is the fault. A value that the file does not set follows those
/// that it does, so that to lower one limit, no other needs to be lowered.
std::optional<settings::Fault> settle(Config& config, const settings::Lines& lines);

}  // namespace hubbub::config
