#pragma once

#include <string>

#include "protocol/event.hpp"

namespace hubbub::tools {

/// What a daemon answers an operator, for people: lines, each with its end, that are fit for a terminal.
std::string ctl_text(const protocol::Event& answer);
/// Of a status the nodes of the cluster alone.
std::string nodes_text(const protocol::Event& answer);

}  // namespace hubbub::tools
