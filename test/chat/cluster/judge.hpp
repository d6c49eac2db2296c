#pragma once

#include <string>

#include "test/chat/cluster/nodes.hpp"

namespace hubbub::chat::cluster {

/// Who is in the room, as that node has it.
Names members(Node& node, const std::string& room);

/// In the end, when nothing is under way: throws Wrong where nodes differ, or somebody does not know what he
/// should.
void judge(Nodes& nodes);

}  // namespace hubbub::chat::cluster
