#pragma once

#include "test/support/etcd.hpp"

namespace hubbub::durability {

/// One MiB more. False: it takes nothing any more.
bool fill_some(const test::Etcd& etcd);

/// What the README has operators do with one that is full: it is compacted and defragmented, and the alarm
/// goes.
void make_space(const test::Etcd& etcd);

}  // namespace hubbub::durability
