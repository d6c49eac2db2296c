#pragma once

#include "test/support/etcd.hpp"

namespace hubbub::durability {

/// Until it takes nothing more. Errors: std::runtime_error, when it takes too much.
void fill(const test::Etcd& etcd);

/// What the README has operators do with one that is full: it is compacted and defragmented, and the alarm
/// goes.
void make_space(const test::Etcd& etcd);

}  // namespace hubbub::durability
