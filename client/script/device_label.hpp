#pragma once

#include <string>

namespace hubbub::client {

/// What the owner of an account knows this device by, in the list of those that can log in: "hubbub on HOST".
std::string device_label();

}  // namespace hubbub::client
